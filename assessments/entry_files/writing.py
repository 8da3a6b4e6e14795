"""The workbook to fill in: what is entered already stands in it, and only cells to fill can be changed."""

from __future__ import annotations

import io
from functools import cached_property
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from accounts.dates import VIETNAM, format_moment
from assessments.entry_files.grid import (
    GUIDE,
    KEY_ROW,
    LISTS,
    MADE_AT,
    SKIPPED,
    UNIT_HEAD,
    CellKind,
    Column,
    Grid,
    GridSheet,
    Held,
)
from criteria.points import format_points

FONT = "Times New Roman"
_HINTS = (
    "Chỉ nhập vào các ô trắng. Ô để trống: giữ nguyên kết quả đang có, không xóa.",
    "Số thập phân gõ 9,25 hoặc 9.25; số lượng gõ số nguyên. Không dùng công thức, không ẩn trang tính.",
    "Tiêu chí không áp dụng: ghi “Không áp dụng” (hoặc x) vào một ô của tiêu chí, các ô còn lại để trống.",
    "Trang “Yêu cầu đạt”: ghi x nếu đạt, 0 nếu chưa đạt.",
    "Trang “Ấn định điểm”: chỉ dùng khi Hội đồng ấn định điểm thay cho số liệu; phải ghi lý do.",
    "Trang “Chỉ tiêu giao”: ghi theo phần trăm, ví dụ 70 hoặc 72,5.",
    "Không sửa mã đơn vị ở cột A và mã cột ở dòng 5. Lưu lại dạng .xlsx rồi tải lên để xem trước.",
)


def entry_workbook(grid: Grid) -> bytes:
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(stream, options) as workbook:
        workbook.set_properties(
            {"title": grid.name, "created": grid.made_at.astimezone(VIETNAM).replace(tzinfo=None)}
        )
        _Writer(workbook, grid).write()
    return stream.getvalue()


class _Writer:
    def __init__(self, workbook: Workbook, grid: Grid) -> None:
        self._workbook, self._grid = workbook, grid

    def write(self) -> None:
        choices = self._choices()
        for sheet in self._grid.sheets:
            self._sheet(sheet, choices)
        self._guide()
        if choices:
            self._lists(choices)

    def _choices(self) -> dict[str, list[str]]:
        """The list of every choice, by the key of its column: too long for a validation of its own."""
        return {
            column.key: [*column.words.values(), *([SKIPPED] if column.may_skip else [])]
            for sheet in self._grid.sheets
            for column in sheet.columns
            if column.kind is CellKind.CHOICE
        }

    def _sheet(self, sheet: GridSheet, choices: dict[str, list[str]]) -> None:
        page = self._workbook.add_worksheet(sheet.title)
        page.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
        page.freeze_panes(KEY_ROW, 2)
        page.set_column(0, 0, 14)
        page.set_column(1, 1, 30)
        page.set_column(2, 1 + len(sheet.columns), 16)
        page.set_row(2, 60)
        page.set_row(3, 45)
        page.write_string(0, 0, f"{sheet.title} – {self._grid.name}", self._title)
        page.write_string(1, 0, _HINTS[0], self._plain)
        for row, texts in enumerate((("", ""), ("", ""), (UNIT_HEAD, "Đơn vị")), start=KEY_ROW - 3):
            for place, text in enumerate(texts):
                page.write_string(row, place, text, self._head)
        for place, column in enumerate(sheet.columns, start=2):
            page.write_string(2, place, f"{column.leaf.code} {column.leaf.name}", self._head)
            page.write_string(3, place, _asked(column), self._head)
            page.write_string(KEY_ROW - 1, place, column.key, self._key)
            self._validate(page, place, column, choices)
        for line, unit in enumerate(self._grid.rows, start=KEY_ROW):
            page.write_string(line, 0, unit.code, self._fixed)
            page.write_string(line, 1, unit.name, self._fixed)
            for place, column in enumerate(sheet.columns, start=2):
                held = self._grid.held.get((unit.code, column.key))
                _write(page, line, place, held, self._formats(unit.closed, held))

    def _validate(self, page: Worksheet, place: int, column: Column, choices: dict[str, list[str]]) -> None:
        """Excel warns of what the upload would refuse; it may be overridden, for words are taken as well."""
        rule: dict[str, Any] = {"error_type": "warning", "error_title": "Xem lại ô này"}
        match column.kind:
            case CellKind.POINTS | CellKind.OVERRIDE:
                rule |= {"validate": "decimal", "criteria": "between", "minimum": 0}
                rule["maximum"] = float(column.leaf.max_points)
                rule["error_message"] = f"Điểm từ 0 đến {format_points(column.leaf.max_points)}."
            case CellKind.AMOUNT:
                rule |= {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": "Nhập một số."}
            case CellKind.COUNT:
                rule |= {"validate": "integer", "criteria": ">=", "value": 0}
                rule["error_message"] = "Nhập một số nguyên."
            case CellKind.TARGET:
                rule |= {"validate": "decimal", "criteria": "between", "minimum": 0.01, "maximum": 1000}
                rule["error_message"] = "Nhập phần trăm, ví dụ 70 hoặc 72,5."
            case CellKind.TICK:
                rule |= {"validate": "list", "source": ["x", "0"], "error_message": "Ghi x hoặc 0."}
            case CellKind.CHOICE:
                at = xl_col_to_name(list(choices).index(column.key))
                last = 1 + len(choices[column.key])
                rule |= {"validate": "list", "source": f"='{LISTS}'!${at}$2:${at}${last}"}
                rule["error_message"] = "Chọn một mức trong danh sách."
            case CellKind.REASON:
                return
        if self._grid.rows:
            page.data_validation(KEY_ROW, place, KEY_ROW + len(self._grid.rows) - 1, place, rule)

    def _guide(self) -> None:
        page = self._workbook.add_worksheet(GUIDE)
        page.protect("")
        page.set_column(0, 0, 20)
        page.set_column(1, 1, 110)
        page.write_string(0, 0, self._grid.name, self._title)
        page.write_string(1, 0, MADE_AT, self._plain)
        page.write_string(1, 1, self._grid.made_at.astimezone(VIETNAM).isoformat(), self._plain)
        page.write_string(2, 1, f"({format_moment(self._grid.made_at)})", self._plain)
        for line, hint in enumerate(_HINTS, start=4):
            page.write_string(line, 1, hint, self._plain)

    def _lists(self, choices: dict[str, list[str]]) -> None:
        page = self._workbook.add_worksheet(LISTS)
        page.protect("")
        for place, (key, words) in enumerate(choices.items()):
            page.set_column(place, place, 40)
            page.write_string(0, place, key, self._head)
            for line, word in enumerate(words, start=1):
                page.write_string(line, place, word, self._plain)

    def _formats(self, closed: bool, held: Held) -> Format:
        if closed:
            return self._fixed
        return self._words if isinstance(held, str) else self._open

    def _format(self, **properties: Any) -> Format:
        return self._workbook.add_format({"font_name": FONT, "font_size": 11, **properties})

    @cached_property
    def _title(self) -> Format:
        return self._format(bold=True, font_size=14)

    @cached_property
    def _plain(self) -> Format:
        return self._format()

    @cached_property
    def _head(self) -> Format:
        return self._format(
            bold=True, border=1, text_wrap=True, align="center", valign="vcenter", bg_color="#E8EFF7"
        )

    @cached_property
    def _key(self) -> Format:
        return self._format(border=1, font_color="#4B5967", bg_color="#F3F5F8", shrink=True)

    @cached_property
    def _fixed(self) -> Format:
        return self._format(border=1, bg_color="#F3F5F8")

    @cached_property
    def _open(self) -> Format:
        return self._format(border=1, locked=False)

    @cached_property
    def _words(self) -> Format:
        return self._format(border=1, locked=False, text_wrap=True)


def _asked(column: Column) -> str:
    """The column in words, with what bounds it."""
    bounds = {
        CellKind.POINTS: f" (tối đa {format_points(column.leaf.max_points)})",
        CellKind.OVERRIDE: f" (tối đa {format_points(column.leaf.max_points)})",
        CellKind.TICK: " (x hoặc 0)",
    }
    return column.label + bounds.get(column.kind, "")


def _write(page: Worksheet, line: int, place: int, held: Held, form: Format) -> None:
    if held is None:
        page.write_blank(line, place, None, form)
    elif isinstance(held, str):
        page.write_string(line, place, held, form)
    else:
        page.write_number(line, place, float(held), form)
