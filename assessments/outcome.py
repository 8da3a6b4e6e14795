"""What a finished evaluation says about one unit, whoever held it.

A result published here and a result recorded from another host both become an Outcome, so that
rankings, comparisons and documents read one shape. Points are exact Decimals; None means that the
source prints no figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from criteria.points import ZERO, percent
from criteria.tree import Component


@dataclass(frozen=True)
class Decision:
    """The document that announced the result."""

    number: str
    issued_on: date | None
    issuer: str
    kind: str = "Quyết định"


@dataclass(frozen=True)
class Loss:
    """Points lost at one or several named components together; None where the share is not printed."""

    components: tuple[Component, ...]
    points: Decimal | None


@dataclass(frozen=True)
class OutcomeRow:
    """One printed row: an area (depth 0), a criterion (depth 1) or a component of it (deeper).

    Without anything applicable `max_points` is 0.
    """

    code: str
    name: str
    depth: int
    max_points: Decimal | None
    self_points: Decimal | None
    points: Decimal | None
    rank: int | None = None
    rank_change: int | None = None  # places risen since last year, where a decision prints no rank but that
    losses: tuple[Loss, ...] = ()
    reason: str = ""
    note: str = ""  # where a recorded figure comes from, if not from the decision itself
    children: tuple[OutcomeRow, ...] = ()
    appraised_points: Decimal | None = None  # between self and council; no recorded source prints it

    def walk(self) -> Iterator[OutcomeRow]:
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def kind(self) -> str:
        return ("Lĩnh vực", "Tiêu chí", "Tiêu chí thành phần")[min(self.depth, 2)]

    @property
    def lost(self) -> Decimal:
        """Applicable maximum minus council points; 0 where either is not printed."""
        if self.max_points is None or self.points is None:
            return ZERO
        return self.max_points - self.points

    @property
    def percent(self) -> Fraction | None:
        """Exact share of the maximum; None where a figure is not printed or nothing is applicable."""
        return _percent(self.points, self.max_points)

    @property
    def explained(self) -> Decimal:
        """How many of the lost points have a reason or a named component."""
        if self._is_itemised:
            return sum((child.explained for child in self.children), ZERO)
        if self.reason or any(loss.points is None for loss in self.losses):
            return self.lost
        return min(self.lost, sum((loss.points or ZERO for loss in self.losses), ZERO))

    @property
    def unexplained(self) -> Decimal:
        return self.lost - self.explained

    @property
    def losing_rows(self) -> tuple[OutcomeRow, ...]:
        """The lowest rows whose lost points add up to this row's."""
        if self._is_itemised:
            return tuple(row for child in self.children for row in child.losing_rows)
        return (self,) if self.lost > 0 else ()

    @property
    def _is_itemised(self) -> bool:
        # Not so below a parent that takes its best child, or where the source leaves a child's figure out.
        return bool(self.children) and sum(child.lost for child in self.children) == self.lost


@dataclass(frozen=True)
class Outcome:
    """One unit's result in one year. `areas` are base areas; bonus and penalty stand beside them.

    `extras` are the rows that bonus and penalty come from; penalty points are negative.
    """

    unit_id: int
    year: int
    host_name: str
    group_name: str
    areas: tuple[OutcomeRow, ...]
    max_total: Decimal
    self_total: Decimal | None
    total: Decimal | None
    rank: int | None
    group_size: int | None
    grade: str
    decision: Decision | None
    bonus: Decimal = ZERO
    penalty: Decimal = ZERO
    declared_self_total: Decimal | None = None
    is_recorded: bool = False
    extras: tuple[OutcomeRow, ...] = ()

    def rows(self) -> Iterator[OutcomeRow]:
        for area in self.areas:
            yield from area.walk()

    @property
    def is_rebased(self) -> bool:
        """Whether areas with something not applicable were brought to the scale of the total."""
        applicable = self.applicable
        return not self.is_recorded and applicable is not None and applicable != self.max_total

    @property
    def base_points(self) -> Decimal | None:
        """Points of the areas together, before re-basing, bonus and penalty; None where one is not printed."""
        return total_of(area.points for area in self.areas)

    @property
    def applicable(self) -> Decimal | None:
        return total_of(area.max_points for area in self.areas)

    @property
    def has_self_points(self) -> bool:
        return any(row.self_points is not None for row in self.rows())

    @property
    def has_ranks(self) -> bool:
        return any(row.rank is not None for row in self.rows())

    @property
    def lost(self) -> Decimal:
        return sum((area.lost for area in self.areas), ZERO)

    @property
    def percent(self) -> Fraction | None:
        return _percent(self.total, self.max_total)

    @property
    def unexplained_rows(self) -> tuple[OutcomeRow, ...]:
        """The lowest rows that lost points nobody accounted for."""
        return tuple(row for area in self.areas for row in area.losing_rows if row.unexplained > 0)


def _percent(points: Decimal | None, maximum: Decimal | None) -> Fraction | None:
    return None if points is None or maximum is None else percent(points, maximum)


def total_of(figures: Iterable[Decimal | None]) -> Decimal | None:
    """None where a figure is missing: the sum of the others would mislead."""
    values = list(figures)
    known = [value for value in values if value is not None]
    return sum(known, ZERO) if values and len(known) == len(values) else None
