"""The workbook of a unit's statistics: a sheet for each group, indicators down, years across."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from accounts.dates import VIETNAM, format_moment
from assessments.entry_files.cells import Cell, CellError, exact, refuse_strange
from assessments.entry_files.grid import GUIDE, KEY_ROW, MADE_AT
from assessments.entry_files.reading import Wording
from criteria.points import NumberError, canonical
from reports.figures import Figure, FigureKind, bounded, read_figure

WORDS = Wording(head="Mã chỉ tiêu", line="chỉ tiêu", column="năm", whose="đơn vị")
FONT = "Times New Roman"
EXACT = 15  # digits that Excel keeps
_HINTS = (
    "Chỉ nhập vào các ô trắng. Ô để trống: giữ nguyên số liệu đang có, không xóa.",
    "Số: 12.429 hoặc 12,5. Tử số/mẫu số: 5.650/5.658. Không có số liệu: ghi dấu /.",
    "Không dùng công thức, không ẩn trang tính, không sửa mã ở cột A và năm ở dòng 5.",
    "Thêm chỉ tiêu, thêm năm và ghi “tính đến ngày” trên trang số liệu thống kê.",
)
_LINE = Side(style="thin", color="7B8896")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_FIXED = PatternFill("solid", fgColor="F3F5F8")
_HEAD = PatternFill("solid", fgColor="E8EFF7")


@dataclass(frozen=True)
class SheetRow:
    """`figures` by year, None where nothing is entered."""

    code: str
    name: str
    kind: FigureKind
    figures: Sequence[Figure | None]


@dataclass(frozen=True)
class Sheet:
    code: str
    name: str
    rows: Sequence[SheetRow]


def figures_workbook(title: str, sheets: Sequence[Sheet], years: Sequence[int], made_at: datetime) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title = _plain(title)
    for sheet in sheets:
        _write(book.create_sheet(sheet.code), f"{sheet.name} – {title}", sheet.rows, years)
    guide = book.create_sheet(GUIDE)
    guide.protection.enable()
    guide.column_dimensions["A"].width = 20
    local = made_at.astimezone(VIETNAM)
    for row in (
        [_plain(title)],
        [MADE_AT, local.isoformat()],
        ["", format_moment(made_at)],
        *(["", hint] for hint in _HINTS),
    ):
        guide.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write(page: Worksheet, title: str, rows: Sequence[SheetRow], years: Sequence[int]) -> None:
    page.protection.enable()
    page.protection.formatColumns = page.protection.formatRows = False
    page.freeze_panes = f"C{KEY_ROW + 1}"
    _put_text(page["A1"], title)
    _put_text(page["A2"], _HINTS[0])
    page["A1"].font = Font(name=FONT, size=14, bold=True)
    for place, width in ((1, 14), (2, 60), *((place, 18) for place in range(3, 3 + len(years)))):
        page.column_dimensions[get_column_letter(place)].width = width
    for place, text in enumerate((WORDS.head, "Chỉ tiêu", *map(str, years)), start=1):
        cell = page.cell(KEY_ROW, place, text)
        cell.font, cell.fill, cell.border = Font(name=FONT, bold=True), _HEAD, _BORDER
    for line, row in enumerate(rows, start=KEY_ROW + 1):
        for place, text in enumerate((row.code, row.name), start=1):
            cell = page.cell(line, place)
            _put_text(cell, text)
            cell.fill, cell.border, cell.number_format = _FIXED, _BORDER, "@"
            cell.alignment = Alignment(wrap_text=place == 2, vertical="top")
        for place, figure in enumerate(row.figures, start=3):
            cell = page.cell(line, place)
            cell.border, cell.protection = _BORDER, Protection(locked=False)
            # As text, or Excel would make days of 2/13 and 5/6.
            cell.number_format = "General" if row.kind is FigureKind.NUMBER else "@"
            if (
                figure is not None
                and figure.value is not None
                and len(figure.value.as_tuple().digits) <= EXACT
            ):
                cell.value = figure.value
            elif figure is not None:
                _put_text(cell, figure.typed)


def _plain(text: str) -> str:
    """Without characters that no workbook can hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def _put_text(cell: Any, text: str) -> None:
    """What begins with "=" stays text."""
    cell.value = _plain(text)
    cell.data_type = "s"


def read_typed(kind: FigureKind, cell: Cell) -> Figure | None:
    """CellError for what is no figure of that kind."""
    refuse_strange(cell)
    if cell.percent:
        raise CellError("ô này cần số liệu, không phải tỷ lệ phần trăm")
    try:
        if isinstance(cell.value, str):
            return read_figure(kind, cell.value)
        number = exact(cell.value)
        if kind is FigureKind.NUMBER:
            return Figure(value=bounded(number))
        return read_figure(kind, canonical(number))
    except NumberError as error:
        raise CellError(str(error).rstrip(".")) from error
