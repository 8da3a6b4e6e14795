"""Reports as stored: what people write, and the documents that came of it."""

from reports.models.issue import Issue, SignedCopy
from reports.models.rendering import Rendering
from reports.models.report import Report

__all__ = ["Issue", "Rendering", "Report", "SignedCopy"]
