"""Automatic numbers: I. / 1. / a) of headings, the dash of list items."""

from __future__ import annotations

from reports.document import Blocks, Heading
from reports.docx.elements import DASHES, HEADINGS, Element, w
from reports.docx.styles import INDENT

_LEVELS = (("upperRoman", "%1."), ("decimal", "%2."), ("lowerLetter", "%3)"))
# Word counts a, b, c, d, e; Vietnamese clauses go a, b, c, d, đ, e, g.
_LETTERS_IN_STEP = tuple("abcd")


class Numbering:
    """The lists of a document. Each body or appendix has its own, so that it counts from the beginning.

    The first one is that of the heading styles; not in a file whose styles are somebody else's
    (`counts_by_style` False), where each heading names its list.
    """

    def __init__(self, *, counts_by_style: bool = True) -> None:
        self._abstracts = [_abstract(DASHES, _level(0, "bullet", "-", style="ListBullet"))]
        self._numbers = [_number(DASHES, DASHES)]
        self._headings = self.add(self._add_headings(linked=True))
        self._is_taken = not counts_by_style

    def elements(self) -> list[Element]:
        return [*self._abstracts, *self._numbers]

    def count(self, blocks: Blocks) -> Counting:
        has_headings = any(isinstance(block, Heading) for block in blocks)
        if not has_headings or not self._is_taken:
            self._is_taken = self._is_taken or has_headings
            return Counting(self, HEADINGS, None)
        abstract = self._add_headings(linked=False)
        return Counting(self, abstract, self.add(abstract))

    def add(self, abstract: int, override: Element | None = None) -> int:
        self._numbers.append(_number(len(self._numbers) + 1, abstract, override))
        return len(self._numbers)

    def _add_headings(self, *, linked: bool) -> int:
        levels = (
            _level(depth, *kind, style=f"Heading{depth + 1}" if linked else "")
            for depth, kind in enumerate(_LEVELS)
        )
        self._abstracts.append(_abstract(len(self._abstracts) + 1, *levels))
        return len(self._abstracts)


class Counting:
    """The headings of one body or appendix; `counted` is the id of their list, None for that of the styles."""

    def __init__(self, numbering: Numbering, abstract: int, counted: int | None) -> None:
        self._numbering, self._abstract, self._counted = numbering, abstract, counted
        self._lettered: dict[str, int] = {}

    def of(self, heading: Heading) -> tuple[int, int] | None:
        """Id and level of the list that gives this heading its number; None where its style does."""
        level = heading.level - 1
        if level < 2 or heading.number.rstrip(")") in _LETTERS_IN_STEP:
            return None if self._counted is None else (self._counted, level)
        if heading.number not in self._lettered:
            # Word has no Vietnamese alphabet: the letter is this list's own text, the count goes on beneath it.
            own = w("lvlOverride", _level(level, "lowerLetter", heading.number), ilvl=level)
            self._lettered[heading.number] = self._numbering.add(self._abstract, own)
        return self._lettered[heading.number], level


def _abstract(id: int, *levels: Element) -> Element:
    kind = "multilevel" if len(levels) > 1 else "singleLevel"
    # Word tells lists apart by this number, also when text is copied between documents.
    own = w("nsid", val=f"5A{id:06X}")
    return w("abstractNum", own, w("multiLevelType", val=kind), *levels, abstractNumId=id)


def _level(depth: int, kind: str, text: str, *, style: str = "") -> Element:
    return w(
        "lvl",
        w("start", val=1),
        w("numFmt", val=kind),
        w("pStyle", val=style) if style else None,
        w("suff", val="space"),
        w("lvlText", val=text),
        w("lvlJc", val="left"),
        w("pPr", w("ind", left=0, firstLine=INDENT)),
        ilvl=depth,
    )


def _number(id: int, abstract: int, override: Element | None = None) -> Element:
    return w("num", w("abstractNumId", val=abstract), override, numId=id)
