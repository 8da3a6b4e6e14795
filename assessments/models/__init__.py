"""The year: periods and sheets, scores by layer, evidence, explanations, the council, events, results, notices."""

from assessments.models.assignments import Assignment, Mark
from assessments.models.council import CouncilDecision, CouncilMember, CouncilSession
from assessments.models.events import Event
from assessments.models.evidence import AssignedTarget, Attachment, Evidence
from assessments.models.explanations import Explanation
from assessments.models.notices import Notice
from assessments.models.orders import Order, OrderedSheet
from assessments.models.periods import Cohort, Period
from assessments.models.recorded import RecordedLoss, RecordedResult, RecordedRow
from assessments.models.results import AreaResult, CorrectedScore, Publication, Result
from assessments.models.scores import ANSWERED, Layer, LayerTotal, Score, ScoreBase
from assessments.models.sheets import Assessment, Extension, Share

__all__ = [
    "ANSWERED",
    "AreaResult",
    "Assessment",
    "AssignedTarget",
    "Assignment",
    "Attachment",
    "Cohort",
    "CorrectedScore",
    "CouncilDecision",
    "CouncilMember",
    "CouncilSession",
    "Event",
    "Evidence",
    "Explanation",
    "Extension",
    "Layer",
    "LayerTotal",
    "Mark",
    "Notice",
    "Order",
    "OrderedSheet",
    "Period",
    "Publication",
    "RecordedLoss",
    "RecordedResult",
    "RecordedRow",
    "Result",
    "Score",
    "ScoreBase",
    "Share",
]
