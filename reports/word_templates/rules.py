"""The rules under issuer and subject, which the decree measures by the lines above them: known once those are filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from docx.oxml.ns import qn

from reports.docx.frame import issuer_rule, rule_indents, subject_rule

Element: TypeAlias = Any  # lxml has no types

_RULES = {"Issuer": issuer_rule, "Subtitle": subject_rule}


def fit_rules(body: Element, text_width: int) -> None:
    """Only those that the starter has: an office that draws its own lines keeps them."""
    for at in body.iter(qn("w:p")):
        indents = at.find(f"{qn('w:pPr')}/{qn('w:ind')}") if _style(at) == "Rule" else None
        above = at.getprevious()
        measure = _RULES.get(_style(above)) if above is not None else None
        if indents is None or measure is None:
            continue
        width = _cell_width(at) or text_width
        for side, indent in rule_indents(measure(list(_lines(above)), width), width).items():
            indents.set(qn(f"w:{side}"), str(indent))


def _lines(last: Element) -> Iterator[str]:
    """The text of a paragraph and of those of its style before it."""
    at, style = last, _style(last)
    while at is not None and _style(at) == style:
        yield "".join(text.text or "" for text in at.iter(qn("w:t")))
        at = at.getprevious()


def _style(at: Element) -> str:
    named = at.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return "" if named is None else str(named.get(qn("w:val")))


def _cell_width(at: Element) -> int:
    """0 outside of tables, or where a cell is as wide as it likes."""
    width = at.find(f"../{qn('w:tcPr')}/{qn('w:tcW')}")
    return int(width.get(qn("w:w"))) if width is not None and width.get(qn("w:type")) == "dxa" else 0
