"""What stands between a sheet and its submission, and the content its receipt is reckoned over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assessments.models import Assessment, Attachment, Layer, Score
from criteria.points import ZERO, canonical
from criteria.queries import stored_tree
from criteria.rules import Direct
from criteria.tree import Criterion, Role, Source


@dataclass(frozen=True)
class Lacking:
    pk: int
    criterion: Criterion


@dataclass(frozen=True)
class SubmissionCheck:
    """Leaves by what they lack. The first list is a warning; the other two block."""

    unanswered: tuple[Lacking, ...]
    without_note: tuple[Lacking, ...]
    without_evidence: tuple[Lacking, ...]

    @property
    def blocking(self) -> bool:
        return bool(self.without_note or self.without_evidence)


def lacks_note(criterion: Criterion, score: Score) -> bool:
    """A direct leaf below its best (the maximum; no penalty) has nothing but the unit's note to explain it."""
    best = ZERO if criterion.role is Role.PENALTY else criterion.max_points
    return (
        isinstance(criterion.rule, Direct)
        and score.points is not None
        and score.points < best
        and not score.note.strip()
    )


def lacks_evidence(criterion: Criterion, score: Score, *, shown: bool) -> bool:
    """Points that a unit claims need the required evidence, or a written explanation; 0 points claim nothing."""
    claims = score.excluded or bool(score.points)
    return criterion.evidence_required and claims and not shown and not score.evidence_note.strip()


def submission_check(assessment: Assessment) -> SubmissionCheck:
    stored = stored_tree(assessment.cohort.criteria_set)
    scores = {
        stored.codes[score.criterion_id]: score
        for score in Score.objects.filter(assessment=assessment, layer=Layer.SELF)
        if score.criterion_id in stored.codes
    }
    shown = {
        stored.codes.get(pk)
        for pk in Attachment.objects.filter(evidence__assessment=assessment).values_list(
            "criterion_id", flat=True
        )
    }
    answered = {code for code, score in scores.items() if score.is_answered}
    settled = stored.unit_plan.settled(answered)
    unanswered: list[Lacking] = []
    without_note: list[Lacking] = []
    without_evidence: list[Lacking] = []
    for leaf in stored.tree.leaves():
        if leaf.source is not Source.UNIT:
            continue
        score = scores.get(leaf.code)
        lacking = Lacking(stored.ids[leaf.code], leaf)
        if score is None or leaf.code not in answered:
            if leaf.code not in settled:
                unanswered.append(lacking)
            continue
        if lacks_note(leaf, score):
            without_note.append(lacking)
        if lacks_evidence(leaf, score, shown=leaf.code in shown):
            without_evidence.append(lacking)
    return SubmissionCheck(tuple(unanswered), tuple(without_note), tuple(without_evidence))


def sheet_content(assessment: Assessment) -> dict[str, Any]:
    """Everything the unit declares, in canonical form and order: what the receipt's SHA-256 stands for."""
    stored = stored_tree(assessment.cohort.criteria_set)
    scores = Score.objects.filter(assessment=assessment, layer=Layer.SELF).order_by("criterion__position")
    attachments = Attachment.objects.filter(evidence__assessment=assessment).select_related("evidence")
    shown: dict[str, list[list[str]]] = {}
    for attachment in attachments.order_by("criterion__position", "pk"):
        item = attachment.evidence
        shown.setdefault(stored.codes.get(attachment.criterion_id, ""), []).append(
            [item.kind, item.title, item.sha256, item.url, item.document_number, item.document_symbol]
        )
    targets = assessment.targets.order_by("criterion__position").values_list("criterion_id", "value")
    return {
        "unit": assessment.unit.code,
        "host": assessment.period.host.code,
        "year": assessment.period.year,
        "criteria_set": [stored.tree.code, stored.tree.version],
        "targets": {stored.codes[pk]: canonical(value) for pk, value in targets if pk in stored.codes},
        "scores": [
            {
                "code": stored.codes[score.criterion_id],
                "data": score.data,
                "points": None if score.points is None else canonical(score.points),
                "excluded": score.excluded,
                "note": score.note,
                "evidence_note": score.evidence_note,
                "evidence": shown.get(stored.codes[score.criterion_id], []),
            }
            for score in scores
            if score.criterion_id in stored.codes
        ],
    }
