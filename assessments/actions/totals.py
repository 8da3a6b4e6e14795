"""The one writer of stored totals."""

from __future__ import annotations

from collections.abc import Sequence

from assessments.models import Assessment, LayerTotal, Score
from assessments.queries.recounting import FIGURES, figures_of
from assessments.queries.standings import plan_of
from criteria.points import ZERO
from criteria.queries import stored_tree
from criteria.scoring import LeafScore
from criteria.tally import Tally


def store_totals(assessments: Sequence[Assessment], layer: str) -> list[Tally]:
    """Recount one layer of sheets of one cohort from their leaves, in the caller's transaction."""
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
    LayerTotal.objects.bulk_create(
        [
            LayerTotal(assessment=assessment, layer=layer, **figures_of(tally, stored.tree))
            for assessment, tally in zip(assessments, tallies, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["assessment", "layer"],
        update_fields=FIGURES,
    )
    return tallies
