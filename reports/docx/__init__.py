"""A Document as DOCX for Word: its own styles, numbering, header rows and page fields; the same bytes every time."""

from reports.docx.file import render_docx

__all__ = ["render_docx"]
