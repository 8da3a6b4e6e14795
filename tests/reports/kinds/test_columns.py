"""Figures and codes of every kind's tables stand on one line, whatever the tables are about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from reports.document import Align, Document, Placed, Row, Table, grid
from reports.kinds import KINDS, Name
from reports.kinds.area import AreaFacts
from reports.kinds.index import IndexFacts
from reports.kinds.stage import StageFacts
from reports.pdf import render_pdf
from tests.reports import stored
from tests.reports.font import width_of
from tests.reports.kinds import test_long as long
from tests.reports.kinds.every import FACTS
from tests.reports.kinds.test_remediation import outcome, row
from tests.reports.test_pdf import MM, page_words, read

PORTRAIT, LANDSCAPE = 165 * MM, 252 * MM
RULE, SIDE, FIGURE_SIDE = 0.5, 3.75, 0.75  # of reports/document.css, whose cells are no wider than Word's
FIGURE, SHARE, CODE = "100,125", "100,00%", "10.12.3"
# What a column holds at most, by its title; other columns of figures hold points.
LONGEST = (
    ("Tỷ lệ.*|Chung", SHARE),
    ("Bậc", "+145"),
    ("Điểm trừ", "-2,125"),
    (r"\d+\n.*", "12,345"),  # an area beside seven others, bonus and penalty
    (r"\d+", SHARE),
    ("Số tiêu chí .*", "1000"),
    ("Xếp hạng", "100/145"),
    ("Mã số", CODE),
)
DEEP = outcome(
    row("10", "100", "86.353", row("10.12", "100", "86.353", row("10.12.3", "100", "86.353", own="100")))
)


def documents() -> Iterator[tuple[str, Document]]:
    for name, facts in FACTS.items():
        yield name, KINDS[name].build(long.CONTENT, facts())
    yield "deep area", KINDS[Name.AREA_RECTIFICATION].build(long.CONTENT, AreaFacts(2025, "10", "A", DEEP))
    yield "deep remediation", KINDS[Name.REMEDIATION_RESULT].build(long.CONTENT, DEEP)
    yield "deep deduction", KINDS[Name.DEDUCTION_REVIEW].build(long.CONTENT, DEEP)
    yield "one year", KINDS[Name.INDEX_RESULT].build(long.CONTENT, IndexFacts(DEEP, why_not="năm đầu"))
    yield "measured", KINDS[Name.STAGE_SUMMARY].build(long.CONTENT, measured())


def measured() -> StageFacts:
    facts = stored.stage("tuy-phong", 2011, 2020)
    groups = tuple(
        replace(group, rows=tuple(replace(one, measure="hồ sơ") for one in group.rows))
        for group in facts.groups
    )
    return replace(facts, groups=groups)


def tables(document: Document) -> Iterator[tuple[Table, float]]:
    yield from ((block, PORTRAIT) for block in document.body if isinstance(block, Table))
    for appendix in document.appendices:
        width = LANDSCAPE if appendix.landscape else PORTRAIT
        yield from ((block, width) for block in appendix.blocks if isinstance(block, Table))


def longest(table: Table, column: int, title: str) -> str:
    for words, text in LONGEST:
        if re.fullmatch(words, title, re.DOTALL):
            return text
    if table.columns[column].align is Align.NUMERIC:
        return FIGURE
    codes = (place.cell.text for place, _ in cells(table, column))
    return CODE if any(re.fullmatch(r"\d+(\.\d+)+", code) for code in codes) else ""


def cells(table: Table, column: int) -> Iterator[tuple[Placed, Row]]:
    for line, its_row in zip(grid(table, table.rows), table.rows, strict=True):
        yield from ((place, its_row) for place in line if place.column == column)


def face(table: Table, column: int) -> str:
    bold = any(place.cell.bold or own.strong for place, own in cells(table, column))
    return "Bold" if bold else "Regular"


DOCUMENTS = dict(documents())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_column_has_room_for_the_longest_figure_or_code_it_may_hold(name):
    for table, width in tables(DOCUMENTS[name]):
        for place in grid(table, table.header)[-1]:
            column = table.columns[place.column]
            side = FIGURE_SIDE if column.align is Align.NUMERIC else SIDE
            room = width * column.width / 100 - RULE - 2 * side
            text = longest(table, place.column, place.cell.text)
            assert width_of(text, 13, face(table, place.column)) <= room, (place.cell.text, text)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_columns_of_every_table_fill_its_width(name):
    for table, _ in tables(DOCUMENTS[name]):
        assert sum(column.width for column in table.columns) == 100


def test_a_report_about_one_area_breaks_neither_figures_nor_codes():
    text = page_words(read(render_pdf(DOCUMENTS["deep area"])))[0]
    assert "10.12.3 Tên 10.12.3 100 86,353 13,647" in text
