"""Indicators by year: across the page in an appendix, down the page within the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import TypeVar

from accounts.dates import format_short_date
from criteria.points import format_percent, percent
from reports.document import Align, Appendix, Block, Blocks, Cell, Column, Paragraph, Row, Run, Table
from reports.figures import NO_DATA_SIGN, Figure
from reports.kinds.stage.facts import Group, Series, StageFacts, Year, period
from reports.kinds.tables import code_width, header
from reports.kinds.wording import enumerated, sentence

# More would be too narrow for a numerator with its denominator.
MOST_YEARS, MOST_COLUMNS = 6, 3
NO_DATA, NOT_YET = f"dấu “{NO_DATA_SIGN}” là không có số liệu", "ô để trống là chưa có số liệu"

Item = TypeVar("Item")


def appendix(group: Group, facts: StageFacts) -> Appendix:
    tables = tuple(_across(group, years) for years in _shared_out(facts.years, MOST_YEARS))
    return Appendix(group.heading, tables, landscape=True)


def tables_in_text(group: Group, facts: StageFacts) -> Blocks:
    """A part stands beside its whole, with its share; years of which a table says nothing are left out.

    What a table shows is said above it where it follows another.
    """
    blocks: list[Block] = []
    for rows in _together(group.rows):
        if years := [year for year in facts.years if any(year.year in row.figures for row in rows)]:
            if blocks:
                lead = f"Số liệu {period(years)} về {enumerated(row.name for row in rows)}:"
                blocks.append(Paragraph((Run(lead),), keep_with_next=True))
            blocks.append(_down(rows, years, facts.by_key))
    return tuple(blocks)


def year_label(year: Year) -> str:
    """ "Năm 2020 (tính đến 31/3)"."""
    if year.until is None:
        return f"Năm {year.year}"
    day = format_short_date(year.until).removesuffix(f"/{year.year}")
    return f"Năm {year.year} (tính đến {day})"


def _across(group: Group, years: Sequence[Year]) -> Table:
    measured = any(row.measure for row in group.rows)
    width = min(72 // len(years), 12)
    code = code_width(landscape=True)
    first = (code, 8) if measured else (code,)
    name = 100 - sum(first) - width * len(years)
    return Table(
        columns=(
            Column(code, Align.CENTER),
            Column(name),
            *((Column(8, Align.CENTER),) if measured else ()),
            *(Column(width, Align.CENTER) for _ in years),
        ),
        header=_header(("Số TT", "Chỉ tiêu", *(("Đơn vị tính",) if measured else ())), years),
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


def _header(titles: Sequence[str], years: Sequence[Year]) -> tuple[Row, ...]:
    """The years below the stage that they make up; a single one is none."""
    if len(years) == 1:
        return (header(*titles, *map(year_label, years)),)
    spanning = (
        *(Cell(title, Align.CENTER, row_span=2) for title in titles),
        Cell(sentence(period(years)), Align.CENTER, column_span=len(years)),
    )
    return (Row(spanning, strong=True), header(*map(year_label, years)))


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
    """What cells without a figure mean, but for titles: rows without any that have others below them."""
    titles = {
        row.pk for row in rows if not row.figures and any(one.code.startswith(f"{row.code}.") for one in rows)
    }
    shown = [row.figures.get(year.year) for row in rows if row.pk not in titles for year in years]
    signs = (NO_DATA,) if any(figure is not None and figure.is_missing for figure in shown) else ()
    blanks = (NOT_YET,) if None in shown else ()
    return (f"Ghi chú: {enumerated((*signs, *blanks))}.",) if signs or blanks else ()


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
