"""The neutral document: what a report says, in an order every format keeps.

Renderers turn a Document into HTML, PDF or DOCX and add nothing to its words: numbering, punctuation,
blanks to be filled by hand and the end mark are settled here, once, so that formats cannot differ.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from accounts.dates import format_date

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
BLANK = "\u00a0" * 8
UNDATED = f"ngày{BLANK}tháng{BLANK}năm{BLANK}"

# Letters of Vietnamese clauses: a), b), c), d), đ), e), g) …
_CLAUSE_LETTERS = "abcdđeghiklmnopqrstuvxy"
# Invisible characters that XML forbids or that make the printed order differ from the stored one.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


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


T = TypeVar("T")
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
    """`align` overrides the column's."""

    text: str
    align: Align | None = None
    italic: bool = False
    column_span: int = 1
    row_span: int = 1


@dataclass(frozen=True)
class Row:
    cells: tuple[Cell, ...]
    strong: bool = False


@dataclass(frozen=True)
class Column:
    """`width` in percent of the text width."""

    width: int
    align: Align = Align.LEFT


@dataclass(frozen=True)
class Table:
    """`header` rows repeat on every page."""

    columns: tuple[Column, ...]
    header: tuple[Row, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class PageBreak:
    pass


Block: TypeAlias = Heading | Paragraph | ListBlock | Table | PageBreak
Blocks: TypeAlias = tuple[Block, ...]


@dataclass(frozen=True)
class Appendix:
    title: str
    blocks: Blocks
    landscape: bool = False

    def __post_init__(self) -> None:
        _settle(self, blocks=_numbered(self.blocks))


@dataclass(frozen=True)
class Head:
    """Who issues the document, where and when. The clerk may fill number and date later."""

    issuer: tuple[str, ...]  # printed lines; together they are the name
    symbol: str
    place: str
    superior: str = ""
    number: str = ""
    issued_on: date | None = None

    @property
    def issuer_name(self) -> str:
        return " ".join(self.issuer)

    @property
    def reference(self) -> str:
        number = self.number.zfill(2) if self.number.isdecimal() else self.number
        return f"{number or BLANK}/{self.symbol}"

    @property
    def number_line(self) -> str:
        return f"Số: {self.reference}"

    @property
    def date(self) -> str:
        return format_date(self.issued_on) if self.issued_on else UNDATED

    @property
    def date_line(self) -> str:
        return f"{self.place}, {self.date}"


@dataclass(frozen=True)
class Signature:
    authority: tuple[str, ...]  # "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"
    name: str = ""


@dataclass(frozen=True)
class Document:
    head: Head
    subject: str
    body: Blocks
    signature: Signature
    recipients: tuple[str, ...]  # without dashes and punctuation; the last one is the archive's "Lưu: …"
    addressees: tuple[str, ...] = ()
    appendices: tuple[Appendix, ...] = ()
    type_name: str = "Báo cáo"
    end_mark: str = "./."

    def __post_init__(self) -> None:
        _settle(self, body=_numbered(self.body))

    @property
    def title(self) -> str:
        return f"{self.type_name.upper()} {self.subject}"

    @property
    def closed_body(self) -> Blocks:
        """The body with the end mark after its last word."""
        if not self.end_mark:
            return self.body
        match self.body:
            case (*before, Paragraph(runs=(*runs, last)) as paragraph):
                return (*before, replace(paragraph, runs=(*runs, self._ended(last))))
            case (*before, ListBlock(items=(*items, (*runs, last)))):
                return (*before, ListBlock((*items, (*runs, self._ended(last)))))
        return (*self.body, Paragraph.of(self.end_mark))

    def _ended(self, run: Run) -> Run:
        return replace(run, text=run.text.rstrip(" .;,") + self.end_mark)

    @property
    def addressee_lines(self) -> tuple[str, ...]:
        if len(self.addressees) < 2:
            return tuple(f"Kính gửi: {addressee}" for addressee in self.addressees)
        return ("Kính gửi:", *_dashed(self.addressees))

    @property
    def recipient_lines(self) -> tuple[str, ...]:
        return _dashed(("Như trên", *self.recipients) if self.addressees else self.recipients)

    @property
    def labelled_appendices(self) -> tuple[tuple[str, Appendix], ...]:
        """A single appendix is "Phụ lục"; several are "Phụ lục I", "Phụ lục II"."""
        if len(self.appendices) == 1:
            return (("Phụ lục", self.appendices[0]),)
        return tuple(
            (f"Phụ lục {_roman(place)}", item) for place, item in enumerate(self.appendices, start=1)
        )

    @property
    def attachment_line(self) -> str:
        head = self.head
        return f"(Kèm theo {self.type_name} số {head.reference} {head.date} của {head.issuer_name})"


def plain_text(document: Document) -> str:
    """Every printed word in reading order, a line per paragraph or table row: what all formats must say."""
    return "\n".join(_lines(document))


def text_of(runs: Runs) -> str:
    return "".join(run.text for run in runs)


def map_text(value: T, convert: Callable[[str], str]) -> T:
    """The same document, block or tuple with every text in it converted."""
    changed: Any = value
    if isinstance(value, str) and not isinstance(value, StrEnum):
        changed = convert(value)
    elif isinstance(value, tuple):
        changed = tuple(map_text(item, convert) for item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        texts = {item.name: map_text(getattr(value, item.name), convert) for item in fields(value)}
        changed = replace(value, **texts)
    return changed


def _lines(document: Document) -> Iterator[str]:
    head = document.head
    if head.superior:
        yield head.superior.upper()
    yield from (line.upper() for line in head.issuer)
    yield from (NATION, MOTTO, head.number_line, head.date_line)
    yield from (document.type_name.upper(), document.subject)
    yield from document.addressee_lines
    yield from _block_lines(document.closed_body)
    yield from ("Nơi nhận:", *document.recipient_lines)
    yield from (line.upper() for line in document.signature.authority)
    yield document.signature.name
    for label, appendix in document.labelled_appendices:
        yield from (label, appendix.title.upper(), document.attachment_line)
        yield from _block_lines(appendix.blocks)


def _block_lines(blocks: Blocks) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading(text=text, number=number):
                yield f"{number} {text}"
            case Paragraph(runs=runs):
                yield text_of(runs)
            case ListBlock(items=items):
                yield from (f"- {text_of(item)}" for item in items)
            case Table(header=header, rows=rows):
                yield from ("\t".join(cell.text for cell in row.cells) for row in (*header, *rows))


def _numbered(blocks: Blocks) -> Blocks:
    counts = [0, 0, 0]
    numbered: list[Block] = []
    for block in blocks:
        if not isinstance(block, Heading):
            numbered.append(block)
            continue
        counts[block.level - 1] += 1
        counts[block.level :] = [0] * (3 - block.level)
        numbered.append(replace(block, number=_ordinal(block.level, counts[block.level - 1])))
    return tuple(numbered)


def _ordinal(level: int, count: int) -> str:
    if level == 1:
        return f"{_roman(count)}."
    if level == 2:
        return f"{count}."
    repeats, index = divmod(count - 1, len(_CLAUSE_LETTERS))
    return f"{_CLAUSE_LETTERS[index] * (repeats + 1)})"


def _roman(number: int) -> str:
    tens, units = divmod(number, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[units]


def _dashed(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"- {line}{';' if place < len(lines) else '.'}" for place, line in enumerate(lines, start=1))


def _settle(instance: Any, **changed: object) -> None:
    """Finish a frozen instance: its text composed (NFC) and free of unprintable characters."""
    for item in fields(instance):
        value = changed.get(item.name, getattr(instance, item.name))
        object.__setattr__(instance, item.name, map_text(value, _printable))


def _printable(text: str) -> str:
    return unicodedata.normalize("NFC", _UNPRINTABLE.sub("", text))
