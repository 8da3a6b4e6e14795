"""Where the points went and why."""

from __future__ import annotations

from collections.abc import Iterable

from assessments.outcome import Loss, Outcome, OutcomeRow
from criteria.points import ZERO
from reports.document import Block, Blocks, ListBlock, Paragraph, Run, Runs
from reports.remediation.wording import (
    UNEXPLAINED,
    is_complete,
    listed,
    printed,
    row_label,
    short_label,
)


def losses_section(outcome: Outcome) -> Blocks:
    losing = [area for area in outcome.areas if area.lost > 0]
    if not losing:
        if not is_complete(outcome):
            return ()
        return (Paragraph.of(f"Năm {outcome.year} không có tiêu chí nào bị trừ điểm."),)
    blocks: list[Block] = []
    for area in losing:
        criteria = tuple(row for row in area.children if row.lost > 0)
        if not criteria:
            blocks.append(Paragraph((Run(f"{row_label(area)}: ", bold=True), *_account(area))))
            continue
        lead = (Run(f"{row_label(area)}: ", bold=True), Run(f"{_scores(area)}, gồm:"))
        blocks.append(Paragraph(lead, keep_with_next=True))
        blocks.append(ListBlock(tuple((Run(f"{row_label(row)}: "), *_account(row)) for row in criteria)))
    full = [area for area in outcome.areas if area.points and area.points == area.max_points]
    if full:
        names = listed(
            f"{row_label(area)} ({printed(area.points)}/{printed(area.max_points)} điểm)" for area in full
        )
        blocks.append(Paragraph.of(f"Đạt điểm tối đa: {names}."))
    blocks += map(Paragraph.of, (*_raised(outcome), *_unexplained(outcome)))
    return tuple(blocks)


def _raised(outcome: Outcome) -> Iterable[str]:
    raised = [
        f"{short_label(row)} (tự chấm {printed(row.self_points)} điểm, "
        f"Hội đồng thẩm định chấm {printed(row.points)} điểm)"
        for row in outcome.rows()
        if not row.children
        and row.points is not None
        and row.self_points is not None
        and row.points > row.self_points
    ]
    if raised:
        yield f"Hội đồng thẩm định chấm cao hơn điểm tự chấm tại {listed(raised)}."


def _unexplained(outcome: Outcome) -> Iterable[str]:
    rows = outcome.unexplained_rows
    if rows:
        places = "; ".join(
            f"{short_label(row)} ({printed(row.unexplained)}"
            + ("" if row.unexplained == row.lost else f" trong {printed(row.lost)}")
            + " điểm)"
            for row in rows
        )
        total = sum((row.unexplained for row in rows), ZERO)
        yield f"Còn {printed(total)} điểm bị trừ {UNEXPLAINED}: {places}."


def _account(row: OutcomeRow) -> Runs:
    """ "điểm tối đa 3 điểm, …, bị trừ 2 điểm (tại tiêu chí thành phần 1.4.2 - …)."."""
    return (Run(f"{_scores(row)} "), Run(f"({where_and_why(row)})", italic=True), Run("."))


def _scores(row: OutcomeRow) -> str:
    figures = (
        ("điểm tối đa", row.max_points),
        ("tự chấm", row.self_points),
        ("Hội đồng thẩm định chấm", row.points),
        ("bị trừ", row.lost),
    )
    return ", ".join(f"{name} {printed(value)} điểm" for name, value in figures if value is not None)


def where_and_why(row: OutcomeRow) -> str:
    """Where a row's points went and the reasons given, as far as anybody gave one."""
    below = row.losing_rows
    if below != (row,):
        return "; ".join(
            f"{printed(lower.lost)} điểm tại {short_label(lower)} - {lower.name}: {where_and_why(lower)}"
            for lower in below
        )
    parts = [_place(loss, row) for loss in row.losses]
    if row.reason:
        parts.append(row.reason.rstrip(" .;"))
    if row.unexplained > 0:
        parts.append(f"{printed(row.unexplained)} điểm {UNEXPLAINED}" if parts else UNEXPLAINED)
    return "; ".join(parts)


def _place(loss: Loss, row: OutcomeRow) -> str:
    named = listed(f"{part.code} - {part.name}" if part.name else part.code for part in loss.components)
    share = "" if loss.points in (None, row.lost) else f"{printed(loss.points)} điểm "
    return f"{share}tại tiêu chí thành phần {named}"
