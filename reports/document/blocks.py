"""What a body or an appendix is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

SHADES = 4


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    JUSTIFY = "justify"
    NUMERIC = "numeric"  # decimal marks under each other


@dataclass(frozen=True)
class Run:
    text: str
    bold: bool = False
    italic: bool = False


Runs: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    """Level 1 is numbered I., level 2 is numbered 1., level 3 is numbered a); whoever holds it numbers it."""

    level: int
    text: str
    number: str = field(default="", compare=False)


@dataclass(frozen=True)
class Paragraph:
    runs: Runs
    align: Align = Align.JUSTIFY
    keep_with_next: bool = False

    @classmethod
    def of(cls, text: str, *, italic: bool = False) -> Paragraph:
        return cls((Run(text, italic=italic),))


@dataclass(frozen=True)
class ListBlock:
    items: tuple[Runs, ...]


@dataclass(frozen=True)
class Cell:
    """`align` overrides the column's. A line break in `text` begins a new line.

    `shade` goes from 0 (none) to SHADES, the darkest, and only repeats what the figures in the cells say.
    """

    text: str
    align: Align | None = None
    bold: bool = False
    italic: bool = False
    column_span: int = 1
    row_span: int = 1
    shade: int = 0


@dataclass(frozen=True)
class Row:
    """A strong row is bold and stays on a page with the next one, as an area with its first criterion."""

    cells: tuple[Cell, ...]
    strong: bool = False


@dataclass(frozen=True)
class Column:
    """`width` as a share of the text width; those of a table add up to 100."""

    width: int
    align: Align = Align.LEFT


@dataclass(frozen=True)
class Table:
    """`header` rows repeat on every page. `notes` stand under the table, a line each, and stay with it."""

    columns: tuple[Column, ...]
    header: tuple[Row, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageBreak:
    pass


Block: TypeAlias = Heading | Paragraph | ListBlock | Table | PageBreak
Blocks: TypeAlias = tuple[Block, ...]
