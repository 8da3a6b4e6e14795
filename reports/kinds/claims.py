"""Figures that people typed into narrative texts, held against the stored ones of the same area or criterion.

The engine prints every figure by itself; one that is typed as well may contradict it. Only what stands near a
name that the result knows is looked at.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assessments.outcome import Outcome, OutcomeRow
from criteria.points import decimal_places, format_percent, round_half_up
from reports.kinds.content import Content
from reports.kinds.kind import Problem, Severity
from reports.kinds.wording import printed

_CLAUSE = re.compile(r"[;\n]|\.(?=\s|$)")
_NUMBER = r"(\d{1,7}(?:[.,]\d{1,6})?)"
_OF_MAXIMUM = re.compile(rf"{_NUMBER}\s*/\s*{_NUMBER}\s*điểm")
_POINTS = re.compile(rf"đạt\s+{_NUMBER}\s*điểm")
_SHARE = re.compile(rf"{_NUMBER}\s*%")
_RANK = re.compile(r"(?:xếp|đứng)\s+(?:thứ|hạng)\s+(?:hạng\s+)?(\d{1,4})(?:\s*/\s*(\d{1,4}))?", re.IGNORECASE)
_WHOLE = r"chỉ số (?:cchc|cải cách hành chính)|par index|tổng điểm"
_YEAR = re.compile(rf"(?:{_WHOLE})[^.;\n]{{0,30}}?năm\s+(\d{{4}})", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_SHORTEST = 6  # letters of a name that is not taken for any other word
_NEAR = 90  # characters after a name that still speak of it


@dataclass(frozen=True)
class _Figures:
    points: Decimal | None
    maximum: Decimal | None
    share: Fraction | None
    rank: int | None
    size: int | None


@dataclass(frozen=True)
class _Known:
    """Something with a name; its figures by year, the report's own year first."""

    pattern: re.Pattern[str]
    figures: Mapping[int, _Figures]


def contradicted(content: Content, *outcomes: Outcome) -> Iterator[Problem]:
    """Of the report's own year first, then of the years it is compared with."""
    known = _known(outcomes)
    for at, text in content.all_texts.items():
        for clause in _CLAUSE.split(unicodedata.normalize("NFC", text.replace("**", ""))):
            for said, stored in _claims(clause, known) if _DIGIT.search(clause) else ():
                yield Problem(f"“{said}”: số liệu đã lưu là {stored}.", Severity.WARNS, at)


def wrong_year(content: Content, outcome: Outcome) -> Iterator[Problem]:
    """The index of an earlier year, unless it is compared with."""
    for at, text in content.all_texts.items():
        for clause in _CLAUSE.split(text):
            for found in _YEAR.finditer(clause):
                compares = "so với" in clause[: found.end()].lower()
                if int(found[1]) < outcome.year and not compares:
                    words = f"“{found[0]}”: báo cáo này về năm {outcome.year}."
                    yield Problem(words, Severity.WARNS, at)


def _known(outcomes: tuple[Outcome, ...]) -> list[_Known]:
    by_pattern: dict[str, dict[int, _Figures]] = {}
    for outcome in outcomes:
        whole = _Figures(outcome.total, outcome.max_total, outcome.percent, outcome.rank, outcome.group_size)
        by_pattern.setdefault(_WHOLE, {}).setdefault(outcome.year, whole)
        names = Counter(_pattern(row.name) for row in outcome.rows() if row.depth)
        for row in outcome.rows():
            pattern = _pattern(row.name)
            if len(pattern) >= _SHORTEST and (row.depth == 0 or names[pattern] == 1):
                by_pattern.setdefault(pattern, {}).setdefault(outcome.year, _of_row(row, outcome))
    return [
        _Known(re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), figures) for pattern, figures in by_pattern.items()
    ]


def _of_row(row: OutcomeRow, outcome: Outcome) -> _Figures:
    return _Figures(row.points, row.max_points, row.percent, row.rank, outcome.group_size)


def _pattern(name: str) -> str:
    """Its words, whatever commas stand between them."""
    return r"[\s,;-]+".join(
        re.escape(word) for word in re.findall(r"\w+", unicodedata.normalize("NFC", name.lower()))
    )


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
    lead = clause[: min(meant[0][0].start(), _NEAR)]
    ends = [place.start() for place, _ in meant[1:]] + [len(clause)]
    for (place, one), end in zip(meant, ends, strict=True):
        after = clause[place.end() : min(end, place.end() + _NEAR)]
        year = next((year for year in one.figures if f"năm {year}" in (lead + after).lower()), None)
        figures = one.figures[year] if year else next(iter(one.figures.values()))
        for said, stored in _wrong(after, figures):
            yield f"{clause[place.start() : place.end()]} … {said}", stored


def _wrong(text: str, figures: _Figures) -> Iterator[tuple[str, str]]:
    left = text
    for found in _OF_MAXIMUM.finditer(text):
        left = left.replace(found[0], "")
        typed = (_decimal(found[1]), _decimal(found[2]))
        if None not in (figures.points, figures.maximum) and typed != (figures.points, figures.maximum):
            yield found[0], f"{printed(figures.points)}/{printed(figures.maximum)} điểm"
    for found in _POINTS.finditer(left):
        if figures.points is not None and _decimal(found[1]) != figures.points:
            yield found[0], f"{printed(figures.points)} điểm"
    for found in _SHARE.finditer(left):
        typed_share = _decimal(found[1])
        places = decimal_places(typed_share)
        if figures.share is not None and round_half_up(figures.share, places) != typed_share:
            yield found[0], format_percent(figures.share)
    for found in _RANK.finditer(left):
        wrong = int(found[1]) != figures.rank or (found[2] and int(found[2]) != figures.size)
        if figures.rank is not None and wrong:
            yield found[0], f"xếp thứ {figures.rank}" + (f"/{figures.size}" if figures.size else "")


def _decimal(typed: str) -> Decimal:
    return Decimal(typed.replace(",", "."))
