"""Ranks and grade bands from exact values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from criteria.tree import Grade

Unit = TypeVar("Unit", bound=Hashable)


@dataclass(frozen=True)
class Standing:
    """What a unit is ranked by in its cohort. `total` None: no final total, so no rank.

    `percents` are the exact percentages of areas; None or absent where nothing was applicable.
    """

    total: Decimal | None
    percents: Mapping[str, Fraction | None]


def total_ranks(cohort: Mapping[Unit, Standing], tie_breaks: Sequence[str] = ()) -> dict[Unit, int | None]:
    """Ranks by exact total, then by the tie-break areas in order; listed as printed, without rank last."""
    return _ranked(
        {
            unit: None
            if standing.total is None
            else (
                standing.total,
                *(_comparable(standing.percents.get(area)) for area in tie_breaks),
            )
            for unit, standing in cohort.items()
        }
    )


def area_ranks(percents: Mapping[Unit, Fraction | None]) -> dict[Unit, int | None]:
    """Ranks within one area by exact percentage; nothing applicable, no rank."""
    return _ranked(percents)


def ranked_count(ranks: Mapping[Unit, int | None]) -> int:
    """N of k/N."""
    return sum(rank is not None for rank in ranks.values())


def shared_ranks(ranks: Mapping[Unit, int | None]) -> frozenset[int]:
    """Ranks that several units have."""
    counts = Counter(rank for rank in ranks.values() if rank is not None)
    return frozenset(rank for rank, count in counts.items() if count > 1)


def grade_label(grades: Iterable[Grade], total: Decimal) -> str:
    """The band an exact total falls into; "" below the lowest."""
    reached = [grade for grade in grades if total >= grade.threshold]
    return max(reached, key=lambda grade: grade.threshold).label if reached else ""


def _comparable(percent: Fraction | None) -> Fraction:
    # A tie-break area with nothing applicable has shown nothing, so it stands below 0%.
    return Fraction(-1) if percent is None else percent


def _ranked(values: Mapping[Unit, Any]) -> dict[Unit, int | None]:
    """Competition ranks, best first: equal values share the better rank and the next ones are skipped."""
    present = {unit: value for unit, value in values.items() if value is not None}
    order = sorted(present, key=present.__getitem__, reverse=True)
    ranks: dict[Unit, int | None] = {}
    rank, shared = 0, None
    for place, unit in enumerate(order, start=1):
        if present[unit] != shared:
            rank, shared = place, present[unit]
        ranks[unit] = rank
    return ranks | {unit: None for unit, value in values.items() if value is None}
