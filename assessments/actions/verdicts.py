"""What a person who judges a leaf says, and the row that makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.actions.writing import Entry, Leaf
from assessments.models import Assessment, Score
from assessments.queries.leaves import score_of
from assessments.queries.reasons import needs_reason
from assessments.workflow import Refusal
from criteria.points import ZERO
from criteria.scoring import LeafScore, check_override


class ReasonMissing(Refusal):
    def __init__(self) -> None:
        super().__init__("Hãy ghi lý do: điểm thấp hơn mức trước đó hoặc do người chấm ấn định.")


@dataclass(frozen=True)
class Verdict:
    """What an appraiser or the council says: agree, other data (points follow), or points set by hand."""

    basis: str
    data: dict[str, Any] | None = None
    points: Decimal | None = None
    reason: str = ""


def entry_of(sheet: Assessment, leaf: Leaf, verdict: Verdict, before: Score | None) -> Entry:
    """The row a verdict makes; ReasonMissing where the contract asks for a reason and there is none."""
    reason = verdict.reason.strip()
    if verdict.basis == Score.Basis.KEPT:
        # What a unit left unanswered counts 0, and agreeing says so.
        points = before.points if before is not None and before.points is not None else ZERO
        scored = LeafScore(points, bool(before and before.excluded))
        return Entry(Score.Basis.KEPT, before and before.data, scored, reason)
    if verdict.basis == Score.Basis.OVERRIDE:
        points = check_override(leaf.criterion, verdict.points, leaf.decimals)
        entry = Entry(Score.Basis.OVERRIDE, before and before.data, LeafScore(points), reason)
    else:
        scored = score_of(sheet, leaf.criterion, leaf.decimals, verdict.data or {})
        entry = Entry(Score.Basis.DATA, verdict.data, scored, reason)
    if not reason and needs_reason(
        before, points=entry.scored.points, excluded=entry.scored.excluded, basis=entry.basis
    ):
        raise ReasonMissing
    return entry
