"""How much a report may say. Laying out 50,000 list items takes a minute; nobody writes a tenth of that."""

from __future__ import annotations

from collections.abc import Iterable

LINE = 300  # characters of one printed line: an addressee, a place
SUBJECT = 1_000
TEXT, TEXT_LINES = 50_000, 2_000  # one narrative text
ALL_TEXTS, ALL_LINES = 200_000, 5_000  # the narrative texts together
ENTRIES = 60  # addressees, recipients
HEAD_ENTRIES = 6  # printed lines of the issuer, of the signer's authority
CITATIONS = 20


def too_long(text: str, *, longest: int = TEXT, lines: int = TEXT_LINES) -> str:
    """What is wrong with the length of a text, in words; empty if nothing is."""
    if len(text) > longest:
        return f"Quá dài: {_count(len(text))} ký tự, tối đa {_count(longest)}."
    if (count := len(text.splitlines())) > lines:
        return f"Quá nhiều dòng: {_count(count)}, tối đa {_count(lines)}."
    return ""


def too_long_together(texts: Iterable[str]) -> str:
    """The same for all narrative texts of one report."""
    written = list(texts)
    characters, lines = sum(map(len, written)), sum(len(text.splitlines()) for text in written)
    if characters > ALL_TEXTS:
        return f"Các phần lời cộng lại {_count(characters)} ký tự, tối đa {_count(ALL_TEXTS)}."
    if lines > ALL_LINES:
        return f"Các phần lời cộng lại {_count(lines)} dòng, tối đa {_count(ALL_LINES)}."
    return ""


def _count(number: int) -> str:
    return f"{number:,}".replace(",", ".")
