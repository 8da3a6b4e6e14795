"""A document read from beginning to end."""

from __future__ import annotations

from collections.abc import Iterator

from reports.document.blocks import Blocks, Heading, ListBlock, Paragraph, Row, Runs, Table
from reports.document.paper import MOTTO, NATION, Document


def plain_text(document: Document) -> str:
    """Every printed word in reading order, a line per paragraph or table row: what all formats must say."""
    return "\n".join(_lines(document))


def text_of(runs: Runs) -> str:
    return "".join(run.text for run in runs)


def _lines(document: Document) -> Iterator[str]:
    if not document.only_appendices:
        yield from _main_lines(document)
    for label, appendix in document.labelled_appendices:
        yield from (label, appendix.title.upper(), document.attachment_line)
        yield from block_lines(appendix.blocks)


def _main_lines(document: Document) -> Iterator[str]:
    head = document.head
    yield from (*head.superior_lines, *head.issuer_lines)
    yield from (NATION, MOTTO, head.number_line, document.date_line)
    yield from (document.type_name.upper(), document.subject)
    yield from document.addressee_lines
    yield from block_lines(document.closed_body)
    recipients = ("Nơi nhận:", *document.recipient_lines)
    signatures = tuple(
        line
        for signature in document.signatures
        for line in (*(words.upper() for words in signature.authority), signature.name)
    )
    yield from (*signatures, *recipients) if document.co_signature else (*recipients, *signatures)


def block_lines(blocks: Blocks) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading(text=text, number=number):
                yield f"{number} {text}"
            case Paragraph(runs=runs):
                yield text_of(runs)
            case ListBlock(items=items):
                yield from (f"- {text_of(item)}" for item in items)
            case Table(header=header, rows=rows, notes=notes):
                yield from (_row_line(row) for row in (*header, *rows))
                yield from notes


def _row_line(row: Row) -> str:
    return "\t".join(" ".join(cell.text.split("\n")) for cell in row.cells)
