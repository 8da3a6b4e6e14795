"""Areas by their share of the maximum: above and below what the unit reached as a whole."""

from __future__ import annotations

from fractions import Fraction

from assessments.outcome import Outcome, OutcomeRow
from criteria.points import format_percent
from reports.kinds.wording import enumerated

Shares = tuple[tuple[Fraction, OutcomeRow], ...]


def overall(outcome: Outcome) -> Fraction | None:
    """Of the areas together: bonus and penalty would set a mark that no area is measured by."""
    points, maximum = outcome.base_points, outcome.applicable
    if points is None or not maximum:
        return outcome.percent
    return Fraction(points) / Fraction(maximum) * 100


def high_and_low(outcome: Outcome) -> tuple[Shares, Shares]:
    """The highest and the lowest first; both empty where nothing can be compared."""
    mark = overall(outcome)
    known = [(area.percent, area) for area in outcome.areas if area.percent is not None]
    if mark is None:
        return (), ()
    high = [pair for pair in known if pair[0] >= mark]
    low = [pair for pair in known if pair[0] < mark]
    return (
        tuple(sorted(high, key=lambda pair: -pair[0])),
        tuple(sorted(low, key=lambda pair: pair[0])),
    )


def said(shares: Shares) -> str:
    return enumerated(f"{area.name} đạt {format_percent(share)}" for share, area in shares)
