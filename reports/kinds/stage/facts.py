"""What a summary rests on: the unit's indicators over the years of its stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.figures import Figure


@dataclass(frozen=True)
class Series:
    """An indicator by year; a year without an entry has nothing entered. `part_of` is another series' key."""

    pk: int
    code: str
    name: str
    figures: Mapping[int, Figure]
    part_of: int | None = None
    measure: str = ""
    numerator_name: str = ""
    denominator_name: str = ""

    def amount(self, year: int) -> Decimal | None:
        """How many there are: a number, or the numerator of a ratio."""
        figure = self.figures.get(year)
        if figure is None:
            return None
        return figure.numerator if figure.value is None else figure.value


@dataclass(frozen=True)
class Group:
    """The indicators of one area."""

    pk: int
    code: str
    name: str
    title: str
    is_appendix: bool
    rows: tuple[Series, ...]

    @property
    def heading(self) -> str:
        return self.title or self.name


@dataclass(frozen=True)
class Year:
    """`until` where its figures cover a part of it; `entered_on` is the last day any of them was entered."""

    year: int
    until: date | None = None
    entered_on: date | None = None


def period(years: Sequence[Year]) -> str:
    """From the first to the last of them: "giai đoạn 2015-2020", "năm 2020"."""
    first, last = years[0].year, years[-1].year
    return f"năm {first}" if first == last else f"giai đoạn {first}-{last}"


@dataclass(frozen=True)
class StageFacts:
    """`years` are those of the stage that have figures."""

    first_year: int
    last_year: int
    years: tuple[Year, ...]
    groups: tuple[Group, ...]

    @property
    def stage(self) -> str:
        return f"{self.first_year}-{self.last_year}"

    @property
    def told(self) -> str:
        """The years that its figures are of; without any the stage itself."""
        return period(self.years or (Year(self.first_year), Year(self.last_year)))

    @property
    def appendices(self) -> tuple[Group, ...]:
        return tuple(group for group in self.groups if group.is_appendix and group.rows)

    @property
    def by_key(self) -> Mapping[int, Series]:
        return {row.pk: row for group in self.groups for row in group.rows}
