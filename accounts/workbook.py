"""Catalogues as .xlsx workbooks: one sheet, its first row the column titles, then one entry per row."""

import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any, ClassVar

import openpyxl
import xlsxwriter
from import_export.formats.base_formats import XLSX
from tablib import Dataset

# 4 to 6 ms a row, while SQLite lets nobody else write: well below the 20 s others wait for their turn.
MAX_ROWS = 2_000
MAX_UNPACKED_BYTES = 60_000_000
EXCEL_ROWS = 1_048_576


class UnreadableWorkbook(ValueError):
    """Why a file can't be taken for a catalogue, in words for the person who uploaded it."""


@dataclass(frozen=True)
class Column:
    title: str
    help: str = ""
    width: int = 20


class CatalogueWorkbook(XLSX):
    """An import-export format that knows its columns, so that a wrong file is told before any row is read."""

    sheet_title: ClassVar[str]
    columns: ClassVar[list[Column]]

    def create_dataset(self, in_stream: bytes) -> Dataset:
        refuse_unsafe(in_stream)
        try:
            book = openpyxl.load_workbook(BytesIO(in_stream), read_only=True, data_only=True)
            rows = list(_filled_rows(book.worksheets[0], len(self.columns) + 20))
        except UnreadableWorkbook:
            raise
        except Exception as problem:
            raise UnreadableWorkbook(
                "Không đọc được tệp: tệp hỏng hoặc không phải tệp Excel .xlsx."
            ) from problem
        headers = self._headers(rows)
        body = [row[: len(headers)] for row in rows[1:]]
        if not body:
            raise UnreadableWorkbook("Tệp không có dòng dữ liệu nào dưới hàng tiêu đề.")
        return Dataset(*body, headers=headers)

    def _headers(self, rows: list[list[Any]]) -> list[str]:
        headers = [str(cell) for cell in rows[0]] if rows else []
        while headers and not headers[-1]:
            headers.pop()
        expected = [column.title for column in self.columns]
        problems = []
        if missing := [title for title in expected if title not in headers]:
            problems.append("thiếu cột " + ", ".join(f"“{title}”" for title in missing))
        if strange := [title or "(không tên)" for title in headers if title not in expected]:
            problems.append("có cột lạ " + ", ".join(f"“{title[:40]}”" for title in strange))
        if len(set(headers)) < len(headers):
            problems.append("có cột lặp lại")
        if problems:
            raise UnreadableWorkbook(
                "Trang tính đầu tiên không đúng mẫu: " + "; ".join(problems) + ". "
                "Hãy bấm “Xuất ra Excel” để lấy tệp đúng mẫu."
            )
        return headers

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        output = BytesIO()
        # Text is written as text: a name that begins with "=" stays a name and is never evaluated.
        with xlsxwriter.Workbook(output, {"constant_memory": True, "strings_to_formulas": False}) as book:
            head = book.add_format({"bold": True, "bg_color": "#E8EFF7", "bottom": 1, "text_wrap": True})
            text = book.add_format({"num_format": "@"})
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            sheet = book.add_worksheet(self.sheet_title)
            sheet.freeze_panes(1, 1)
            for index, column in enumerate(self.columns):
                sheet.set_column(index, index, column.width, text)
                sheet.write_string(0, index, column.title, head)
                if column.help:
                    sheet.write_comment(0, index, column.help)
            for number, row in enumerate(dataset, 1):
                for index, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(number, index, value, day)
                    elif value not in (None, ""):
                        sheet.write_string(number, index, str(value), text)
        return output.getvalue()


def refuse_unsafe(content: bytes, most: int = MAX_UNPACKED_BYTES) -> None:
    """UnreadableWorkbook for what is no .xlsx, has macros or would unpack to more than `most` bytes."""
    not_excel = (
        "Đây không phải tệp Excel .xlsx (hoặc tệp có đặt mật khẩu). "
        "Hãy mở bằng Excel và lưu lại với kiểu “Excel Workbook (.xlsx)”."
    )
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            parts = {part.filename: part.file_size for part in package.infolist()}
    except zipfile.BadZipFile as problem:
        raise UnreadableWorkbook(not_excel) from problem
    if "xl/workbook.xml" not in parts:
        raise UnreadableWorkbook(not_excel)
    if any(name.endswith("vbaProject.bin") for name in parts):
        raise UnreadableWorkbook(
            "Tệp có chứa macro. Hãy lưu lại với kiểu “Excel Workbook (.xlsx)”, không macro."
        )
    if sum(parts.values()) > most:
        raise UnreadableWorkbook(
            "Tệp quá lớn. Hãy xóa các trang tính và định dạng thừa hoặc chia thành nhiều tệp."
        )


def _filled_rows(sheet: Any, width: int) -> Iterator[list[Any]]:
    """Rows down to the last one with anything in it; a cell a million rows away costs no memory."""
    blank, missing = 0, None
    for number, cells in enumerate(sheet.iter_rows(max_col=width, values_only=True)):
        if number >= EXCEL_ROWS:
            raise UnreadableWorkbook("Tệp có nhiều dòng hơn Excel cho phép; tệp hỏng.")
        # The rows missing above a cell far below are one and the same: a million of them must cost nothing.
        if cells is missing:
            blank += 1
            continue
        row = [_value(cell) for cell in cells]
        if not any(row):
            missing = cells
            blank += 1
            continue
        if number > MAX_ROWS:
            raise UnreadableWorkbook(
                f"Tệp có dữ liệu dưới dòng {MAX_ROWS + 1}; mỗi tệp không quá {MAX_ROWS} dòng, hãy chia thành nhiều tệp."
            )
        yield from ([""] * len(row) for _ in range(blank))
        blank = 0
        yield row


def _value(cell: Any) -> Any:
    """Excel keeps every number as a float and every date as a moment; people typed codes and days."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell if isinstance(cell, date) else unicodedata.normalize("NFC", str(cell)).strip()
