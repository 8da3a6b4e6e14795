"""Workbooks of central entry for tests: a set with every kind of rule, and files as people would send them back."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from assessments.entry_files.grid import KEY_ROW
from assessments.entry_files.writing import entry_workbook
from assessments.models import Cohort
from assessments.queries.entry.preview import EntryPreview, entry_preview
from assessments.queries.entry.standing import entry_grid
from tests.assessments.conftest import NOW, Year

EVERY_KIND = """\
code: du-loai
version: 1
name: Bộ tiêu chí đủ loại
decision: {number: 1/QĐ-UBND, date: 2026-01-05, issuer: UBND tỉnh}
total: 32
decimals: 3
criteria:
  - code: 1
    name: Tự chấm
    max_points: 10
    children:
      - {code: 1.1, name: Kế hoạch, max_points: 4, rule: {kind: direct}}
      - code: 1.2
        name: Hồ sơ trực tuyến
        max_points: 6
        rule: {kind: ratio, target: assigned, bands: [{from: 0, linear: true}]}
  - code: 2
    name: Chấm tập trung
    max_points: 22
    children:
      - {code: 2.1, name: Thanh tra, max_points: 4, source: external, not_applicable: exclude, rule: {kind: direct}}
      - code: 2.2
        name: Mức độ
        max_points: 3
        source: external
        not_applicable: full
        rule:
          kind: choice
          options:
            - {key: a, label: "Tốt, đúng hạn", points: 3}
            - {key: b, label: Chậm, points: 1}
      - code: 2.3
        name: Yêu cầu
        max_points: 3
        source: external
        not_applicable: exclude
        rule: {kind: checklist, items: [{key: k1, label: Có cổng, points: 2}, {key: k2, label: Có thư, points: 1}]}
      - code: 2.4
        name: Thanh toán
        max_points: 4
        source: external
        rule: {kind: ratio, target: assigned, bands: [{from: 0, linear: true}]}
      - {code: 2.5, name: Sáng kiến, max_points: 2, source: external, rule: {kind: count, per_unit: 0.5}}
      - code: 2.6
        name: Lỗi
        max_points: 2
        source: external
        rule: {kind: deduction, items: [{key: l1, label: Trễ hạn, unit: 0.5}, {key: l2, label: Sai mẫu, unit: 0.25}]}
      - code: 2.7
        name: Điều tra
        max_points: 3
        source: survey
        not_applicable: exclude
        rule: {kind: survey, weights: {Hài lòng: 1, Không hài lòng: 0}}
        examples: [{data: {counts: {Hài lòng: 9, Không hài lòng: 3}}, expect: {points: 2.25}}]
      - {code: 2.8, name: PAPI, max_points: 1, source: external, rule: {kind: index, scale: 100}}
  - {code: P, name: Điểm trừ, role: penalty, max_points: 2, source: external, rule: {kind: count, per_unit: 0.5}}
"""

Edit = Callable[[openpyxl.Workbook], None]


def cohort(year: Year) -> Cohort:
    """As a page loads it: the year's own was read before the period opened."""
    return Cohort.objects.in_context().get(pk=year.cohort.pk)


def pattern(year: Year) -> bytes:
    return entry_workbook(entry_grid(cohort(year), now=NOW))


def read(year: Year, content: bytes) -> EntryPreview:
    return entry_preview(cohort(year), content, barred=frozenset())


def edited(content: bytes, edit: Edit) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def column(page: Worksheet, key: str) -> int:
    return next(cell.column for cell in page[KEY_ROW] if cell.value == key)


def filled(year: Year, *cells: tuple[str, str, int, Any]) -> bytes:
    """The pattern with (sheet, key, place of the unit, value) typed into it."""

    def fill(book: openpyxl.Workbook) -> None:
        for title, key, place, value in cells:
            page = book[title]
            row = next(cells[0].row for cells in page.iter_rows() if cells[0].value == year.units[place].code)
            cell = page.cell(row, column(page, key))
            if isinstance(value, tuple):
                cell.value, cell.number_format = value
            else:
                cell.value = value

    return edited(pattern(year), fill)


def previewed(year: Year, *cells: tuple[str, str, int, Any]) -> EntryPreview:
    return read(year, filled(year, *cells))
