"""What people type into a cell of Excel, as the value it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from accounts.vietnamese import fold
from assessments.entry_files.grid import CellKind, Column
from criteria.points import NumberError, canonical, decimal_places, format_points, read_amount, read_points
from criteria.rules import Index

MAX_TEXT = 4000
HUNDRED = Decimal(100)
HIGHEST_TARGET = Decimal(1000)
LARGEST = 10**15
_PLACES = 6
_SKIPS = frozenset({"khong ap dung", "kad"})
_HELD, _NOT_HELD = frozenset({"x", "co", "dat", "1"}), frozenset({"0", "-", "khong", "khong dat", "chua dat"})


class CellError(ValueError):
    """Why a cell can't be taken, in words for the person who typed it."""


class Skip:
    """ "Không áp dụng"."""


SKIP = Skip()
Typed = Decimal | str | bool | Skip


@dataclass(frozen=True, slots=True)
class Cell:
    """A filled cell where it stands. `percent`: Excel shows its number in percent."""

    sheet: str
    ref: str
    value: Any
    percent: bool = False
    formula: bool = False

    @property
    def place(self) -> str:
        return f"{self.sheet}!{self.ref}"


def ratio_of(percent: Decimal) -> Decimal:
    """An assigned target typed in percent. NumberError for one that can't be meant."""
    if not 0 < percent <= HIGHEST_TARGET:
        raise NumberError("Chỉ tiêu phải lớn hơn 0 và không quá 1.000%.")
    if decimal_places(percent) > 2:
        raise NumberError("Chỉ tiêu có tối đa hai chữ số thập phân, ví dụ 72,25.")
    return percent / HUNDRED


def read_cell(column: Column, cell: Cell) -> Typed:
    """CellError for anything that isn't what the column asks for."""
    refuse_strange(cell)
    match column.kind:
        case CellKind.REASON:
            return _text(cell)
        case CellKind.TICK:
            return _tick(column, cell)
    if _says_skip(column, cell):
        if not column.may_skip or column.kind in {CellKind.OVERRIDE, CellKind.TARGET}:
            raise CellError("tiêu chí này không được chọn “Không áp dụng” ở ô này")
        return SKIP
    if column.kind is CellKind.CHOICE:
        return _choice(column, cell)
    try:
        return _number(column, cell)
    except NumberError as error:
        raise CellError(str(error).rstrip(".")) from error


def refuse_strange(cell: Cell) -> None:
    """What no person typed: formulas, and whatever Excel made of it."""
    if cell.formula:
        raise CellError("ô là công thức; hãy sao chép rồi dán lại dạng giá trị (Paste Values)")
    if isinstance(cell.value, date | time | timedelta):
        raise CellError("Excel đã đổi nội dung thành ngày, giờ; hãy định dạng ô là Số rồi nhập lại")
    if isinstance(cell.value, bool):
        raise CellError("ô chứa giá trị đúng/sai (TRUE/FALSE); hãy nhập lại")
    if isinstance(cell.value, str) and cell.value.startswith("#"):
        raise CellError(f"ô báo lỗi {cell.value[:20]}; hãy nhập lại")


def _text(cell: Cell) -> str:
    text = cell.value if isinstance(cell.value, str) else canonical(exact(cell.value))
    if len(text) > MAX_TEXT:
        raise CellError(f"nội dung dài quá {MAX_TEXT} ký tự")
    return " ".join(text.split())


def _says_skip(column: Column, cell: Cell) -> bool:
    return isinstance(cell.value, str) and (fold(cell.value) in _SKIPS or fold(cell.value) == "x")


def _tick(column: Column, cell: Cell) -> Typed:
    said = fold(_text(cell))
    if said in _SKIPS and column.may_skip:
        return SKIP
    if said not in _HELD | _NOT_HELD:
        raise CellError("hãy ghi x nếu đạt, 0 nếu chưa đạt")
    return said in _HELD


def _choice(column: Column, cell: Cell) -> str:
    said = _text(cell).casefold()
    by_word = {" ".join(word.split()).casefold(): key for key, word in column.words.items()}
    by_key = {key.casefold(): key for key in column.words}
    found = by_word.get(said) or by_key.get(said)
    if found is None:
        raise CellError("hãy chọn một mức trong danh sách của ô")
    return found


def _number(column: Column, cell: Cell) -> Decimal:
    value, percent = cell.value, cell.percent
    if isinstance(value, str):
        text = value.strip()
        percent = text.endswith("%")
        as_typed = read_amount if column.kind in {CellKind.AMOUNT, CellKind.COUNT} else read_points
        number = as_typed(text.rstrip("% "))
        share = number / HUNDRED
    else:
        number = share = exact(value)
        if percent:
            number = share * HUNDRED
    if column.kind is CellKind.TARGET:
        if not percent and 0 < number < 1:
            raise CellError(
                f"{format_points(number)} có thể là {format_points(number)}% hoặc {format_points(number * HUNDRED)}%; "
                "hãy ghi kèm dấu %"
            )
        return ratio_of(number)
    if percent:
        # An index in percent is a part of its own full scale.
        if not isinstance(column.leaf.rule, Index) or column.kind is not CellKind.AMOUNT:
            raise CellError("ô này cần một số, không phải tỷ lệ phần trăm")
        number = share * column.leaf.rule.scale
    if decimal_places(number) > _PLACES:
        raise CellError(f"số có quá {_PLACES} chữ số thập phân; hãy làm tròn trước")
    return Decimal(canonical(number))


def exact(value: Any) -> Decimal:
    """Excel's numbers are floats of which 15 digits are meant."""
    if not isinstance(value, int | float):
        raise CellError("ô không chứa số hay chữ")
    if not abs(value) < LARGEST:  # nor what is infinite or no number at all
        raise CellError("số quá lớn")
    number = Decimal(f"{value:.15g}")
    if number < 0:
        raise CellError("số không được âm")
    return number
