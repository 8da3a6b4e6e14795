"""Central entry through a workbook: what stands, what the cells of a file say, what they would change."""
