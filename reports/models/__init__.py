"""Reports as stored: what people write, and the documents that came of it."""

from reports.models.batch import Batch, BatchItem
from reports.models.issue import Issue, SignedCopy
from reports.models.rendering import Rendering
from reports.models.report import Report
from reports.models.template import WordTemplate
from reports.models.version import ReportVersion

__all__ = [
    "Batch",
    "BatchItem",
    "Issue",
    "Rendering",
    "Report",
    "ReportVersion",
    "SignedCopy",
    "WordTemplate",
]
