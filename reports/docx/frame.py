"""What stands around the body: head, type and subject, addressees, recipients and signature, appendix titles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reports.document import MOTTO, NATION, Appendix, Document, Head, Signature
from reports.docx.elements import Element, paragraph, text_run, w
from reports.docx.measures import POINT, Page, mm, text_width
from reports.docx.styles import BLOCK_SPACING
from reports.docx.tables import layout

_MOTTO_WIDTH = mm(60.5)  # of its 14 bold points
_SHORT_RULE = 0.42  # of the line above it; the decree wants 1/3 to 1/2
_HEAD_LEFT, _CLOSING_LEFT = 0.39, 0.46


def head_elements(document: Document, page: Page) -> Iterator[Element]:
    head = document.head
    left, right = _split(page.text_width, _HEAD_LEFT)
    nation = (_line("Nation", NATION), _line("Motto", MOTTO), _rule(_MOTTO_WIDTH, right, below=2))
    rows = [
        _row((left, _issuer(head, left)), (right, nation)),
        _row(
            (left, (_line("Number", head.number_line),)), (right, (_line("PlaceDate", document.date_line),))
        ),
    ]
    yield layout([left, right], rows)
    yield _line("Title", document.type_name.upper())
    yield _line("Subtitle", document.subject)
    yield _rule(subject_rule([document.subject], page.text_width), page.text_width, below=3, after=14)
    lines = document.addressee_lines
    for place, line in enumerate(lines, start=1):
        spacing = {"after": 12 * POINT} if place == len(lines) else None
        yield paragraph("Addressee", text_run(line), spacing=spacing)


def closing_elements(document: Document, page: Page) -> Iterator[Element]:
    """In one row that is never split, so that signature and recipients share a page; below two signatures another."""
    left, right = _split(page.text_width, _CLOSING_LEFT)
    recipients = [
        _line("RecipientsTitle", "Nơi nhận:", before=BLOCK_SPACING),
        *(_line("Recipient", line) for line in document.recipient_lines),
    ]
    signed = [
        list(_signed(signature, stays=len(document.signatures) > 1)) for signature in document.signatures
    ]
    if document.co_signature:
        rows = [
            _row((left, signed[0]), (right, signed[1])),
            _row((left, recipients), (right, [paragraph("Recipient")])),
        ]
    else:
        rows = [_row((left, recipients), (right, signed[0]))]
    yield layout([left, right], rows)


def _signed(signature: Signature, *, stays: bool) -> Iterator[Element]:
    """`stays`: with what follows below it."""
    for place, line in enumerate(signature.authority):
        yield _line("Authority", line.upper(), before=0 if place else BLOCK_SPACING)
    yield paragraph("Signer", text_run(signature.name), keep_with_next=stays)


def appendix_elements(document: Document, label: str, appendix: Appendix) -> Iterator[Element]:
    yield _line("AppendixLabel", label)
    yield _line("AppendixTitle", appendix.title.upper())
    yield _line("Attachment", document.attachment_line)


def _issuer(head: Head, width: int) -> Iterator[Element]:
    yield from (_line("Superior", line) for line in head.superior_lines)
    yield from (_line("Issuer", line) for line in head.issuer_lines)
    yield _rule(issuer_rule(head.issuer_lines, width), width, below=3)


def issuer_rule(lines: Iterable[str], width: int) -> float:
    return _SHORT_RULE * min(max((text_width(line, 13) for line in lines), default=0), width)


def subject_rule(lines: Iterable[str], width: int) -> float:
    return _SHORT_RULE * min(text_width(" ".join(lines), 14), width - mm(16))


def rule_indents(length: float, available: int) -> dict[str, int]:
    side = round((available - length) / 2)
    return {"left": side, "right": side}


def _line(style: str, text: str, *, before: int = 0) -> Element:
    return paragraph(style, text_run(text), spacing={"before": before} if before else None)


def _rule(length: float, available: int, *, below: int, after: int = 0) -> Element:
    """A centred line `below` so many points; its paragraph is empty."""
    spacing = {"after": after * POINT, "line": below * POINT, "lineRule": "exact"}
    return paragraph("Rule", rule=True, spacing=spacing, indents=rule_indents(length, available))


def _split(width: int, share: float) -> tuple[int, int]:
    left = round(width * share)
    return left, width - left


def _row(*cells: tuple[int, Iterable[Element]]) -> Element:
    return w(
        "tr",
        w("trPr", w("cantSplit")),
        *(w("tc", w("tcPr", w("tcW", w=width, type="dxa")), *content) for width, content in cells),
    )
