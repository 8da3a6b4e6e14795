"""Indicators by year: across the page in an appendix, down the page within the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import TypeVar

from accounts.dates import format_short_date
from criteria.points import format_percent, percent
from reports.document import Align, Appendix, Cell, Column, Row, Table
from reports.figures import NO_DATA_SIGN, Figure
from reports.kinds.stage.facts import Group, Series, StageFacts, Year
from reports.kinds.tables import header

# More would be too narrow for a numerator with its denominator.
MOST_YEARS, MOST_COLUMNS = 6, 3
NO_DATA_NOTE = f"Ghi chú: dấu “{NO_DATA_SIGN}” là không có số liệu."

Item = TypeVar("Item")


def appendix(group: Group, facts: StageFacts) -> Appendix:
    tables = tuple(_across(group, years) for years in _shared_out(facts.years, MOST_YEARS))
    return Appendix(group.heading, tables, landscape=True)


def tables_in_text(group: Group, facts: StageFacts) -> tuple[Table, ...]:
    """A part stands beside its whole, with its share; years of which a table says nothing are left out."""
    by_key = facts.by_key
    return tuple(
        _down(rows, years, by_key)
        for rows in _together(group.rows)
        if (years := [year for year in facts.years if any(year.year in row.figures for row in rows)])
    )


def year_label(year: Year) -> str:
    """ "Năm 2020 (tính đến 31/3)"."""
    if year.until is None:
        return f"Năm {year.year}"
    day = format_short_date(year.until).removesuffix(f"/{year.year}")
    return f"Năm {year.year} (tính đến {day})"


def _across(group: Group, years: Sequence[Year]) -> Table:
    measured = any(row.measure for row in group.rows)
    width = min(72 // len(years), 12)
    first = (6, 8) if measured else (6,)
    name = 100 - sum(first) - width * len(years)
    return Table(
        columns=(
            Column(6, Align.CENTER),
            Column(name),
            *((Column(8, Align.CENTER),) if measured else ()),
            *(Column(width, Align.CENTER) for _ in years),
        ),
        header=(
            header("Số TT", "Chỉ tiêu", *(("Đơn vị tính",) if measured else ()), *map(year_label, years)),
        ),
        rows=tuple(
            Row(
                (
                    Cell(row.code),
                    Cell(row.name),
                    *((Cell(row.measure),) if measured else ()),
                    *(Cell(_lines(row.figures.get(year.year))) for year in years),
                )
            )
            for row in group.rows
        ),
        notes=_notes(group.rows, years),
    )


def _down(rows: Sequence[Series], years: Sequence[Year], by_key: Mapping[int, Series]) -> Table:
    width = 78 // len(rows)
    return Table(
        columns=(
            Column(100 - width * len(rows)),
            *(Column(width, Align.CENTER) for _ in rows),
        ),
        header=(header("Năm", *map(_title, rows)),),
        rows=tuple(
            Row((Cell(year_label(year)), *(Cell(_with_share(row, year.year, by_key)) for row in rows)))
            for year in years
        ),
        notes=_notes(rows, years),
    )


def _title(row: Series) -> str:
    return f"{row.name} ({row.measure})" if row.measure else row.name


def _lines(figure: Figure | None) -> str:
    """A ratio has its percentage on a line of its own."""
    if figure is None:
        return ""
    share = figure.share
    return figure.typed if share is None else f"{figure.typed}\n({format_percent(share)})"


def _with_share(row: Series, year: int, by_key: Mapping[int, Series]) -> str:
    """A number that is a part of something, with its share of it."""
    figure, whole = row.figures.get(year), by_key.get(row.part_of or 0)
    total = whole.amount(year) if whole else None
    if figure is None or figure.value is None or total is None:
        return _lines(figure)
    share = percent(figure.value, total)
    return figure.typed if share is None else f"{figure.typed} ({format_percent(share)})"


def _notes(rows: Sequence[Series], years: Sequence[Year]) -> tuple[str, ...]:
    shown = (row.figures.get(year.year) for row in rows for year in years)
    return (NO_DATA_NOTE,) if any(figure is not None and figure.is_missing for figure in shown) else ()


def _together(rows: Sequence[Series]) -> Iterator[list[Series]]:
    """At most MOST_COLUMNS in one table; a whole begins one of its own with its parts."""
    wholes = {row.part_of for row in rows if row.part_of}
    table: list[Series] = []
    for row in rows:
        begins = row.pk in wholes or (table and table[0].pk in wholes and row.part_of != table[0].pk)
        if table and (begins or len(table) == MOST_COLUMNS):
            yield table
            table = []
        table.append(row)
    if table:
        yield table


def _shared_out(items: Sequence[Item], most: int) -> Iterator[Sequence[Item]]:
    """In parts of nearly one size."""
    count = ceil(len(items) / most)
    size = ceil(len(items) / count) if count else 1
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]
