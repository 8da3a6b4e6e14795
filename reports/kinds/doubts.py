"""Declared numbers that can be right but seldom are, and what a narrative text may repeat of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from criteria.points import format_points, percent
from reports.kinds.checks import JUMP, jumps
from reports.kinds.claims import WHOLE, Said
from reports.kinds.declared import Declared, DeclaredRow
from reports.kinds.kind import Problem, Severity, Where


def doubtful(declared: Declared) -> Iterator[Problem]:
    """Numerators above their denominators, numbers ten times those of last year or a tenth of them."""
    for row in declared.own_leaves:
        for text in _doubts(row):
            yield Problem(f"Tiêu chí {row.code}: {text}.", Severity.WARNS, row.code, Where.SHEET)


def _doubts(row: DeclaredRow) -> Iterator[str]:
    if row.is_ratio and len(row.amounts) > 1:
        part, whole = row.amounts[:2]
        if part.value > whole.value:
            yield (
                f"“{part.label}” ({format_points(part.value)}) lớn hơn "
                f"“{whole.label}” ({format_points(whole.value)})"
            )
    for amount in row.amounts:
        if amount.before is not None and jumps(amount.before, amount.value):
            yield (
                f"“{amount.label}” là {format_points(amount.value)}, "
                f"năm trước là {format_points(amount.before)}, chênh lệch từ {JUMP} lần trở lên"
            )


def said_on(declared: Declared) -> Iterator[Said]:
    """The total, areas, and leaves whose name no other has."""
    year = declared.year
    yield Said("", year, declared.total, self_points=declared.total, words=WHOLE)
    for area in declared.areas:
        share = percent(area.points, area.applicable)
        yield Said(area.name, year, area.points, area.applicable, share, self_points=area.points)
    names = Counter(row.name for row in declared.rows)
    for row in declared.own_leaves:
        if names[row.name] == 1 and row.points is not None:
            share = percent(row.points, row.max_points)
            yield Said(row.name, year, row.points, row.max_points, share, self_points=row.points)
