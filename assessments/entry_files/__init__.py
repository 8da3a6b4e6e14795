"""The workbook in which a coordinator enters what units don't score: written, read back, cell by cell."""
