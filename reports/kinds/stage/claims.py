"""Figures that people typed into the narrative, held against the unit's statistics of the year they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from criteria.points import (
    NumberError,
    decimal_places,
    format_percent,
    format_points,
    read_amount,
    round_half_up,
)
from reports.figures import Figure
from reports.kinds.content import Content
from reports.kinds.kind import Problem, Severity
from reports.kinds.mentions import (
    SHORTEST,
    Mention,
    as_words,
    clauses_with_figures,
    mentions,
    name_pattern,
    spelled,
)
from reports.kinds.stage.facts import Series, StageFacts

_DIGITS = r"(\d{1,3}(?:\.\d{3})+(?:,\d{1,4})?|\d{1,15}(?:,\d{1,4})?)"
_NUMBER = rf"(?<![\d.,/]){_DIGITS}"
_YEAR = re.compile(r"năm\s+(\d{4})", re.IGNORECASE)
_RATIO = re.compile(rf"{_NUMBER}\s*/\s*{_DIGITS}(?!,?\d|\s*/)")  # and no date
_SHARE = re.compile(rf"{_NUMBER}\s*%")
_BEFORE = re.compile(rf"(?<!năm ){_NUMBER}\s*$", re.IGNORECASE)
_AFTER = re.compile(
    rf"^[\s:,]*(?:trong\s+)?(?:năm\s+\d{{4}}[\s:,]*)?(?:là|đạt|có|gồm)\s+{_NUMBER}(?!\s*[/%])(?![\d.,]*\d)"
)


_STAGE = re.compile(r"giai đoạn(?: từ)?(?: năm)? (\d{4})\s?(?:[-–—]|đến(?: năm)?)\s?(\d{4})", re.IGNORECASE)
_NEXT = re.compile(r"(\d{4})\s*[-–]\s*(\d{4})")


@dataclass
class _Stored:
    """All that the statistics say of a name in one year."""

    amounts: set[Decimal] = field(default_factory=set)
    ratios: set[tuple[Decimal, Decimal]] = field(default_factory=set)
    shares: set[Fraction] = field(default_factory=set)


_Known = dict[str, dict[int, _Stored]]  # by a name as it is spelled and by year


def next_stage(content: Content) -> tuple[int, int] | None:
    """As typed; None where it can't be read."""
    found = _NEXT.fullmatch(" ".join(content.text("next_stage").split()))
    return (int(found[1]), int(found[2])) if found else None


def wrong_stage(content: Content, facts: StageFacts) -> Iterator[Problem]:
    """A stage that is neither the report's nor the next one, nor within one of them."""
    following = next_stage(content)
    stages = [(facts.first_year, facts.last_year), *([following] if following else [])]
    for at, text in content.all_texts.items():
        for clause in clauses_with_figures(text):
            for found in _STAGE.finditer(clause):
                first, last = int(found[1]), int(found[2])
                if not any(begin <= first <= last <= end for begin, end in stages):
                    words = f"“{found[0]}”: báo cáo này về giai đoạn {facts.stage}."
                    yield Problem(words, Severity.WARNS, at)


def contradicted(content: Content, facts: StageFacts) -> Iterator[Problem]:
    known = _known(facts)
    for at, text in content.all_texts.items():
        words = spelled(text)
        named = [(as_words(name_pattern(name)), by_year) for name, by_year in known.items() if name in words]
        for clause in clauses_with_figures(text):
            years = {int(year) for year in _YEAR.findall(clause)}
            if len(years) != 1:  # nobody can tell of which year it speaks
                continue
            [year] = years
            for found in mentions(clause, named):
                if stored := found.about.get(year):
                    for said, right in _wrong(found, stored):
                        words = f"“{said}”: số liệu đã lưu của năm {year} là {right}."
                        yield Problem(words, Severity.WARNS, at)


def _known(facts: StageFacts) -> _Known:
    known: _Known = {}
    for group in facts.groups:
        for row in group.rows:
            for year, figure in row.figures.items():
                for name, stored in _named(row, figure):
                    if len(name_pattern(name)) < SHORTEST:
                        continue
                    of_year = known.setdefault(spelled(name), {}).setdefault(year, _Stored())
                    of_year.amounts |= stored.amounts
                    of_year.ratios |= stored.ratios
                    of_year.shares |= stored.shares
    return known


def _named(row: Series, figure: Figure) -> Iterator[tuple[str, _Stored]]:
    if figure.value is not None:
        yield row.name, _Stored({figure.value})
    if figure.numerator is None or figure.denominator is None:
        return
    ratio = {(figure.numerator, figure.denominator)}
    share = set() if figure.share is None else {figure.share}
    yield row.name, _Stored(set(), ratio, share)
    yield row.numerator_name, _Stored({figure.numerator}, ratio, share)
    yield row.denominator_name, _Stored({figure.denominator})


def _wrong(found: Mention[dict[int, _Stored]], stored: _Stored) -> Iterator[tuple[str, str]]:
    after = found.after
    for ratio in _RATIO.finditer(after):
        typed = (_number(ratio[1]), _number(ratio[2]))
        if stored.ratios and typed not in stored.ratios:
            right = " hoặc ".join(f"{format_points(a)}/{format_points(b)}" for a, b in sorted(stored.ratios))
            yield f"{found.name} … {ratio[0]}", right
    for share in _SHARE.finditer(after):
        said = _number(share[1])
        if stored.shares and not any(
            round_half_up(one, decimal_places(said)) == said for one in stored.shares
        ):
            right = " hoặc ".join(map(format_percent, sorted(stored.shares)))
            yield f"{found.name} … {share[0]}", right
    right = " hoặc ".join(map(format_points, sorted(stored.amounts)))
    for place, words in (
        (_BEFORE.search(found.before), f"{{0}} {found.name}"),
        (_AFTER.search(after), f"{found.name} … {{0}}"),
    ):
        if place and stored.amounts and _number(place[1]) not in stored.amounts:
            yield words.format(place[1]), right


def _number(typed: str) -> Decimal:
    try:
        return read_amount(typed)
    except NumberError:  # a figure with too many digits is nobody's
        return Decimal(-1)
