"""A template filled: the office's head, foot and styles around the software's own body and appendices."""

from __future__ import annotations

import io
import re
import secrets
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import docx
from docx.document import Document as WordDocument
from docxtpl import DocxTemplate
from jinja2 import TemplateError
from lxml import etree

from reports.document import Document
from reports.docx.file import describe, packed
from reports.word_templates.assembling import assemble
from reports.word_templates.data import PLACES, Plain
from reports.word_templates.fields import Needed, needed
from reports.word_templates.findings import Finding, Refused
from reports.word_templates.language import Language
from reports.word_templates.package import inspect

_PARTS = ((DocxTemplate.HEADER_URI, "đầu trang"), (DocxTemplate.FOOTER_URI, "chân trang"))
_LEFT_OVER = re.compile(r"\{\{|\{%")


class _Filler(DocxTemplate):  # type: ignore[misc]
    """docxtpl, but strict: what it would mend or leave out silently is an error."""

    def __init__(self, content: bytes, marks: Mapping[str, str]) -> None:
        super().__init__(io.BytesIO(content))
        self.marks = marks

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        """A place written as {{p body}} has lost its paragraph here and gets one back."""
        self.current_rendering_part = part
        filled: str = self.resolve_listing(jinja_env.from_string(src_xml).render(context))
        for mark in self.marks.values():
            before, *rest = filled.split(mark)
            for after in rest:
                in_text = before[before.rfind("<") :].startswith(("<w:t>", "<w:t "))
                before += (mark if in_text else f"<w:p><w:r><w:t>{mark}</w:t></w:r></w:p>") + after
            filled = before
        return filled

    def fix_tables(self, xml: str) -> Any:
        etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
        return super().fix_tables(xml)

    def render_properties(self, context: Any, jinja_env: Any = None) -> None:
        """Title and author are set anew like those of any document."""


def parts_of(content: bytes) -> list[tuple[str, str, str]]:
    """Of body, headers, footers and footnotes: where they are, as stored, and as Jinja will get them.

    Refused where they don't hang together, each in itself as sound as it may be.
    """
    try:
        return list(_parts_of(content))
    except (LookupError, ValueError, AttributeError, TypeError) as error:
        raise Refused([Finding("Tệp bị hỏng hoặc không phải là văn bản Word (.docx).")]) from error


def _parts_of(content: bytes) -> Iterator[tuple[str, str, str]]:
    filler = DocxTemplate(io.BytesIO(content))
    filler.init_docx()
    yield "thân văn bản", *_as_read(filler, filler.get_xml())
    for uri, where in _PARTS:
        for _, part in filler.get_headers_footers(uri):
            yield where, *_as_read(filler, filler.get_part_xml(part))
    for part in filler.docx.part.package.parts:
        if part.content_type.endswith("footnotes+xml"):
            yield "chú thích cuối trang", *_as_read(filler, part.blob.decode())


def _as_read(filler: DocxTemplate, raw: str) -> tuple[str, str]:
    return raw, re.sub(r"<w:p([ >])", r"\n<w:p\1", filler.patch_xml(raw.replace("\n", " ")))


def fill(template: bytes, document: Document, data: Mapping[str, Plain]) -> bytes:
    """Refused where the template can't be filled, or where it lost something that the paper has to show."""
    inspect(template)
    marks = {name: f"{name}{secrets.token_hex(12)}" for name in PLACES}
    filler, filled = _Filler(template, marks), io.BytesIO()
    try:
        filler.render({**data, **marks}, Language())
        filler.save(filled)
    except (
        TemplateError,
        etree.XMLSyntaxError,
        ArithmeticError,
        TypeError,
        ValueError,
        LookupError,
    ) as error:
        raise Refused([Finding("Không điền được mẫu: một lệnh hoặc trường trong mẫu bị lỗi.")]) from error
    filled.seek(0)
    word = docx.Document(filled)
    lost = list(_lacking(word, needed(document)))
    assemble(word, document, marks)
    describe(word, document)
    made = packed(word)
    parts = inspect(made, is_upload=False)
    if any(mark.encode() in part for part in parts.values() for mark in marks.values()):
        lost.append(Finding("Nội dung báo cáo chỉ đặt được một lần, trong đoạn riêng ở thân văn bản."))
    if lost:
        raise Refused(lost)
    return made


def leftovers(made: bytes) -> Iterator[Finding]:
    """Marks in parts that are never filled, as the texts of drawings' descriptions or document properties."""
    for name, part in inspect(made, is_upload=False).items():
        if name.endswith(".xml") and _LEFT_OVER.search(part.decode(errors="replace")):
            yield Finding("Trường ở phần này của tệp không được điền.", excerpt=name)


def _lacking(word: WordDocument, wanted: tuple[Needed, ...]) -> Iterator[Finding]:
    said = _squeezed(
        "".join(
            text
            for part in word.part.package.iter_parts()
            if part.content_type.endswith(("main+xml", "header+xml", "footer+xml"))
            for text in etree.fromstring(part.blob).itertext("{*}t")
        )
    )
    for one in wanted:
        if not all(_squeezed(value) in said for value in one.values):
            yield Finding(f"Văn bản theo mẫu không hiện {one.what}.")


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).casefold().split())
