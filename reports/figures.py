"""Figures of a unit's yearly statistics: read as people type them, exact, and spelled the same way again."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from criteria.points import NumberError, decimal_places, format_percent, format_points, percent, read_amount

LARGEST_DIGITS, PLACES = 14, 4  # what the database keeps exactly
LONGEST_TEXT = 200
NO_DATA_SIGN = "/"


class FigureKind(StrEnum):
    NUMBER = "number"
    RATIO = "ratio"
    TEXT = "text"


@dataclass(frozen=True)
class Figure:
    """What stands for one indicator in one year: one of a number, a numerator with its denominator, words, or
    that there are no data."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    text: str = ""

    @property
    def is_missing(self) -> bool:
        return self.kind is None

    @property
    def kind(self) -> FigureKind | None:
        """None where there are no data: that may be said of every kind."""
        if self.value is not None:
            return FigureKind.NUMBER
        if self.numerator is not None:
            return FigureKind.RATIO
        return FigureKind.TEXT if self.text else None

    @property
    def share(self) -> Fraction | None:
        """Exact percentage of a ratio; None where there is nothing to divide by."""
        if self.numerator is None or self.denominator is None:
            return None
        return percent(self.numerator, self.denominator)

    @property
    def typed(self) -> str:
        """As a person would type it: "12.429", "5.650/5.658", "/"."""
        if self.is_missing:
            return NO_DATA_SIGN
        if self.value is not None:
            return format_points(self.value)
        if self.numerator is not None and self.denominator is not None:
            return f"{format_points(self.numerator)}/{format_points(self.denominator)}"
        return self.text

    @property
    def shown(self) -> str:
        """As typed, a ratio with its percentage."""
        return self.typed if self.share is None else f"{self.typed} ({format_percent(self.share)})"


NO_DATA = Figure()
Cell = tuple[int, int]  # an indicator's key and a year


def cell_field(cell: Cell) -> str:
    """The field in which its figure is typed."""
    return "o-{}-{}".format(*cell)


def until_field(year: int) -> str:
    """The field in which it is typed until when the figures of that year count."""
    return f"den-{year}"


@dataclass(frozen=True)
class Entry:
    """What is to stand in a cell; `seen` is the version of what the writer saw there, 0 for nothing."""

    indicator_id: int
    year: int
    figure: Figure | None
    seen: int

    @property
    def cell(self) -> Cell:
        return self.indicator_id, self.year


@dataclass(frozen=True)
class Mark:
    """Until when the figures of a year count; None for the whole of it."""

    year: int
    until: date | None
    seen: int


def read_figure(kind: FigureKind, typed: str) -> Figure | None:
    """None where nothing is typed. NumberError in words for the person who typed it."""
    words = " ".join(unicodedata.normalize("NFC", typed).split())
    text = "".join(character for character in words if unicodedata.category(character) != "Cc").strip()
    if not text:
        return None
    if text == NO_DATA_SIGN:
        return NO_DATA
    match kind:
        case FigureKind.NUMBER:
            return Figure(value=_number(text))
        case FigureKind.RATIO:
            return _ratio(text)
    if len(text) > LONGEST_TEXT:
        raise NumberError(f"Quá dài: tối đa {LONGEST_TEXT} ký tự.")
    return Figure(text=text)


def bounded(number: Decimal) -> Decimal:
    """NumberError for what the database can't keep exactly."""
    if number.adjusted() >= LARGEST_DIGITS:
        raise NumberError("Số quá lớn: tối đa 14 chữ số trước dấu phẩy.")
    if decimal_places(number) > PLACES:
        raise NumberError("Số có quá 4 chữ số thập phân; hãy làm tròn trước.")
    return number


def _number(text: str) -> Decimal:
    if NO_DATA_SIGN in text:
        raise NumberError("Chỉ tiêu này là một số; chỉ ghi riêng dấu “/” khi không có số liệu.")
    return bounded(read_amount(text))


def _ratio(text: str) -> Figure:
    parts = [part.strip() for part in text.split(NO_DATA_SIGN)]
    if len(parts) != 2 or not all(parts):
        raise NumberError("Hãy ghi tử số/mẫu số, ví dụ 5.650/5.658; chỉ ghi dấu “/” khi không có số liệu.")
    numerator, denominator = (bounded(read_amount(part)) for part in parts)
    if numerator and not denominator:
        raise NumberError("Mẫu số bằng 0 nhưng tử số lớn hơn 0.")
    return Figure(numerator=numerator, denominator=denominator)
