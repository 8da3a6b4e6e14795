"""How figures, rows and lists are spelled in this kind of report."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from assessments.outcome import Outcome, OutcomeRow
from criteria.points import ZERO, format_points

MISSING = "…"
UNEXPLAINED = "chưa nêu rõ nguyên nhân"


def row_label(row: OutcomeRow) -> str:
    return f"{_kind(row)} {row.code}. {row.name}"


def short_label(row: OutcomeRow) -> str:
    return f"{_kind(row).lower()} {row.code}"


def _kind(row: OutcomeRow) -> str:
    return ("Lĩnh vực", "Tiêu chí", "Tiêu chí thành phần")[min(row.depth, 2)]


def printed(value: Decimal | None) -> str:
    return MISSING if value is None else format_points(value)


def sum_of(outcome: Outcome, figure: str) -> Decimal | None:
    """None where an area prints no such figure: a sum of the rest would mislead."""
    values = [getattr(area, figure) for area in outcome.areas]
    return None if not values or None in values else sum(values, ZERO)


def is_complete(outcome: Outcome) -> bool:
    return None not in (sum_of(outcome, "max_points"), sum_of(outcome, "points"))


def has_self_points(outcome: Outcome) -> bool:
    return any(row.self_points is not None for row in outcome.rows())


def listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} và {last}" if first else last


def within(text: str) -> str:
    """In the middle of a sentence; "UBND …" stays as it is."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
