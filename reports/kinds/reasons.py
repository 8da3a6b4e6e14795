"""Where points went and why, as far as anybody said so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from accounts.vietnamese import continued
from assessments.outcome import Loss, Outcome, OutcomeRow
from criteria.points import ZERO
from reports.kinds.wording import UNEXPLAINED, listed, printed, row_label, short_label


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
        reason = row.reason.rstrip(" .;")
        parts.append(continued(reason) if parts else reason)
    if row.unexplained > 0:
        parts.append(f"{printed(row.unexplained)} điểm {UNEXPLAINED}" if parts else UNEXPLAINED)
    return "; ".join(parts)


def unexplained(rows: Sequence[OutcomeRow]) -> Iterable[str]:
    """One sentence, or none: the points nobody accounted for, and where."""
    if rows:
        places = "; ".join(
            f"{short_label(row)} ({printed(row.unexplained)}"
            + ("" if row.unexplained == row.lost else f" trong {printed(row.lost)}")
            + " điểm)"
            for row in rows
        )
        total = sum((row.unexplained for row in rows), ZERO)
        yield f"Còn {printed(total)} điểm bị trừ {UNEXPLAINED}: {places}."


def full_marks(outcome: Outcome) -> Iterable[str]:
    """One sentence, or none: the areas that lost nothing."""
    names = [
        f"{row_label(area)} ({printed(area.points)}/{printed(area.max_points)} điểm)"
        for area in outcome.areas
        if area.points and area.points == area.max_points
    ]
    if names:
        yield f"Đạt điểm tối đa: {listed(names)}."


def _place(loss: Loss, row: OutcomeRow) -> str:
    named = listed(f"{part.code} - {part.name}" if part.name else part.code for part in loss.components)
    share = "" if loss.points in (None, row.lost) else f"{printed(loss.points)} điểm "
    return f"{share}tại tiêu chí thành phần {named}"
