"""Reports as stored: what people write, the documents that came of it, and the unit's own statistics."""

from reports.models.batch import Batch, BatchItem
from reports.models.indicators import Indicator, IndicatorGroup, IndicatorValue, IndicatorYear
from reports.models.issue import Issue, SignedCopy
from reports.models.rendering import Rendering
from reports.models.report import Report
from reports.models.template import WordTemplate
from reports.models.version import ReportVersion

__all__ = [
    "Batch",
    "BatchItem",
    "Indicator",
    "IndicatorGroup",
    "IndicatorValue",
    "IndicatorYear",
    "Issue",
    "Rendering",
    "Report",
    "ReportVersion",
    "SignedCopy",
    "WordTemplate",
]
