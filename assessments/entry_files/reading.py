"""An uploaded workbook, read without trusting it: how large it is, what it hides, what its cells are."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from accounts.workbook import EXCEL_ROWS, UnreadableWorkbook, refuse_unsafe
from assessments.entry_files.cells import Cell
from assessments.entry_files.grid import GUIDE, KEY_ROW, LISTS, MADE_AT, UNIT_HEAD
from assessments.filetypes import NotAllowed, recognise

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED_BYTES = 30_000_000
MAX_ROWS = 2_000
MAX_COLUMNS = 1_000


@dataclass(frozen=True, slots=True)
class Wording:
    """What the lines and columns of a workbook are called; `head` stands over the codes of its lines."""

    head: str = UNIT_HEAD
    line: str = "đơn vị"
    column: str = "tiêu chí"
    whose: str = "nhóm này"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Line:
    """Filled cells of one unit, or of what else has lines, by the key of their column; `code` as it stands there."""

    sheet: str
    number: int
    code: str
    cells: Mapping[str, Cell]

    def place(self, letter: str = "A") -> str:
        return f"{self.sheet}!{letter}{self.number}"


@dataclass
class Upload:
    """`columns`: the letter of each key's column on its sheet; `ignored`: sheets that aren't of the pattern."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    columns: dict[tuple[str, str], str] = field(default_factory=dict)
    made_at: datetime | None = None
    words: Wording = field(default_factory=Wording)


def read_upload(content: bytes, sheets: Mapping[str, frozenset[str]], words: Wording | None = None) -> Upload:
    """Every filled cell of the sheets named, each with the keys it may have. UnreadableWorkbook for other files."""
    if len(content) > MAX_BYTES:
        raise UnreadableWorkbook(
            f"Tệp lớn hơn {MAX_BYTES // (1024 * 1024)} MB. Hãy xóa trang tính, hình ảnh thừa."
        )
    refuse_unsafe(content, MAX_UNPACKED_BYTES)
    broken = "Không đọc được tệp: tệp hỏng hoặc không phải tệp Excel .xlsx."
    try:
        recognise(BytesIO(content))
    except NotAllowed as problem:
        raise UnreadableWorkbook(broken) from problem
    upload = Upload(words=words or Wording())
    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, keep_links=False)
        for page in book.worksheets:
            _read_page(page, sheets, upload)
        book.close()
    except UnreadableWorkbook:
        raise
    except Exception as problem:  # whatever a damaged file makes of a reader
        raise UnreadableWorkbook(broken) from problem
    if not upload.lines and not upload.faults:
        raise UnreadableWorkbook(
            f"Tệp không có dòng số liệu nào theo mẫu. Hãy tải tệp mẫu của {upload.words.whose} về, nhập rồi tải lên."
        )
    return upload


def _read_page(page: Any, sheets: Mapping[str, frozenset[str]], upload: Upload) -> None:
    title = _normal(page.title)
    if title == GUIDE:
        upload.made_at = _made_at(page)
        return
    if title == LISTS:
        return
    if title not in sheets:
        upload.ignored.append(title)
        return
    if page.sheet_state != "visible":
        upload.faults.append(Fault(title, "trang tính đang bị ẩn; hãy hiện lại (Unhide) để thấy hết số liệu"))
        return
    # What a file claims about its own extent may be wrong.
    page.reset_dimensions()
    keys: dict[int, str] = {}
    blank: object = None
    for number, row in enumerate(page.iter_rows(max_col=MAX_COLUMNS), start=1):
        # Every row missing above a cell far below is the same empty one: a million of them must cost nothing.
        if number > EXCEL_ROWS:
            raise UnreadableWorkbook(f"Trang “{title}” có nhiều dòng hơn Excel cho phép; tệp hỏng.")
        if number < KEY_ROW or row is blank:
            continue
        filled = {place: cell for place, cell in enumerate(row) if _is_filled(cell)}
        if number == KEY_ROW:
            keys = _keys(title, filled, sheets[title], upload)
            if not keys:
                return
        elif not filled:
            blank = row
        else:
            if number > MAX_ROWS:
                raise UnreadableWorkbook(f"Trang “{title}” có dữ liệu dưới dòng {MAX_ROWS}.")
            _read_line(title, number, filled, keys, upload)


def _keys(title: str, filled: Mapping[int, Any], known: frozenset[str], upload: Upload) -> dict[int, str]:
    """What each column is, by its place; strange ones are faults."""
    head = upload.words.head
    if _normal(getattr(filled.get(0), "value", "")) != head:
        message = f"ô này phải ghi “{head}”; hãy dùng tệp mẫu tải về từ trang này"
        upload.faults.append(Fault(f"{title}!A{KEY_ROW}", message))
        return {}
    keys: dict[int, str] = {}
    for place, cell in filled.items():
        letter, key = get_column_letter(place + 1), _normal(cell.value)
        if place < 2:
            continue
        if key not in known:
            code = key.partition("|")[0].strip()[:40]
            words = upload.words
            message = f"{words.whose} không có {words.column} “{code}” trên trang “{title}”"
            upload.faults.append(Fault(f"{title}!{letter}{KEY_ROW}", message))
        elif key in keys.values():
            upload.faults.append(Fault(f"{title}!{letter}{KEY_ROW}", f"cột “{key}” bị lặp lại"))
        else:
            upload.columns[title, key] = letter
        keys[place] = key
    return keys


def _read_line(
    title: str, number: int, filled: Mapping[int, Any], keys: Mapping[int, str], upload: Upload
) -> None:
    cells = {}
    for place, cell in filled.items():
        if place < 2:
            continue
        letter = get_column_letter(place + 1)
        if place not in keys:
            upload.faults.append(
                Fault(f"{title}!{letter}{number}", f"cột {letter} không có mã cột ở dòng {KEY_ROW}")
            )
            continue
        cells[keys[place]] = Cell(
            sheet=title,
            ref=f"{letter}{number}",
            value=_normal(cell.value) if isinstance(cell.value, str) else cell.value,
            percent="%" in (cell.number_format or "") and not isinstance(cell.value, str),
            formula=cell.data_type == "f",
        )
    code = filled.get(0)
    if code is None:
        if cells:
            upload.faults.append(
                Fault(f"{title}!A{number}", f"thiếu mã {upload.words.line} ở dòng có số liệu")
            )
        return
    upload.lines.append(Line(title, number, _code(code.value), cells))


def _is_filled(cell: Any) -> bool:
    return cell.value is not None and (not isinstance(cell.value, str) or bool(cell.value.strip()))


def _normal(value: Any) -> str:
    return unicodedata.normalize("NFC", str(value)).strip()


def _code(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else _normal(value)


def _made_at(page: Any) -> datetime | None:
    """When the pattern was downloaded; None where nobody can tell any more."""
    for name, said in _pairs(page):
        if name == MADE_AT:
            try:
                moment = datetime.fromisoformat(said)
            except ValueError:
                return None
            return moment if moment.tzinfo else None
    return None


def _pairs(page: Any) -> Iterator[tuple[str, str]]:
    for row in page.iter_rows(min_row=1, max_row=4, max_col=2, values_only=True):
        cells = [_normal(value) for value in row if value is not None]
        if len(cells) == 2:
            yield cells[0], cells[1]
