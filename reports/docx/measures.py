"""Lengths of the page, and of text in Times New Roman as closely as a rule or a table row needs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

POINT = 20  # twips

# Average widths in em; the lines of real heads come out within a tenth of what the font gives.
_SPACE, _MARK, _SMALL, _CAPITAL = 0.26, 0.33, 0.49, 0.71


def mm(length: float) -> int:
    return round(length / 25.4 * 72 * POINT)


class Room(Protocol):
    """Where tables are laid out: on our own Page, or on that of an office's template."""

    @property
    def text_width(self) -> int: ...

    @property
    def text_height(self) -> int: ...


@dataclass(frozen=True)
class Page:
    """A4 with the margins of Nghị định 30/2020/NĐ-CP; in twips, as everything here."""

    landscape: bool = False

    top, bottom, left, right = mm(20), mm(20), mm(30), mm(15) + 1  # 15 mm, rounded, fall short of 15
    header = mm(7.2)  # the number stands in the middle of the top margin

    @property
    def width(self) -> int:
        return mm(297 if self.landscape else 210)

    @property
    def height(self) -> int:
        return mm(210 if self.landscape else 297)

    @property
    def text_width(self) -> int:
        return self.width - self.left - self.right

    @property
    def text_height(self) -> int:
        return self.height - self.top - self.bottom


def text_width(text: str, size: float) -> int:
    """`size` in points."""
    return round(sum(map(_em, text)) * size * POINT)


def height_of(text: str, width: int, *, size: float, line: float) -> int:
    """Of a text broken at `width`; `size` and `line` in points."""
    lines = sum(math.ceil(text_width(part, size) / max(width, 1)) or 1 for part in text.split("\n"))
    return round(lines * line * POINT)


def _em(character: str) -> float:
    if character.isspace():
        return _SPACE
    if character.isupper():
        return _CAPITAL
    return _SMALL if character.isalnum() else _MARK
