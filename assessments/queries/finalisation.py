from __future__ import annotations

from dataclasses import dataclass

from assessments.models import Assessment, Layer, Score
from assessments.models.scores import ORDER
from assessments.queries.reasons import needs_reason
from assessments.queries.submission import lacks_note
from criteria.queries import stored_tree
from criteria.tree import Criterion, Source


@dataclass(frozen=True)
class Problem:
    """What keeps a leaf from being final."""

    criterion: Criterion
    message: str


def finalisation_check(assessment: Assessment) -> tuple[Problem, ...]:
    """Every leaf without council points, and every reason the contract asks for that is missing."""
    stored = stored_tree(assessment.cohort.criteria_set)
    scores = {
        (score.layer, stored.codes.get(score.criterion_id)): score
        for score in Score.objects.filter(assessment=assessment)
    }
    problems: list[Problem] = []
    for leaf in stored.tree.leaves():
        own = scores.get((Layer.SELF, leaf.code))
        council = scores.get((Layer.COUNCIL, leaf.code))
        if council is None or not council.is_answered:
            missing = "chưa chấm" if leaf.source is Source.UNIT else "chưa nhập kết quả chấm tập trung"
            problems.append(Problem(leaf, f"tiêu chí {leaf.code} {missing}"))
            continue
        if own is not None and lacks_note(leaf, own):
            problems.append(Problem(leaf, f"tiêu chí {leaf.code} thiếu ghi chú của đơn vị"))
        before = own
        for layer in ORDER[1:]:
            score = scores.get((layer, leaf.code))
            if score is None:
                continue
            if not score.note.strip() and needs_reason(
                before, points=score.points, excluded=score.excluded, basis=score.basis
            ):
                problems.append(
                    Problem(leaf, f"tiêu chí {leaf.code} thiếu lý do ({score.get_layer_display()})")
                )
            before = score
    return tuple(problems)
