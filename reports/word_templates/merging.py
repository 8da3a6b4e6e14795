"""Our styles and lists brought into a template: what the office has formatted itself stays as it has it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, TypeAlias

from docx.document import Document as WordDocument
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml.ns import qn
from docx.parts.numbering import NumberingPart

from reports.docx.elements import DASHES, numbering_properties, w
from reports.docx.numbering import Numbering
from reports.docx.styles import style_elements

Element: TypeAlias = Any  # lxml has no types


class Merging:
    """Elements made for our own file are fitted in one by one; their lists follow at the end."""

    def __init__(self, word: WordDocument) -> None:
        self._styles = word.styles.element
        self._lists = _numbering_of(word)
        self._ours = {style.get(qn("w:styleId")): style for style in style_elements() if _is_named(style)}
        self._theirs = {_key(style): style for style in self._styles.iter(qn("w:style"))}
        self._ids: dict[str, str] = {}
        self._first_abstract = 1 + _highest(self._lists, "w:abstractNum", "w:abstractNumId")
        self._first_number = _highest(self._lists, "w:num", "w:numId")

    def fitted(self, element: Element) -> Element:
        """The element, changed: its styles by the names they have here, its lists under numbers still free."""
        for paragraph in element.iter(qn("w:p")):
            self._number(paragraph)
        for named in element.iter(qn("w:pStyle"), qn("w:tblStyle")):
            named.set(qn("w:val"), self._style(named.get(qn("w:val"))))
        return element

    def add_lists(self, numbering: Numbering) -> None:
        abstracts = self._lists.findall(qn("w:abstractNum"))
        numbers = self._lists.findall(qn("w:num"))
        at = len(self._lists) if not numbers else self._lists.index(numbers[0])
        at = self._lists.index(abstracts[-1]) + 1 if abstracts else at
        for element in numbering.elements():
            for linked in element.findall(f".//{qn('w:pStyle')}"):
                linked.getparent().remove(linked)
            if element.tag == qn("w:abstractNum"):
                _raise(element, "w:abstractNumId", self._first_abstract)
                # Word takes lists of the same mark for one, and the template may have ours already.
                mark = f"5B{int(element.get(qn('w:abstractNumId'))):06X}"
                element.find(qn("w:nsid")).set(qn("w:val"), mark)
                self._lists.insert(at, element)
                at += 1
                continue
            _raise(element, "w:numId", self._first_number)
            _raise(element.find(qn("w:abstractNumId")), "w:val", self._first_abstract)
            numbers = self._lists.findall(qn("w:num"))
            self._lists.insert(self._lists.index(numbers[-1]) + 1 if numbers else at, element)

    def _number(self, paragraph: Element) -> None:
        properties = paragraph.find(qn("w:pPr"))
        style = properties.find(qn("w:pStyle"))
        listed = properties.find(qn("w:numPr"))
        if listed is None and style.get(qn("w:val")) == "ListBullet":
            listed = numbering_properties((DASHES, 0))
            before = [child for child in properties if child.tag in _BEFORE_LISTS]
            before[-1].addnext(listed)
        if listed is not None:
            _raise(listed.find(qn("w:numId")), "w:val", self._first_number)

    def _style(self, id: str) -> str:
        """The id of the style of that name here; ours is added where there is none."""
        if id not in self._ids:
            ours = self._ours[id]
            theirs = self._theirs.get(_key(ours))
            self._ids[id] = theirs.get(qn("w:styleId")) if theirs is not None else self._add(id, ours)
        return self._ids[id]

    def _add(self, id: str, ours: Element) -> str:
        taken = {style.get(qn("w:styleId")) for style in self._styles.iter(qn("w:style"))}
        free = id if id not in taken else f"PAR{id}"
        style = deepcopy(ours)
        style.set(qn("w:styleId"), free)
        for marked in ("w:next", "w:pPr/w:numPr"):
            for found in style.findall("/".join(map(qn, marked.split("/")))):
                found.getparent().remove(found)
        self._ids[id] = free
        if (based := style.find(qn("w:basedOn"))) is not None:
            based.set(qn("w:val"), self._style(based.get(qn("w:val"))))
        style.attrib.pop(qn("w:default"), None)
        self._styles.append(style)
        return free


_BEFORE_LISTS = {
    qn(f"w:{name}")
    for name in ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl")
}


def _numbering_of(word: WordDocument) -> Element:
    for relation in word.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.NUMBERING:
            return relation.target_part.element
    name = PackURI("/word/numbering.xml")
    part = NumberingPart(name, CONTENT_TYPE.WML_NUMBERING, w("numbering"), word.part.package)
    word.part.relate_to(part, RELATIONSHIP_TYPE.NUMBERING)
    return part.element


def _is_named(style: Element) -> bool:
    return style.tag == qn("w:style")


def _key(style: Element) -> tuple[str, str]:
    """Word knows styles by their kind and name, however it spells the id."""
    name = style.find(qn("w:name"))
    return style.get(qn("w:type"), "paragraph"), ("" if name is None else name.get(qn("w:val"), "")).lower()


def _highest(lists: Element, tag: str, id: str) -> int:
    return max((int(one.get(qn(id), 0)) for one in lists.findall(qn(tag))), default=0)


def _raise(element: Element, attribute: str, by: int) -> None:
    element.set(qn(attribute), str(int(element.get(qn(attribute))) + by))
