"""A Document as HTML: the same sheet serves as preview in a page and as source of the PDF."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.template.loader import render_to_string

from reports.document import (
    MOTTO,
    NATION,
    Appendix,
    Block,
    Document,
    Heading,
    ListBlock,
    PageBreak,
    Paragraph,
    Placed,
    Row,
    Table,
    grid,
    map_text,
)

# Laying out one endless word takes the square of its length: parts shorter than a line keep that quick.
_ENDLESS_WORD = re.compile(r"\S{200,}")
_PART = re.compile(r"\S{30}")
_BREAK_HERE = "\u200b"

_TEMPLATES: dict[type[Block], str] = {
    Heading: "heading",
    Paragraph: "paragraph",
    ListBlock: "list",
    Table: "table",
    PageBreak: "page_break",
}


def render_sheet(document: Document) -> str:
    """The document's own markup, to be placed inside any page that links reports/document.css."""
    return render_to_string("reports/document/sheet.html", _context(document))


def render_page(document: Document) -> str:
    """A complete page that refers to nothing outside itself."""
    return render_to_string("reports/document/page.html", _context(document))


def _context(document: Document) -> dict[str, object]:
    document = map_text(document, _breakable)
    return {
        "document": document,
        "nation": NATION,
        "motto": MOTTO,
        "body": tuple(_pieces(document.closed_body)),
        "appendices": tuple(_AppendixView(*labelled) for labelled in document.labelled_appendices),
    }


@dataclass(frozen=True)
class _AppendixView:
    label: str
    appendix: Appendix

    @property
    def pieces(self) -> tuple[_Piece, ...]:
        return tuple(_pieces(self.appendix.blocks))


@dataclass(frozen=True)
class _Piece:
    template: str
    block: Block | _TableView


@dataclass(frozen=True)
class _RowView:
    places: tuple[Placed, ...]
    strong: bool


@dataclass(frozen=True)
class _TableView:
    table: Table

    @property
    def header(self) -> tuple[_RowView, ...]:
        return self._rows(self.table.header)

    @property
    def rows(self) -> tuple[_RowView, ...]:
        return self._rows(self.table.rows)

    def _rows(self, rows: tuple[Row, ...]) -> tuple[_RowView, ...]:
        return tuple(
            _RowView(tuple(place for place in places if not place.is_covered), row.strong)
            for row, places in zip(rows, grid(self.table, rows), strict=True)
        )


def _pieces(blocks: Iterable[Block]) -> Iterator[_Piece]:
    for block in blocks:
        template = f"reports/document/{_TEMPLATES[type(block)]}.html"
        yield _Piece(template, _TableView(block) if isinstance(block, Table) else block)


def _breakable(text: str) -> str:
    return _ENDLESS_WORD.sub(lambda word: _PART.sub(rf"\g<0>{_BREAK_HERE}", word.group()), text)
