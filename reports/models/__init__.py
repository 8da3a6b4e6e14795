"""Reports as stored: what people write, and the documents that came of it."""

from reports.models.rendering import Rendering
from reports.models.report import Report

__all__ = ["Rendering", "Report"]
