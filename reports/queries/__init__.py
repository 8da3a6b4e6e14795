"""The only readers: reports with what they are about, their documents, and lists of both."""
