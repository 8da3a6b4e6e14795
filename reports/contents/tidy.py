"""What clerks type because other papers have it there, and what the document prints of itself, is not kept twice.

Dashes and marks around an entry of a list, "về việc" before a subject, "số" before a number, "./." at the end: each
function takes what was typed and leaves alone what it gave before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

AS_ABOVE = "như trên"
# A full stop in a row of several is an ellipsis.
_END = re.compile(r"(?:(?<!\.)\.(?!\.)|[\s;,])+\Z")
_DASH = re.compile(r"\A(?:[-–—•]\s*|[+*]\s+)+")
_TO = re.compile(r"\A(?:kính gửi\s*:?\s*)+", re.IGNORECASE)
_ABOUT = re.compile(r"\A(?:(?:về việc|v ?/ ?v)\b\s*[:.]?\s*)+", re.IGNORECASE)
_NUMBER = re.compile(r"\A(?:số\b\s*:?\s*)+", re.IGNORECASE)
_NUMBER_AFTER = re.compile(r"(?:\s+số\s*:?)+\Z", re.IGNORECASE)
_OF = re.compile(r"\A(?:của\s+)+", re.IGNORECASE)
_ARCHIVE = re.compile(r"lưu ?(?::|(?:VT|VP)\b)", re.IGNORECASE)
_END_MARK = re.compile(r"\s*(?:\.\s*/[\s./]*|/\s*\.[\s./]*)\Z")


def entry(typed: str) -> str:
    """Of a list that is printed with a dash before each entry and a mark behind it."""
    before, line = "", _line(typed)
    while line != before:
        before, line = line, _END.sub("", _DASH.sub("", line))
    return line


def addressee(typed: str) -> str:
    before, line = "", entry(typed)
    while line != before:
        before, line = line, entry(_TO.sub("", line))
    return line


def recipients(entries: Iterable[str], *, is_addressed: bool) -> list[str]:
    """The archive comes last, and "Như trên" is printed of itself where somebody is addressed."""
    kept = [line for line in entries if not (is_addressed and line.casefold() == AS_ABOVE)]
    return sorted(kept, key=lambda line: bool(_ARCHIVE.match(line)))


def symbol(typed: str) -> str:
    return _line(typed).strip(" ./,;")


def place(typed: str) -> str:
    return _END.sub("", _line(typed))


def cited_kind(typed: str) -> str:
    return _NUMBER_AFTER.sub("", _END.sub("", _line(typed)))


def cited_number(typed: str) -> str:
    return _END.sub("", _NUMBER.sub("", _line(typed)))


def cited_issuer(typed: str) -> str:
    return _END.sub("", _OF.sub("", _line(typed)))


def cited_subject(typed: str) -> str:
    return _END.sub("", _ABOUT.sub("", _line(typed)))


def closing(typed: str) -> str:
    """Without the mark that ends every report."""
    return _END_MARK.sub(".", typed)


def _line(typed: str) -> str:
    return unicodedata.normalize("NFC", " ".join(typed.split()))
