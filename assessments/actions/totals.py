"""The one writer of stored totals."""

from __future__ import annotations

from collections.abc import Sequence

from assessments.models import AreaTotal, Assessment, LayerTotal, Score
from assessments.queries.standings import plan_of
from criteria.points import ZERO
from criteria.queries import stored_tree
from criteria.scoring import LeafScore
from criteria.tally import Tally
from criteria.tree import Criterion


def store_totals(
    assessments: Sequence[Assessment], layer: str, *, changed: Criterion | None = None
) -> list[Tally]:
    """Recount one layer of sheets of one cohort from their leaves, in the caller's transaction.

    `changed` is the only leaf that has changed since the totals were stored: no other area has other points.
    """
    if not assessments:
        return []
    stored = stored_tree(assessments[0].cohort.criteria_set)
    plan = plan_of(stored, layer)
    scores: dict[int, dict[str, LeafScore]] = {assessment.pk: {} for assessment in assessments}
    rows = (
        Score.objects.filter(assessment__in=assessments, layer=layer)
        .order_by()
        .values_list("assessment_id", "criterion_id", "points", "excluded")
    )
    for assessment_id, criterion_id, points, excluded in rows:
        # A leaf of an older version of the set has no code in this one and no longer counts.
        code = stored.codes.get(criterion_id)
        if code is not None and (excluded or points is not None):
            scores[assessment_id][code] = LeafScore(points or ZERO, excluded)
    tallies = [plan.tally_leaves(scores[assessment.pk]) for assessment in assessments]
    tops = stored.tree.criteria if changed is None else [stored.tree.top_of[changed.code]]
    AreaTotal.objects.bulk_create(
        [
            AreaTotal(
                assessment=assessment,
                layer=layer,
                criterion_id=stored.ids[top.code],
                points=node.points,
                applicable=node.applicable,
                answered=node.answered,
                leaves=node.leaves,
            )
            for assessment, tally in zip(assessments, tallies, strict=True)
            for top in tops
            if (node := tally.nodes.get(top.code)) is not None
        ],
        update_conflicts=True,
        unique_fields=["assessment", "layer", "criterion"],
        update_fields=["points", "applicable", "answered", "leaves"],
    )
    LayerTotal.objects.bulk_create(
        [
            LayerTotal(
                assessment=assessment,
                layer=layer,
                base=tally.base_points,
                applicable=tally.applicable,
                index=tally.index,
                bonus=tally.bonus,
                penalty=tally.penalty,
                total=tally.total,
                answered=tally.answered,
                leaves=tally.leaves,
            )
            for assessment, tally in zip(assessments, tallies, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["assessment", "layer"],
        update_fields=["base", "applicable", "index", "bonus", "penalty", "total", "answered", "leaves"],
    )
    return tallies
