"""What people write for a report: as plain values that a form fills and the database keeps, and as files."""

from reports.contents.files import ReportFile, read_report_file
from reports.contents.stored import ContentRefused, citation_text, read_content, settle
from reports.contents.usual import usual_content

__all__ = [
    "ContentRefused",
    "ReportFile",
    "citation_text",
    "read_content",
    "read_report_file",
    "settle",
    "usual_content",
]
