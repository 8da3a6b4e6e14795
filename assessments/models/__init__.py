"""The year: periods and sheets, scores by layer, evidence, events, results."""

from assessments.models.events import Event
from assessments.models.evidence import AssignedTarget, Attachment, Evidence
from assessments.models.periods import Assessment, Cohort, Period
from assessments.models.recorded import RecordedLoss, RecordedResult, RecordedRow
from assessments.models.results import AreaResult, Publication, Result
from assessments.models.scores import ANSWERED, AreaTotal, Layer, LayerTotal, Score

__all__ = [
    "ANSWERED",
    "AreaResult",
    "AreaTotal",
    "Assessment",
    "AssignedTarget",
    "Attachment",
    "Cohort",
    "Event",
    "Evidence",
    "Layer",
    "LayerTotal",
    "Period",
    "Publication",
    "RecordedLoss",
    "RecordedResult",
    "RecordedRow",
    "Result",
    "Score",
]
