"""The only writers of reports and of the documents made from them."""
