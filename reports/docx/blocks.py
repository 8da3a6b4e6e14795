"""Headings, paragraphs, lists and tables of a body or an appendix."""

from __future__ import annotations

from collections.abc import Iterator

from reports.document import Align, Blocks, Heading, ListBlock, PageBreak, Paragraph, Runs, Table
from reports.docx.elements import Element, paragraph, text_run
from reports.docx.measures import Room
from reports.docx.numbering import Counting
from reports.docx.styles import BLOCK_SPACING
from reports.docx.tables import table_elements

_ALIGNS = {Align.LEFT: "left", Align.CENTER: "center", Align.RIGHT: "right"}


def block_elements(
    blocks: Blocks, counting: Counting, page: Room, *, last_stays: bool = False
) -> Iterator[Element]:
    """`last_stays`: the last block stays on a page with what follows, as the last words with the signature."""
    for place, block in enumerate(blocks, start=1):
        stays = last_stays and place == len(blocks)
        match block:
            case Heading():
                yield paragraph(f"Heading{block.level}", text_run(block.text), numbering=counting.of(block))
            case Paragraph():
                yield _paragraph(block, stays=stays)
            case ListBlock(items=items):
                for number, item in enumerate(items, start=1):
                    yield paragraph(
                        "ListBullet",
                        *_runs(item),
                        keep_with_next=stays and number == len(items),
                    )
            case Table():
                yield from table_elements(block, page, keep_with_next=stays)
                yield gap(BLOCK_SPACING, keep_with_next=stays)
            case PageBreak():
                yield paragraph("Gap", page_break_before=True)


def gap(height: int, *, keep_with_next: bool = False) -> Element:
    """Room under a table, which Word gives none; it also keeps two tables from growing together."""
    return paragraph("Gap", keep_with_next=keep_with_next, spacing={"line": height, "lineRule": "exact"})


def _paragraph(block: Paragraph, *, stays: bool) -> Element:
    return paragraph(
        "BodyText",
        *_runs(block.runs),
        keep_with_next=block.keep_with_next or stays,
        indents=None if block.align in (Align.LEFT, Align.JUSTIFY) else {"firstLine": 0},
        align=_ALIGNS.get(block.align, ""),
    )


def _runs(runs: Runs) -> tuple[Element | None, ...]:
    return tuple(text_run(run.text, bold=run.bold, italic=run.italic) for run in runs)
