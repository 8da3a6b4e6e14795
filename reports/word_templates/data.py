"""What a template can print: plain texts, lists and keyed texts, made of the document and never of stored rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from reports import narrative
from reports.document import (
    MOTTO,
    NATION,
    Block,
    Blocks,
    Document,
    Heading,
    Paragraph,
    Row,
    Signature,
    Table,
    block_lines,
    printable,
    text_of,
)
from reports.kinds import Content, Entry, Kind

Plain: TypeAlias = Any  # str, list of Plain or dict of str to Plain

# Stand in the template for elements that the software sets itself, each once and in a paragraph of its own.
BODY, APPENDICES = "body", "appendices"
PLACES = (BODY, APPENDICES)


def extras_of(
    kind: Kind[Any],
    content: Content,
    *,
    entries: Callable[[str], Iterable[Entry]],
    figures: dict[str, str],
) -> dict[str, Plain]:
    """What the document itself doesn't tell apart. `entries` are those that a part may have texts for by code."""
    extras: dict[str, Plain] = {
        "request": content.request.full if content.request else "",
        "basis": [citation.full for citation in content.basis],
        "parts": _parts(kind, content, entries),
        "figures": figures,
    }
    return {name: _printable(value) for name, value in extras.items()}


def data_of(document: Document, extras: dict[str, Plain]) -> dict[str, Plain]:
    head, co_signature = document.head, document.co_signature or Signature(())
    return {
        "nation": NATION,
        "motto": MOTTO,
        "superior": head.superior.upper(),
        "superior_lines": list(head.superior_lines),
        "issuer": head.issuer_name.upper(),
        "issuer_lines": list(head.issuer_lines),
        "issuer_name": head.issuer_name,
        "number": head.reference.removesuffix(f"/{head.symbol}"),
        "symbol": head.symbol,
        "reference": head.reference,
        "number_line": head.number_line,
        "place": head.place,
        "date": head.date,
        "date_line": document.date_line,
        "type_name": document.type_name.upper(),
        "subject": document.subject,
        "title": document.title,
        "addressees": list(document.addressees),
        "addressee_lines": list(document.addressee_lines),
        "opening": _opening(document.closed_body),
        "chapters": _chapters(document.closed_body),
        "tables": [_table(table) for table in _tables(document)],
        "appendix_titles": [f"{label}: {item.title}" for label, item in document.labelled_appendices],
        "authority": [line.upper() for line in document.signature.authority],
        "signer": document.signature.name,
        "co_authority": [line.upper() for line in co_signature.authority],
        "co_signer": co_signature.name,
        "recipients": list(document.recipients),
        "recipient_lines": list(document.recipient_lines),
        **extras,
    }


def _printable(value: Plain) -> Plain:
    """What people wrote may have characters in it that no file takes."""
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    return printable(value) if isinstance(value, str) else [_printable(item) for item in value]


def _parts(kind: Kind[Any], content: Content, entries: Callable[[str], Iterable[Entry]]) -> dict[str, Plain]:
    parts: dict[str, Plain] = {}
    for part in kind.parts:
        if not part.by:
            parts[part.key] = _plain(content.text(part.key))
            continue
        written = content.by_code(part.key)
        parts[part.key] = [
            {"code": entry.code, "label": entry.label, "text": _plain(written[entry.code])}
            for entry in entries(part.by)
            if written.get(entry.code)
        ]
    return parts


def _plain(text: str) -> str:
    return _text(narrative.parse(text))


def _text(blocks: Iterable[Block]) -> str:
    return "\n".join(block_lines(tuple(blocks)))


def _opening(body: Blocks) -> str:
    return text_of(body[0].runs) if body and isinstance(body[0], Paragraph) else ""


def _chapters(body: Blocks) -> list[dict[str, str]]:
    chapters: list[tuple[Heading, list[Block]]] = []
    for block in body:
        if isinstance(block, Heading) and block.level == 1:
            chapters.append((block, []))
        elif chapters:
            chapters[-1][1].append(block)
    return [
        {"number": heading.number, "title": heading.text, "text": _text(blocks)}
        for heading, blocks in chapters
    ]


def _tables(document: Document) -> list[Table]:
    held = (document.body, *(appendix.blocks for appendix in document.appendices))
    return [block for blocks in held for block in blocks if isinstance(block, Table)]


def _table(table: Table) -> dict[str, Plain]:
    return {"header": _rows(table.header), "rows": _rows(table.rows), "notes": list(table.notes)}


def _rows(rows: Iterable[Row]) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in rows]
