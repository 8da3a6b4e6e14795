"""What was published, cohort by cohort, and what a correction changed in it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assessments.outcome import Decision
from criteria.points import ZERO, percent


@dataclass(frozen=True)
class Area:
    code: str
    name: str
    max_points: Decimal


@dataclass(frozen=True)
class AreaFigure:
    """`shade` goes from 0 (nothing applicable) to the darkest, which is the lowest share."""

    points: Decimal
    applicable: Decimal
    shade: int

    @property
    def percent(self) -> Fraction | None:
        return percent(self.points, self.applicable)


@dataclass(frozen=True)
class UnitLine:
    """A unit in the order of its rank; without a result `reason` says why. `areas` stand in the order of the cohort's."""

    unit: str
    rank: int | None
    is_tied: bool
    areas: tuple[AreaFigure | None, ...]
    bonus: Decimal | None
    penalty: Decimal | None
    total: Decimal | None
    percent: Fraction | None
    grade: str
    reason: str

    @property
    def applicable(self) -> Decimal:
        return sum((figure.applicable for figure in self.areas if figure), ZERO)


@dataclass(frozen=True)
class CohortLines:
    name: str
    max_total: Decimal
    areas: tuple[Area, ...]
    lines: tuple[UnitLine, ...]

    @property
    def ranked(self) -> tuple[UnitLine, ...]:
        return tuple(line for line in self.lines if line.rank is not None)

    @property
    def is_rebased(self) -> bool:
        """Whether somebody's areas were brought to the scale of the total."""
        return any(line.applicable != self.max_total for line in self.ranked)


@dataclass(frozen=True)
class CorrectedLine:
    """A leaf; None where it doesn't count."""

    unit: str
    code: str
    name: str
    before: Decimal | None
    after: Decimal | None
    reason: str


@dataclass(frozen=True)
class ChangedLine:
    """A unit whose total or rank is another one since the correction."""

    unit: str
    total_before: Decimal | None
    total_after: Decimal | None
    rank_before: int | None
    rank_after: int | None


@dataclass(frozen=True)
class Correction:
    corrects: Decision
    reason: str
    leaves: tuple[CorrectedLine, ...]
    changed: tuple[ChangedLine, ...]


@dataclass(frozen=True)
class AnnexFacts:
    """`floors`: from how many percent each shade holds, the lightest first; the last is 0."""

    year: int
    decision: Decision
    cohorts: tuple[CohortLines, ...]
    floors: tuple[int, ...]
    correction: Correction | None = None
    superseded_by: str = ""
