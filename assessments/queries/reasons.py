from __future__ import annotations

from assessments.models import Layer, Score

# Which layer a judgement starts from.
BEFORE = {Layer.ROUND1: Layer.SELF, Layer.COUNCIL: Layer.ROUND1}


def needs_reason(before: Score | None, *, points: object, excluded: bool, basis: str) -> bool:
    """Below the layer before, in or out of the base unlike it, or set by hand: any of these wants a reason."""
    if basis == Score.Basis.OVERRIDE:
        return True
    if before is None or not before.is_answered:
        return False
    if excluded != before.excluded:
        return True
    return not excluded and points < before.points  # type: ignore[operator]
