"""What a unit is asked to explain, and what it said."""

from __future__ import annotations

from assessments.models import Assessment, Explanation, Layer, Score


def asked_leaves(assessment: Assessment) -> frozenset[int]:
    """Keys of the leaves whose round 1 points are below the unit's own, or that were taken in or out of the base."""
    rows: dict[int, dict[str, Score]] = {}
    for score in Score.objects.filter(assessment=assessment, layer__in=[Layer.SELF, Layer.ROUND1]):
        rows.setdefault(score.criterion_id, {})[score.layer] = score
    return frozenset(
        leaf for leaf, layers in rows.items() if is_below(layers.get(Layer.SELF), layers.get(Layer.ROUND1))
    )


def is_below(own: Score | None, judged: Score | None) -> bool:
    if own is None or judged is None or not own.is_answered:
        return False
    if own.excluded or judged.excluded:
        return own.excluded != judged.excluded
    return judged.points < own.points  # type: ignore[operator]


def answers_of(assessment: Assessment) -> dict[int, Explanation]:
    rows = Explanation.objects.filter(assessment=assessment).select_related("answered_by").order_by("pk")
    return {row.criterion_id: row for row in rows}


def disputed_leaves(assessment: Assessment) -> frozenset[int]:
    rows = Explanation.objects.filter(assessment=assessment, stance=Explanation.Stance.DISAGREED)
    return frozenset(rows.order_by("pk").values_list("criterion_id", flat=True))
