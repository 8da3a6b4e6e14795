"""The page on which figures are typed: a cell for each indicator and year, and until when each year counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.dates import format_moment, format_short_date
from criteria.points import NumberError
from reports.figures import Cell, Entry, FigureKind, Mark, cell_field, read_figure, until_field
from reports.forms.fields import DAYS
from reports.models import Indicator, IndicatorValue, IndicatorYear
from reports.queries.indicators import Grid, GridCell

MOST_TYPED = 2_000  # characters of one cell that are looked at


@dataclass
class Field:
    """`value` is what the page shows, `saved` what somebody else stored there meanwhile, in words."""

    name: str
    label: str
    value: str
    error: str = ""
    saved: str = ""

    @property
    def id(self) -> str:
        return f"id_{self.name}"


@dataclass(frozen=True)
class Line:
    indicator: Indicator
    fields: tuple[Field, ...]


class FiguresForm:
    """What a cell held when the page was loaded travels with it: cells that nobody touched are not written,
    and a touched one is compared with the version that its writer saw."""

    def __init__(self, grid: Grid, data: Mapping[str, Any] | None = None) -> None:
        self.grid = grid
        self.entries: list[Entry] = []
        self.marks: list[Mark] = []
        self._seen: dict[str, list[Any]] = {}
        self._fields: dict[str, Field] = {}
        typed, seen = data or {}, _read_seen(data)
        for cell in grid.cells:
            label = f"{cell.indicator.code}, năm {cell.year}"
            field = self._add(cell.name, label, cell.typed, cell.version)
            self._take(field, typed, seen, lambda text, at, cell=cell: self._figure(cell, text, at))
        for year in grid.years:
            label = f"Số liệu năm {year} tính đến ngày"
            field = self._add(until_field(year.year), label, _spelled(year.until), year.version)
            self._take(field, typed, seen, lambda text, at, year=year: self._mark(year, text, at))

    def _add(self, name: str, label: str, value: str, version: int) -> Field:
        self._seen[name] = [version, value]
        self._fields[name] = Field(name, label, value)
        return self._fields[name]

    def _take(self, field: Field, typed: Mapping[str, Any], seen: Mapping[str, list[Any]], read: Any) -> None:
        """What was typed stays in the field, right or wrong, with what its writer saw before."""
        text = typed.get(field.name)
        version, before = seen.get(field.name, [0, ""])
        if text is None or _same(text, before):
            return
        field.value = text
        self._seen[field.name] = [version, before]
        try:
            read(text[:MOST_TYPED], version)
        except NumberError as error:
            field.error = str(error)

    def _figure(self, cell: GridCell, text: str, seen: int) -> None:
        figure = read_figure(FigureKind(cell.indicator.kind), text)
        self.entries.append(Entry(cell.indicator.pk, cell.year, figure, seen))

    def _mark(self, year: IndicatorYear, text: str, seen: int) -> None:
        until = _day(text)
        if until is not None and until.year != year.year:
            raise NumberError(f"Ngày phải nằm trong năm {year}.")
        self.marks.append(Mark(year.year, until, seen))

    @property
    def seen(self) -> str:
        return json.dumps({name: seen for name, seen in self._seen.items() if seen != [0, ""]})

    @property
    def is_valid(self) -> bool:
        return not self.errors

    @property
    def errors(self) -> list[Field]:
        return [field for field in self._fields.values() if field.error]

    @property
    def differing(self) -> list[Field]:
        return [field for field in self._fields.values() if field.saved]

    @property
    def lines(self) -> list[Line]:
        return [
            Line(indicator, tuple(self._fields[cell.name] for cell in cells))
            for indicator, cells in self.grid.rows
        ]

    @property
    def heads(self) -> list[tuple[IndicatorYear, Field]]:
        return [(year, self._fields[until_field(year.year)]) for year in self.grid.years]

    @property
    def filled(self) -> int:
        return sum(bool(field.value.strip()) for line in self.lines for field in line.fields)

    @property
    def count(self) -> int:
        return sum(len(line.fields) for line in self.lines)

    def show_saved(self, cells: Mapping[Cell, IndicatorValue], years: Mapping[int, IndicatorYear]) -> None:
        """Put what is stored now beside what was typed, and let the next save replace it knowingly."""
        for value in cells.values():
            name, figure = cell_field((value.indicator_id, value.year)), value.figure
            self._put_beside(name, figure.typed if figure else "", value)
        for year in years.values():
            self._put_beside(until_field(year.year), _spelled(year.until), year)

    def _put_beside(self, name: str, value: str, kept: IndicatorValue | IndicatorYear) -> None:
        if name in self._fields:
            who = f"{kept.updated_by.full_name} lưu lúc {format_moment(kept.updated_at)}"
            self._fields[name].saved = f"{value or 'để trống'} ({who})"
            self._seen[name] = [kept.version, value]


def _read_seen(data: Mapping[str, Any] | None) -> dict[str, list[Any]]:
    """Empty for anything that no page of ours sent: then whatever is stored counts as unseen."""
    try:
        said = json.loads((data or {}).get("seen", "{}"))
        return {name: [int(version), str(value)] for name, (version, value) in said.items()}
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return {}


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()) == " ".join(other.split())


def _day(text: str) -> date | None:
    text = text.strip()
    if not text:
        return None
    for pattern in DAYS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 — a day has no zone
        except ValueError:
            continue
    raise NumberError("Hãy ghi ngày như 31/3/2020, hoặc để trống nếu là số liệu cả năm.")


def _spelled(day: date | None) -> str:
    return format_short_date(day) if day else ""
