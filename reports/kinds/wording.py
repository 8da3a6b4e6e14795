"""How figures, rows and lists are spelled in all kinds of report."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from assessments.outcome import Outcome, OutcomeRow
from criteria.points import format_points

MISSING = "…"
UNEXPLAINED = "chưa nêu rõ nguyên nhân"


def row_label(row: OutcomeRow) -> str:
    return f"{row.kind} {row.code}. {row.name}"


def short_label(row: OutcomeRow) -> str:
    return f"{row.kind.lower()} {row.code}"


def printed(value: Decimal | None) -> str:
    return MISSING if value is None else format_points(value)


def is_complete(outcome: Outcome) -> bool:
    return None not in (outcome.applicable, outcome.base_points)


def is_of_council(outcome: Outcome) -> bool:
    """Whether a council gave the points: a result that a mere report announced says nothing of one."""
    return outcome.decision is None or outcome.decision.kind == "Quyết định"


def listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} và {last}" if first else last


def enumerated(names: Iterable[str]) -> str:
    """Names have commas of their own."""
    return "; ".join(names)


def within(text: str) -> str:
    """In the middle of a sentence; "UBND …" stays as it is."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def two_digits(count: int) -> str:
    """Counts and ranks below ten as some kinds print them: 04, 01/08."""
    return f"{count:02}"


def signed(value: Decimal) -> str:
    return f"+{format_points(value)}" if value > 0 else format_points(value)


def changed(value: Decimal | int, unit: str, *, amount: str) -> str:
    """ "tăng 6,86 điểm", "giảm 04 bậc", "giữ nguyên điểm"."""
    if not value:
        return f"giữ nguyên {unit}"
    return f"{'tăng' if value > 0 else 'giảm'} {amount} {unit}"
