"""The software's own body and appendices set into a filled template, by the styles of that template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeAlias

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn

from reports.document import Blocks, Document
from reports.docx.blocks import block_elements
from reports.docx.elements import paragraph, w
from reports.docx.frame import appendix_elements
from reports.docx.measures import Page
from reports.docx.numbering import Numbering
from reports.word_templates.data import APPENDICES, BODY
from reports.word_templates.findings import Finding, Refused
from reports.word_templates.merging import Merging
from reports.word_templates.rules import fit_rules

Element: TypeAlias = Any  # lxml has no types

_TWIPS = 635  # of Word's smallest length
_BEFORE_NUMBERS = ("type", "pgSz", "pgMar", "paperSrc", "pgBorders", "lnNumType")


@dataclass(frozen=True)
class Sheet:
    """What a section of the template leaves for text, in twips."""

    text_width: int
    text_height: int


def assemble(word: WordDocument, document: Document, marks: Mapping[str, str]) -> None:
    """Refused where the template has no place of its own for the body."""
    body = word.element.body
    if body.sectPr is None:
        body.append(w("sectPr"))
    merging, numbering = Merging(word), Numbering(counts_by_style=False)
    places = _places(body, marks)
    fit_rules(body, _sheet(_section_of(body[0])).text_width)
    if not document.only_appendices:
        at = places.get(BODY)
        if at is None:
            raise Refused([Finding("Nội dung báo cáo cần một đoạn riêng ở thân văn bản, ngoài các bảng.")])
        _set_body(at, document.closed_body, numbering, merging)
    if document.appendices:
        _set_appendices(word, places.get(APPENDICES), document, numbering, merging)
    elif APPENDICES in places:
        body.remove(places[APPENDICES])
    merging.add_lists(numbering)


def _places(body: Element, marks: Mapping[str, str]) -> dict[str, Element]:
    """Paragraphs right under the body that hold a mark and nothing else."""
    names = {mark: name for name, mark in marks.items()}
    found = {}
    for child in body.iterchildren(qn("w:p")):
        words = "".join(text.text or "" for text in child.iter(qn("w:t"))).strip()
        if words in names and child.find(f".//{qn('w:sectPr')}") is None:
            found[names[words]] = child
    return found


def _set_body(at: Element, blocks: Blocks, numbering: Numbering, merging: Merging) -> None:
    page = _sheet(_section_of(at))
    for element in block_elements(blocks, numbering.count(blocks), page, last_stays=True):
        at.addprevious(merging.fitted(element))
    at.getparent().remove(at)


def _set_appendices(
    word: WordDocument, at: Element | None, document: Document, numbering: Numbering, merging: Merging
) -> None:
    """Each a section of its own, with the paper, headers and footers of the section they stand in."""
    body = word.element.body
    at = body.sectPr if at is None else at
    kept = deepcopy(_section_of(at))
    before = at.getprevious()
    if before is not None and before.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is None:
        at.addprevious(merging.fitted(paragraph("Gap", section=deepcopy(kept))))
    labelled = document.labelled_appendices
    is_end = at is body.sectPr or at.getnext() is body.sectPr
    for place, (label, appendix) in enumerate(labelled, start=1):
        properties = _turned(kept, landscape=appendix.landscape)
        words = block_elements(appendix.blocks, numbering.count(appendix.blocks), _sheet(properties))
        for element in _appendix(document, label, appendix, words):
            at.addprevious(merging.fitted(element))
        if place < len(labelled) or not is_end:
            at.addprevious(merging.fitted(paragraph("Gap", section=properties)))
        else:
            at.addprevious(merging.fitted(paragraph("Gap")))
            body.replace(body.sectPr, properties)
    if at.getparent() is not None and at.tag == qn("w:p"):
        at.getparent().remove(at)


def _appendix(document: Document, label: str, appendix: Any, words: Iterator[Element]) -> Iterator[Element]:
    yield from appendix_elements(document, label, appendix)
    yield from words


def _section_of(at: Element) -> Element:
    """The properties of the section an element of the body stands in: they come after it."""
    following = at
    while following is not None:
        if following.tag == qn("w:sectPr"):
            return following
        inner = following.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
        if inner is not None:
            return inner
        following = following.getnext()
    raise Refused([Finding("Tệp bị hỏng: văn bản không có khổ giấy.")])


def _sheet(section: Element) -> Sheet:
    """The decree's page where the template doesn't say."""
    usual, landscape = Page(), section.orientation == WD_ORIENT.LANDSCAPE
    page = Page(landscape=landscape)
    width = _twips(section.page_width, page.width)
    height = _twips(section.page_height, page.height)
    sides = _twips(section.left_margin, usual.left) + _twips(section.right_margin, usual.right)
    ends = abs(_twips(section.top_margin, usual.top)) + abs(_twips(section.bottom_margin, usual.bottom))
    if width - sides < page.width // 4 or height - ends < page.height // 4:
        raise Refused([Finding("Khổ giấy và lề của mẫu không còn đủ chỗ cho nội dung.")])
    return Sheet(width - sides, height - ends)


def _twips(length: int | None, usual: int) -> int:
    return usual if length is None else round(length / _TWIPS)


def _turned(kept: Element, *, landscape: bool) -> Element:
    """A section on a new page that counts its own pages from 1."""
    section = deepcopy(kept)
    section.start_type = WD_SECTION.NEW_PAGE
    if landscape != (section.orientation == WD_ORIENT.LANDSCAPE):
        page = Page(landscape=not landscape)
        width = section.page_width or page.width * _TWIPS
        height = section.page_height or page.height * _TWIPS
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = height, width
    for counted in section.findall(qn("w:pgNumType")):
        section.remove(counted)
    earlier = [child for child in section if child.tag in {qn(f"w:{name}") for name in _BEFORE_NUMBERS}]
    (earlier[-1] if earlier else section[-1]).addnext(w("pgNumType", start=1))
    return section
