"""A result beside that of the year before, area by area."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from accounts.vietnamese import fold
from assessments.outcome import Outcome, OutcomeRow


@dataclass(frozen=True)
class IndexFacts:
    """`before` is what the unit got last year, or `predecessor` whose place it took; without it `why_not` says why."""

    outcome: Outcome
    before: Outcome | None = None
    predecessor: str = ""
    why_not: str = ""

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The areas of this year in their order, and after them those that only last year had."""
        last = {fold(area.name): area for area in self.before.areas} if self.before else {}
        now = tuple(Pair(area, last.pop(fold(area.name), None)) for area in self.outcome.areas)
        return (*now, *(Pair(None, area) for area in last.values()))

    @property
    def compared(self) -> tuple[Pair, ...]:
        """Those that this year has."""
        return tuple(pair for pair in self.pairs if pair.now is not None)

    @property
    def total(self) -> Decimal | None:
        """How much the total changed."""
        return _difference(self.outcome.total, self.before.total if self.before else None)

    @property
    def places(self) -> int | None:
        """How many places the unit rose; below 0 if it fell."""
        return _risen(self.outcome.rank, self.before.rank if self.before else None)

    @property
    def scales_differ(self) -> bool:
        return self.before is not None and self.before.max_total != self.outcome.max_total


@dataclass(frozen=True)
class Pair:
    """One area in both years: the same where the names are, as a code may mean something else next year."""

    now: OutcomeRow | None
    last: OutcomeRow | None

    @property
    def name(self) -> str:
        either = self.now or self.last
        assert either is not None
        return either.name

    @property
    def points(self) -> Decimal | None:
        return _difference(self.now.points, self.last.points) if self.now and self.last else None

    @property
    def places(self) -> int | None:
        if self.now is None or self.last is None:
            return None
        risen = _risen(self.now.rank, self.last.rank)
        return self.now.rank_change if risen is None else risen

    @property
    def maxima_differ(self) -> bool:
        return (
            self.now is not None
            and self.last is not None
            and None not in (self.now.max_points, self.last.max_points)
            and self.now.max_points != self.last.max_points
        )


def _difference(now: Decimal | None, last: Decimal | None) -> Decimal | None:
    return None if now is None or last is None else now - last


def _risen(now: int | None, last: int | None) -> int | None:
    return None if now is None or last is None else last - now
