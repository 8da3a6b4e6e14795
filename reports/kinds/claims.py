"""Figures that people typed into narrative texts, held against the stored ones of the same area or criterion.

The engine prints every figure by itself; one that is typed as well may contradict it. Only what stands near a
name that the facts know is looked at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from assessments.outcome import Outcome, OutcomeRow
from reports.kinds.content import Content
from reports.kinds.kind import Problem, Severity
from reports.kinds.mentions import SHORTEST, as_words, clauses_with_figures, mentions, name_pattern
from reports.kinds.typed import Figures, wrong

WHOLE = r"chỉ số (?:cchc|cải cách hành chính)|par index|tổng điểm"
_YEAR = re.compile(rf"(?:{WHOLE}|lĩnh vực)[^.;\n]{{0,30}}?năm\s+(\d{{4}})", re.IGNORECASE)
# Between a figure and the name behind it: "đạt 13,5 điểm ở lĩnh vực …".
_JOINED = re.compile(
    r"\s(?:ở|tại|của|đối với|về|trong|cho)(?:\s(?:các|lĩnh vực|tiêu chí|nội dung|công tác))*\s[“\"']?$"
)

_Known = list[tuple[re.Pattern[str], Mapping[int, Figures]]]
"""The figures of something by year, the report's own year first."""


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
        return self.words or name_pattern(self.name)

    @property
    def figures(self) -> Figures:
        return Figures(self.points, self.maximum, self.share, self.rank, self.size)


def contradicted(content: Content, *outcomes: Outcome) -> Iterator[Problem]:
    """Of the report's own year first, then of the years it is compared with."""
    return contradicted_by(content, (said for outcome in outcomes for said in _said_by(outcome)))


def contradicted_by(content: Content, stored: Iterable[Said]) -> Iterator[Problem]:
    known = _known(stored)
    for at, text in content.all_texts.items():
        for clause in clauses_with_figures(text):
            for said, right in _claims(clause, known):
                yield Problem(f"“{said}”: số liệu đã lưu là {right}.", Severity.WARNS, at)


def wrong_year(content: Content, year: int) -> Iterator[Problem]:
    """The index or the area of an earlier year, unless it is compared with."""
    for at, text in content.all_texts.items():
        for clause in clauses_with_figures(text):
            for found in _YEAR.finditer(clause):
                compares = "so với" in clause[: found.end()].lower()
                if int(found[1]) < year and not compares:
                    words = f"“{found[0]}”: báo cáo này về năm {year}."
                    yield Problem(words, Severity.WARNS, at)


def _said_by(outcome: Outcome) -> Iterator[Said]:
    """The whole, every row by its name if that is the only one, and by its code."""
    yield Said(
        "", outcome.year, outcome.total, outcome.max_total, outcome.percent, outcome.rank,
        outcome.group_size, WHOLE,
    )  # fmt: skip
    rows = list(outcome.rows())
    names, codes = (
        Counter(name_pattern(row.name) for row in rows if row.depth),
        Counter(row.code for row in rows),
    )
    for row in rows:
        said = _of_row(row, outcome)
        if row.depth == 0 or names[said.pattern] == 1:
            yield said
        if codes[row.code] == 1:
            yield replace(said, words=rf"{row.kind.lower()} (?:số )?{re.escape(row.code.lower())}(?!\.\d)")


def _of_row(row: OutcomeRow, outcome: Outcome) -> Said:
    return Said(row.name, outcome.year, row.points, row.max_points, row.percent, row.rank, outcome.group_size)


def _known(stored: Iterable[Said]) -> _Known:
    by_pattern: dict[str, dict[int, Figures]] = {}
    for said in stored:
        if len(said.pattern) >= SHORTEST:
            by_pattern.setdefault(said.pattern, {}).setdefault(said.year, said.figures)
    return [(as_words(pattern), figures) for pattern, figures in by_pattern.items()]


def _claims(clause: str, known: _Known) -> Iterator[tuple[str, str]]:
    """What is said wrongly of something known, and what is stored of it."""
    for found in mentions(clause, known):
        by_year, near = found.about, (found.lead + found.after).lower()
        year = next((year for year in by_year if f"năm {year}" in near), None)
        figures = by_year[year] if year else next(iter(by_year.values()))
        for said, stored in wrong(found.after, figures):
            yield f"{found.name} … {said}", stored
        if joined := _JOINED.search(found.before):
            for said, stored in wrong(
                found.before[: joined.start()].rpartition(", ")[2], figures, at_end=True
            ):
                yield f"{said} … {found.name}", stored
