"""A DOCX read as Word shows it: every paragraph with the number its list gives it."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.oxml.ns import qn

Level = tuple[str, str]  # kind of number, pattern


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def lines(content: bytes) -> list[str]:
    """Worded paragraphs in reading order, those of tables cell by cell."""
    word = opened(content)
    lists = _Lists(word)
    found = []
    for paragraph in word.element.body.iter(qn("w:p")):
        text = "".join("\n" if node.tag == qn("w:br") else node.text or "" for node in _texts(paragraph))
        found.append(f"{lists.number_of(paragraph)}{text}")
    return [line for line in found if line.strip()]


def value(element, path: str) -> str | None:
    """Of the attribute w:val at `path`, as in "w:pPr/w:jc"."""
    found = element.find("/".join(qn(step) for step in path.split("/")))
    return None if found is None else found.get(qn("w:val"))


def _texts(paragraph) -> Iterator:
    return (node for node in paragraph.iter(qn("w:t"), qn("w:br")))


class _Lists:
    """Counts as Word does: per abstract list, deeper levels from the beginning after a higher one."""

    def __init__(self, word: Document) -> None:
        root = word.part.numbering_part.element
        self._levels = {
            abstract.get(qn("w:abstractNumId")): {
                level.get(qn("w:ilvl")): _level(level) for level in abstract.iter(qn("w:lvl"))
            }
            for abstract in root.iter(qn("w:abstractNum"))
        }
        self._abstract_of = {
            n.get(qn("w:numId")): value(n, "w:abstractNumId") for n in root.iter(qn("w:num"))
        }
        self._overrides = {
            (number.get(qn("w:numId")), level.get(qn("w:ilvl"))): _level(level)
            for number in root.iter(qn("w:num"))
            for level in number.iter(qn("w:lvl"))
        }
        self._style_lists = {style.get(qn("w:styleId")): _list_of(style) for style in word.styles.element}
        self._counts: dict[str, list[int]] = defaultdict(lambda: [0] * 9)

    def number_of(self, paragraph) -> str:
        own = _list_of(paragraph) or self._style_lists[value(paragraph, "w:pPr/w:pStyle")]
        if own is None:
            return ""
        id, level = own
        abstract, depth = self._abstract_of[id], int(level)
        counts = self._counts[abstract]
        counts[depth] += 1
        counts[depth + 1 :] = [0] * (8 - depth)
        kind, pattern = self._overrides.get((id, level)) or self._levels[abstract][level]
        return f"{pattern.replace(f'%{depth + 1}', _printed(kind, counts[depth]))} "


def _level(level) -> Level:
    assert value(level, "w:suff") == "space"
    return value(level, "w:numFmt"), value(level, "w:lvlText")


def _list_of(element) -> tuple[str, str] | None:
    id = value(element, "w:pPr/w:numPr/w:numId")
    return None if id is None else (id, value(element, "w:pPr/w:numPr/w:ilvl"))


def _printed(kind: str, count: int) -> str:
    if kind == "upperRoman":
        return ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")[count]
    if kind == "lowerLetter":
        return "abcdefghijklmnopqrstuvwxyz"[(count - 1) % 26] * ((count - 1) // 26 + 1)
    return str(count)
