"""What does not add up in a recorded result. It is shown, never corrected: the decision prints what it prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from assessments.outcome import Outcome, OutcomeRow, total_of
from criteria.points import ZERO, format_points

FIGURES = {"max_points": "điểm tối đa", "self_points": "điểm tự chấm", "points": "điểm Hội đồng"}


@dataclass(frozen=True)
class Difference:
    """`code` names the row; "" means the result as a whole."""

    code: str
    message: str


def differences(outcome: Outcome) -> tuple[Difference, ...]:
    """Every contradiction among the printed figures; a figure that is not printed contradicts nothing."""
    return (
        *_declared(outcome),
        *(found for row in outcome.rows() for found in _within(row, outcome.group_size)),
    )


def _declared(outcome: Outcome) -> Iterator[Difference]:
    for figure, name, declared in (
        ("max_points", "Tổng điểm tối đa", outcome.max_total),
        ("self_points", "Điểm tự chấm", outcome.declared_self_total),
        ("points", "Tổng điểm", outcome.total),
    ):
        added = _sum(outcome.areas, figure)
        if declared is not None and added is not None and added != declared:
            yield Difference(
                "", f"{name} công bố {format_points(declared)}, cộng các lĩnh vực được {format_points(added)}"
            )
    yield from _rank("", "Xếp hạng công bố", outcome.rank, outcome.group_size)


def _within(row: OutcomeRow, group_size: int | None) -> Iterator[Difference]:
    label = f"{row.kind} {row.code}:"
    for figure, name in FIGURES.items():
        printed, added = getattr(row, figure), _sum(row.children, figure)
        if printed is not None and added is not None and added != printed:
            yield Difference(
                row.code,
                f"{label} {name} ghi {format_points(printed)}, "
                f"cộng các dòng bên trong được {format_points(added)}",
            )
        if figure != "max_points" and None not in (printed, row.max_points) and printed > row.max_points:
            yield Difference(
                row.code,
                f"{label} {name} {format_points(printed)} cao hơn điểm tối đa {format_points(row.max_points)}",
            )
    located = sum((loss.points for loss in row.losses if loss.points is not None), ZERO)
    if None not in (row.points, row.max_points) and located > max(row.lost, ZERO):
        yield Difference(
            row.code,
            f"{label} mất {format_points(max(row.lost, ZERO))} điểm nhưng các tiêu chí thành phần "
            f"nêu tên mất {format_points(located)} điểm",
        )
    yield from _rank(row.code, f"{label} xếp hạng", row.rank, group_size)


def _rank(code: str, label: str, rank: int | None, group_size: int | None) -> Iterator[Difference]:
    if rank is not None and group_size is not None and rank > group_size:
        yield Difference(code, f"{label} {rank} lớn hơn số đơn vị của nhóm {group_size}")


def _sum(rows: Iterable[OutcomeRow], figure: str) -> Decimal | None:
    return total_of(getattr(row, figure) for row in rows)
