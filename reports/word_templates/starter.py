"""A template to begin with: the built-in layout with fields in place of its words."""

from __future__ import annotations

import io
from copy import deepcopy
from typing import Any, TypeAlias

import docx
from docx.oxml.ns import qn

from reports.document import Appendix, Document, Head, Paragraph, Signature
from reports.docx import render_docx
from reports.docx.elements import paragraph, text_run
from reports.docx.file import packed
from reports.kinds import Kind
from reports.word_templates.data import APPENDICES, BODY
from reports.word_templates.specimen import specimen

Element: TypeAlias = Any  # lxml has no types

# By the style of the paragraph: one field, or one per line.
_FIELDS = {
    "Number": "number_line",
    "PlaceDate": "date_line",
    "Title": "type_name",
    "Subtitle": "subject",
    "Signer": "signer",
}
_LINES = {
    "Superior": "superior_lines",
    "Issuer": "issuer_lines",
    "Addressee": "addressee_lines",
    "Authority": "authority",
    "Recipient": "recipient_lines",
}


def starter(kind: Kind[Any]) -> bytes:
    document, _ = specimen(kind)
    word = docx.Document(io.BytesIO(render_docx(_bare(document))))
    body = word.element.body
    if document.only_appendices:
        for child in list(body)[:-1]:
            body.remove(child)
        body.insert(0, _place(APPENDICES))
        return packed(word)
    left = {"Authority": "co_authority", "Signer": "co_signer"} if document.co_signature else {}
    for at in list(body.iter(qn("w:p"))):
        style = at.find(f"{qn('w:pPr')}/{qn('w:pStyle')}").get(qn("w:val"))
        if style == "BodyText":
            at.getparent().replace(at, _place(BODY))
        elif style in _FIELDS and (style != "PlaceDate" or document.has_date_line):
            _say(at, f"{{{{ {left.pop(style, _FIELDS[style])} }}}}")
        elif style in _LINES and at.find(qn("w:r")) is not None:
            _repeat(at, left.pop(style, _LINES[style]))
    return packed(word)


def _bare(document: Document) -> Document:
    """With one word wherever a field comes; the kind's own shape otherwise."""
    if document.only_appendices:
        return Document(Head(("x",), "x", "x"), "x", appendices=(Appendix("x", ()),), only_appendices=True)
    return Document(
        head=Head(("Xxxx",), "x", "x", superior="Xxxx"),
        subject=document.subject,
        body=(Paragraph.of("x"),),
        signature=Signature(("x",), "x"),
        recipients=() if document.addressees else ("x",),
        addressees=("x",) if document.addressees else (),
        co_signature=Signature(("x",), "x") if document.co_signature else None,
        has_date_line=document.has_date_line,
    )


def _place(name: str) -> Element:
    return paragraph("BodyText", text_run(f"{{{{p {name} }}}}"))


def _say(at: Element, words: str) -> None:
    for run in at.findall(qn("w:r")):
        at.remove(run)
    at.append(text_run(words))


def _repeat(at: Element, name: str) -> None:
    for words in (f"{{%p for dong in {name} %}}", "{{ dong }}"):
        line = deepcopy(at)
        _say(line, words)
        at.addprevious(line)
    _say(at, "{%p endfor %}")
