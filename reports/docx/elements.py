"""WordprocessingML, written short. Lengths are twentieths of a point ("twips") where Word wants them so."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from docx.oxml.parser import oxml_parser

Element: TypeAlias = Any  # lxml has no types

DASHES, HEADINGS = 1, 2  # ids of the lists that styles name

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SPACES = re.compile(r"[ \t]+")  # printed as one, as in HTML


def w(tag: str, *children: Element | None, **attributes: object) -> Element:
    """<w:tag w:name="value">; children that are None are left out. Their order matters to Word."""
    element = oxml_parser.makeelement(
        f"{{{_W}}}{tag}",
        {f"{{{_W}}}{name}": str(value) for name, value in attributes.items()},
        nsmap={"w": _W},
    )
    element.extend(child for child in children if child is not None)
    return element


def text_run(text: str, *, bold: bool = False, italic: bool = False) -> Element | None:
    """A line break in `text` stays one; nothing for no text."""
    if not text:
        return None
    marks = (
        *((w("b"), w("bCs")) if bold else ()),
        *((w("i"), w("iCs")) if italic else ()),
    )
    run = w("r", w("rPr", *marks) if marks else None)
    for place, line in enumerate(_SPACES.sub(" ", text).split("\n")):
        if place:
            run.append(w("br"))
        words = w("t")
        words.text = line
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.append(words)
    return run


def numbering_properties(numbering: tuple[int, int] | None) -> Element | None:
    """Of the list with that id, at that level."""
    return w("numPr", w("ilvl", val=numbering[1]), w("numId", val=numbering[0])) if numbering else None


def paragraph(
    style: str,
    *runs: Element | None,
    keep_with_next: bool = False,
    page_break_before: bool = False,
    numbering: tuple[int, int] | None = None,
    rule: bool = False,
    spacing: dict[str, int] | None = None,
    indents: dict[str, int] | None = None,
    align: str = "",
    section: Element | None = None,
) -> Element:
    """What is not given here comes from the style. `numbering`: a list's id and level; `rule`: a line below."""
    properties = w(
        "pPr",
        w("pStyle", val=style),
        w("keepNext") if keep_with_next else None,
        w("pageBreakBefore") if page_break_before else None,
        numbering_properties(numbering),
        w("pBdr", w("bottom", val="single", sz=6, space=0, color="000000")) if rule else None,
        w("spacing", **spacing) if spacing else None,
        w("ind", **indents) if indents else None,
        w("jc", val=align) if align else None,
        section,
    )
    return w("p", properties, *runs)
