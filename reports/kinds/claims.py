"""Figures that people typed into narrative texts, held against the stored ones of the same area or criterion.

The engine prints every figure by itself; one that is typed as well may contradict it. Only what stands near a
name that the facts know is looked at.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from assessments.outcome import Outcome, OutcomeRow
from reports.kinds.content import Content
from reports.kinds.kind import Problem, Severity
from reports.kinds.typed import Figures, wrong

_CLAUSE = re.compile(r"[;\n]|\.(?=\s|$)")
WHOLE = r"chỉ số (?:cchc|cải cách hành chính)|par index|tổng điểm"
_YEAR = re.compile(rf"(?:{WHOLE}|lĩnh vực)[^.;\n]{{0,30}}?năm\s+(\d{{4}})", re.IGNORECASE)
_DIGIT = re.compile(r"\d|thứ (?:nhất|nhì)")
_OTHER = re.compile(r"(?:lĩnh vực|tiêu chí)(?: thành phần)? \d")  # also one that the facts don't know
_MARKS = re.compile(r"\*\*|[\u00ad\u200b-\u200d\u2060\ufeff]")
_SPACES = re.compile(r"[^\S\n]")
_SHORTEST = 6  # letters of a name that is not taken for any other word
_NEAR = 90  # characters after a name that still speak of it
# Between a figure and the name behind it: "đạt 13,5 điểm ở lĩnh vực …".
_JOINED = re.compile(
    r"\s(?:ở|tại|của|đối với|về|trong|cho)(?:\s(?:các|lĩnh vực|tiêu chí|nội dung|công tác))*\s[“\"']?$"
)
_BETWEEN = r"[\s,;-]+"
_SHORT = {
    "tthc": "thủ tục hành chính",
    "cchc": "cải cách hành chính",
    "vbqppl": "văn bản quy phạm pháp luật",
    "cbccvc": "cán bộ công chức viên chức",
    "ubnd": "ủy ban nhân dân",
}


@dataclass(frozen=True)
class Said:
    """What is stored of something with a name, or of what its `words` (a pattern) mean."""

    name: str
    year: int
    points: Decimal | None = None
    maximum: Decimal | None = None
    share: Fraction | None = None
    rank: int | None = None
    size: int | None = None
    words: str = ""

    @property
    def pattern(self) -> str:
        return self.words or _pattern(self.name)

    @property
    def figures(self) -> Figures:
        return Figures(self.points, self.maximum, self.share, self.rank, self.size)


@dataclass(frozen=True)
class _Known:
    """Something with a name; its figures by year, the report's own year first."""

    pattern: re.Pattern[str]
    figures: Mapping[int, Figures]


def contradicted(content: Content, *outcomes: Outcome) -> Iterator[Problem]:
    """Of the report's own year first, then of the years it is compared with."""
    return contradicted_by(content, (said for outcome in outcomes for said in _said_by(outcome)))


def contradicted_by(content: Content, stored: Iterable[Said]) -> Iterator[Problem]:
    known = _known(stored)
    for at, text in content.all_texts.items():
        for clause in _CLAUSE.split(_plain(text)):
            for said, right in _claims(clause, known) if _DIGIT.search(clause) else ():
                yield Problem(f"“{said}”: số liệu đã lưu là {right}.", Severity.WARNS, at)


def wrong_year(content: Content, year: int) -> Iterator[Problem]:
    """The index or the area of an earlier year, unless it is compared with."""
    for at, text in content.all_texts.items():
        for clause in _CLAUSE.split(_plain(text)):
            for found in _YEAR.finditer(clause):
                compares = "so với" in clause[: found.end()].lower()
                if int(found[1]) < year and not compares:
                    words = f"“{found[0]}”: báo cáo này về năm {year}."
                    yield Problem(words, Severity.WARNS, at)


def _plain(text: str) -> str:
    """Composed, without marks and invisible characters, every space a plain one."""
    return _SPACES.sub(" ", _MARKS.sub("", unicodedata.normalize("NFC", text)))


def _said_by(outcome: Outcome) -> Iterator[Said]:
    """The whole, every row by its name if that is the only one, and by its code."""
    yield Said(
        "", outcome.year, outcome.total, outcome.max_total, outcome.percent, outcome.rank,
        outcome.group_size, WHOLE,
    )  # fmt: skip
    rows = list(outcome.rows())
    names, codes = Counter(_pattern(row.name) for row in rows if row.depth), Counter(row.code for row in rows)
    for row in rows:
        said = _of_row(row, outcome)
        if row.depth == 0 or names[said.pattern] == 1:
            yield said
        if codes[row.code] == 1:
            yield replace(said, words=rf"{row.kind.lower()} (?:số )?{re.escape(row.code.lower())}(?!\.\d)")


def _of_row(row: OutcomeRow, outcome: Outcome) -> Said:
    return Said(row.name, outcome.year, row.points, row.max_points, row.percent, row.rank, outcome.group_size)


def _known(stored: Iterable[Said]) -> list[_Known]:
    by_pattern: dict[str, dict[int, Figures]] = {}
    for said in stored:
        if len(said.pattern) >= _SHORTEST:
            by_pattern.setdefault(said.pattern, {}).setdefault(said.year, said.figures)
    return [
        _Known(re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), figures) for pattern, figures in by_pattern.items()
    ]


def _pattern(name: str) -> str:
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


def _claims(clause: str, known: Iterable[_Known]) -> Iterator[tuple[str, str]]:
    """What is said wrongly of something known, and what is stored of it."""
    lowered = clause.lower()
    found = [(place, one) for one in known for place in one.pattern.finditer(lowered)]
    meant: list[tuple[re.Match[str], _Known]] = []
    for place, one in sorted(found, key=lambda pair: (pair[0].start(), -pair[0].end())):
        if not meant or place.end() > meant[-1][0].end():  # a name within a longer one is not meant
            meant.append((place, one))
    if not meant:
        return
    first = meant[0][0].start()
    lead = clause[max(first - _NEAR, 0) : first]
    others = (place.start() for place in _OTHER.finditer(lowered))
    starts = sorted({*(place.start() for place, _ in meant), *others, len(clause)})
    for place, one in meant:
        end = starts[bisect_left(starts, place.end())]
        after = clause[place.end() : min(end, place.end() + _NEAR)]
        year = next((year for year in one.figures if f"năm {year}" in (lead + after).lower()), None)
        figures = one.figures[year] if year else next(iter(one.figures.values()))
        name = clause[place.start() : place.end()]
        for said, stored in wrong(after, figures):
            yield f"{name} … {said}", stored
        before = clause[max(place.start() - _NEAR, 0) : place.start()]
        if joined := _JOINED.search(before):
            for said, stored in wrong(before[: joined.start()].rpartition(", ")[2], figures, at_end=True):
                yield f"{said} … {name}", stored
