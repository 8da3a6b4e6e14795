from __future__ import annotations

from collections.abc import Mapping

from assessments.models import Score
from assessments.models.scores import ORDER


def row_before(layer: str, rows: Mapping[str, Score]) -> Score | None:
    """What a judgement in `layer` starts from: the nearest layer before it that speaks of the leaf."""
    earlier = ORDER[: ORDER.index(layer)]  # type: ignore[arg-type]
    return next((rows[name] for name in reversed(earlier) if name in rows), None)


def needs_reason(before: Score | None, *, points: object, excluded: bool, basis: str) -> bool:
    """Below the layer before, in or out of the base unlike it, or set by hand: any of these wants a reason."""
    if basis == Score.Basis.OVERRIDE:
        return True
    if before is None or not before.is_answered:
        return False
    if excluded != before.excluded:
        return True
    return not excluded and points < before.points  # type: ignore[operator]
