"""Where a text speaks of something with a name, and what it says near that name."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from reports.kinds.typed import AMONG

SHORTEST = 6  # letters of a name that is not taken for any other word
_NEAR = 90  # characters around a name that still speak of it
_CLAUSE = re.compile(r"[;\n]|\.(?=\s|$)")
# What says more of the same: "…, xếp thứ 05/12 các xã; đạt 90/100 điểm".
_GOES_ON = re.compile(
    rf"(\d\s*điểm|(?:thứ|hạng) \d{{1,4}}(?:\s*/\s*\d{{1,4}})?{AMONG})\s*;"
    r"(?=\s*(?:và )?(?:đạt(?: được)? \d{1,7}(?:[.,]\d{1,6})?(?:\s*/\s*\d{1,7})?\s*điểm|(?:xếp|đứng) (?:thứ|hạng) \d))",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d|thứ (?:nhất|nhì)|xếp loại", re.IGNORECASE)
_OTHER = re.compile(r"(?:lĩnh vực|tiêu chí)(?: thành phần)? \d")  # also one that the facts don't know
_MARKS = re.compile(r"\*\*|[\u00ad\u200b-\u200d\u2060\ufeff]")
_SPACES = re.compile(r"[^\S\n]+")
_BETWEEN = r"[\s,;-]+"
# Where a text may turn to another year, and how it names one.
_TURN = re.compile(r"[;()]|,(?!\d)|(?<!\w)và (?=(?:xếp|đứng|đạt|được|năm|so với)(?!\w))", re.IGNORECASE)
_YEAR = re.compile(
    r"(?<!từ )(?<!đầu )(?<!cuối )(?<!đến )(?<!hoạch )năm (\d{4}|trước|ngoái)(?!\w)", re.IGNORECASE
)
_COMPARED = re.compile(r"(?<!\w)(?:so với|cùng kỳ|(?:cao|thấp|nhiều|ít|tốt|kém)? ?hơn)(?!\w)", re.IGNORECASE)
_RIGHT_BEHIND = re.compile(
    r"(?:điểm|%|/\s*\d{1,4}|(?:thứ|hạng) \d{1,4})(?: trong| vào| của)? \Z", re.IGNORECASE
)
_HIDDEN = ";"  # stands for what isn't spoken of, and never within a clause
_SHORT = {
    "tthc": "thủ tục hành chính",
    "cchc": "cải cách hành chính",
    "vbqppl": "văn bản quy phạm pháp luật",
    "cbccvc": "cán bộ công chức viên chức",
    "ubnd": "ủy ban nhân dân",
}

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Mention(Generic[Thing]):
    """`name` as it stands there; `lead` stands before the first in the clause, `before` and `after` around it."""

    name: str
    about: Thing
    lead: str
    before: str
    after: str


def clauses_with_figures(text: str) -> Iterator[str]:
    return (clause for clause in _CLAUSE.split(_GOES_ON.sub(r"\1,", _plain(text))) if _FIGURE.search(clause))


def _plain(text: str) -> str:
    """Composed, without marks and invisible characters, every run of spaces a plain one."""
    return _SPACES.sub(" ", _MARKS.sub("", unicodedata.normalize("NFC", text)))


def name_pattern(name: str) -> str:
    """Its words, whatever commas stand between them, in full or as usually abbreviated."""
    pattern = _BETWEEN.join(_words(name))
    for short, full in _SHORT.items():
        spelled = _BETWEEN.join(_words(full))
        both = rf"(?:{short}|{spelled})"
        pattern = pattern.replace(spelled, short)
        pattern = re.sub(rf"(?<!\w){short}(?!\w)", lambda _, both=both: both, pattern)  # type: ignore[misc]
    return pattern


def _words(name: str) -> list[str]:
    return [re.escape(word) for word in re.findall(r"\w+", unicodedata.normalize("NFC", name.lower()))]


def spelled(text: str) -> str:
    """Its words alone, lowered, abbreviations in full, between single spaces. Where a name isn't among them so, its
    pattern finds nothing either."""
    words = re.findall(r"\w+", _plain(text).lower())
    return " ".join(["", *(_SHORT.get(word, word) for word in words), ""])


def as_words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


def mentions(clause: str, known: Iterable[tuple[re.Pattern[str], Thing]]) -> Iterator[Mention[Thing]]:
    """Of the patterns of lowered names; a name within a longer one is not meant."""
    lowered = clause.lower()
    found = [(place, thing) for pattern, thing in known for place in pattern.finditer(lowered)]
    meant: list[tuple[re.Match[str], Thing]] = []
    for place, thing in sorted(found, key=lambda pair: (pair[0].start(), -pair[0].end())):
        if not meant or place.end() > meant[-1][0].end():
            meant.append((place, thing))
    if not meant:
        return
    first = meant[0][0].start()
    others = (place.start() for place in _OTHER.finditer(lowered))
    starts = sorted({*(place.start() for place, _ in meant), *others, len(clause)})
    begins = [0, *(place.end() for place, _ in meant)]
    for (place, thing), begin in zip(meant, begins, strict=False):
        end = starts[bisect_left(starts, place.end())]
        yield Mention(
            name=clause[place.start() : place.end()],
            about=thing,
            lead=clause[max(first - _NEAR, 0) : first],
            before=clause[max(begin, place.start() - _NEAR) : place.start()],
            after=clause[place.end() : min(end, place.end() + _NEAR)],
        )


def hidden(text: str) -> str:
    """As long as the text, without anything to read."""
    return _HIDDEN * len(text)


def by_year(text: str, year: int) -> dict[int, str]:
    """What a text that begins with one year says of each that it names, everything else hidden: of that year until
    it turns to another, of one that it compares with no more than that."""
    pieces: list[tuple[str, int]] = []
    now = compared = year
    turns = [0, *(place.start() for place in _TURN.finditer(text)), len(text)]
    for start, end in pairwise(turns):
        piece = text[start:end]
        of, other = now, piece[len(piece) :]
        if piece.startswith("("):
            of = compared  # "so với năm 2021 (81,35/100 điểm)"
        elif piece.startswith(")"):
            of = now = year
        if found := _YEAR.search(piece):
            named = int(found[1]) if found[1].isdecimal() else year - 1
            said = piece[: found.start()]
            if against := _COMPARED.search(said):
                compared = named
                piece, other = piece[: against.start()], piece[against.start() :]
            elif not _FIGURE.search(said):
                of = now = compared = named
            elif _RIGHT_BEHIND.search(said):
                if not piece.startswith("(") and all(owner == year for _, owner in pieces):
                    pieces = [(earlier, named) for earlier, _ in pieces]
                of = now = named
        else:
            compared = of
        pieces += [(piece, of), (other, compared)]
    return {
        one: "".join(piece if owner == one else hidden(piece) for piece, owner in pieces)
        for one in dict.fromkeys(owner for _, owner in pieces)
    }
