"""Rows pasted from a spreadsheet: lines of cells parted by tabs, in the order of the table's columns."""

from __future__ import annotations

import csv
import io

from accounts.vietnamese import fold
from assessments.recorded import COLUMNS

_HEADS = frozenset({"ma", "ma so", "stt", "so tt", "tt"})
MAX_CELL = 10_000


class PasteError(ValueError):
    """`problems` name the pasted line each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def read_pasted(text: str, *, most: int) -> list[dict[str, str]]:
    """Cells by column; a head line is skipped. PasteError for lines that are no rows, with their numbers."""
    rows: list[dict[str, str]] = []
    problems: list[str] = []
    reader = csv.reader(io.StringIO(text.replace("\0", "")), delimiter="\t")
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells) or (not rows and fold(cells[0]) in _HEADS):
                continue
            if len(cells) == 1:
                problems.append(f"Dòng {reader.line_num}: chỉ có một cột; hãy sao chép cả bảng từ Excel")
            elif any(cell.strip() for cell in cells[len(COLUMNS) :]):
                problems.append(
                    f"Dòng {reader.line_num}: có {len(cells)} cột, nhiều nhất là {len(COLUMNS)} cột"
                )
            elif any(len(cell) > MAX_CELL for cell in cells):
                problems.append(f"Dòng {reader.line_num}: có ô dài quá {MAX_CELL} ký tự")
            rows.append(dict(zip(COLUMNS, cells, strict=False)))
    except csv.Error:
        problems.append(f"Dòng {reader.line_num}: không đọc được; kiểm tra dấu ngoặc kép")
    if len(rows) > most:
        problems.append(f"Có {len(rows)} dòng; nhiều nhất là {most} dòng")
    if problems:
        raise PasteError(problems)
    return rows
