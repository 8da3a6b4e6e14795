"""The file: sections with their page numbers, settings, and a zip whose bytes depend on the document alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from copy import deepcopy
from itertools import chain

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE

from reports.document import Document
from reports.docx.blocks import block_elements
from reports.docx.elements import Element, paragraph, text_run, w
from reports.docx.frame import appendix_elements, closing_elements, head_elements
from reports.docx.measures import Page
from reports.docx.numbering import Numbering
from reports.docx.styles import style_elements

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can name
# Of the library's template only what is written anew here stays.
_KEPT = {
    RELATIONSHIP_TYPE.OFFICE_DOCUMENT,
    RELATIONSHIP_TYPE.CORE_PROPERTIES,
    RELATIONSHIP_TYPE.STYLES,
    RELATIONSHIP_TYPE.NUMBERING,
    RELATIONSHIP_TYPE.SETTINGS,
}


def render_docx(document: Document) -> bytes:
    word, numbering = docx.Document(), Numbering()
    _clear(word)
    _refill(word.styles.element, style_elements())
    _refill(word.settings.element, _settings())
    describe(word, document)
    references = _header_references(word)
    _refill(word.element.body, _content(document, numbering, references))
    _refill(word.part.numbering_part.element, numbering.elements())
    return packed(word)


def _content(document: Document, numbering: Numbering, references: list[Element]) -> Iterator[Element]:
    """The elements of all sections; their properties stand in their last paragraph, in the last one after it."""
    sections = list(_sections(document, numbering))
    for place, (elements, page) in enumerate(sections, start=1):
        yield from elements
        properties = _section(page, references)
        if place < len(sections):
            yield paragraph("Gap", section=properties)
        else:
            yield from (paragraph("Gap"), properties)


def _sections(document: Document, numbering: Numbering) -> Iterator[tuple[Iterator[Element], Page]]:
    if not document.only_appendices:
        page, body = Page(), document.closed_body
        words = block_elements(body, numbering.count(body), page, last_stays=True)
        yield chain(head_elements(document, page), words, closing_elements(document, page)), page
    for label, appendix in document.labelled_appendices:
        page = Page(landscape=appendix.landscape)
        words = block_elements(appendix.blocks, numbering.count(appendix.blocks), page)
        yield chain(appendix_elements(document, label, appendix), words), page


def _section(page: Page, references: list[Element]) -> Element:
    """Every section begins on a new page, counts its pages from 1 and shows no number on the first."""
    turned = {"orient": "landscape"} if page.landscape else {}
    return w(
        "sectPr",
        *map(deepcopy, references),
        w("type", val="nextPage"),
        w("pgSz", w=page.width, h=page.height, **turned),
        w(
            "pgMar",
            top=page.top,
            right=page.right,
            bottom=page.bottom,
            left=page.left,
            header=page.header,
            footer=page.header,
            gutter=0,
        ),
        w("pgNumType", start=1),
        w("titlePg"),
    )


def _header_references(word: WordDocument) -> list[Element]:
    """To a header with the page number and to an empty one for first pages."""
    section = word.sections[0]
    section.different_first_page_header_footer = True
    number = w("fldSimple", text_run("1"), instr=" PAGE ")
    _refill(section.header._element, [paragraph("Header", number)])
    _refill(section.first_page_header._element, [paragraph("Header")])
    return [deepcopy(reference) for reference in section._sectPr.headerReference_lst]


def _settings() -> list[Element]:
    mode = {"name": "compatibilityMode", "uri": "http://schemas.microsoft.com/office/word", "val": 15}
    return [
        w("zoom", percent=100),
        w("defaultTabStop", val=720),
        w("characterSpacingControl", val="doNotCompress"),
        w("compat", w("compatSetting", **mode)),
        w("decimalSymbol", val=","),
        w("listSeparator", val=";"),
    ]


def describe(word: WordDocument, document: Document) -> None:
    properties = word.core_properties
    for described in list(properties._element):
        properties._element.remove(described)
    properties.title, properties.author = document.title[:255], document.head.issuer_name[:255]
    properties.language = "vi"


def _clear(word: WordDocument) -> None:
    for owner in (word.part.package, word.part):
        for id in [id for id, relation in owner.rels.items() if relation.reltype not in _KEPT]:
            del owner.rels[id]


def _refill(parent: Element, children: Iterable[Element]) -> None:
    filled = list(children)
    for child in list(parent):
        parent.remove(child)
    parent.extend(filled)


def packed(word: WordDocument) -> bytes:
    """As saved, but without the hour of saving."""
    saved, packed = io.BytesIO(), io.BytesIO()
    word.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return packed.getvalue()
