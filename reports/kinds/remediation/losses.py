"""Where the points went and why."""

from __future__ import annotations

from collections.abc import Iterable

from assessments.outcome import Outcome, OutcomeRow
from reports.document import Block, Blocks, ListBlock, Paragraph, Run, Runs
from reports.kinds.reasons import full_marks, unexplained, where_and_why
from reports.kinds.wording import is_complete, is_of_council, listed, printed, row_label, short_label


def losses_section(outcome: Outcome) -> Blocks:
    losing = [area for area in outcome.areas if area.lost > 0]
    if not losing:
        if not is_complete(outcome):
            return ()
        return (Paragraph.of(f"Năm {outcome.year} không có tiêu chí nào bị trừ điểm."),)
    blocks: list[Block] = []
    scored = _scored(outcome)
    for area in losing:
        criteria = tuple(row for row in area.children if row.lost > 0)
        if not criteria:
            blocks.append(Paragraph((Run(f"{row_label(area)}: ", bold=True), *_account(area, scored))))
            continue
        lead = (Run(f"{row_label(area)}: ", bold=True), Run(f"{_scores(area, scored)}, gồm:"))
        blocks.append(Paragraph(lead, keep_with_next=True))
        blocks.append(
            ListBlock(tuple((Run(f"{row_label(row)}: "), *_account(row, scored)) for row in criteria))
        )
    blocks += map(
        Paragraph.of, (*full_marks(outcome), *_raised(outcome), *unexplained(outcome.unexplained_rows))
    )
    return tuple(blocks)


def _raised(outcome: Outcome) -> Iterable[str]:
    scored = _scored(outcome)
    raised = [
        f"{short_label(row)} (tự chấm {printed(row.self_points)} điểm, {scored} {printed(row.points)} điểm)"
        for row in outcome.rows()
        if not row.children
        and row.points is not None
        and row.self_points is not None
        and row.points > row.self_points
    ]
    if raised:
        higher = f"{scored} cao hơn" if is_of_council(outcome) else "Điểm đạt cao hơn"
        yield f"{higher} điểm tự chấm tại {listed(raised)}."


def _account(row: OutcomeRow, scored: str) -> Runs:
    """ "điểm tối đa 3 điểm, …, bị trừ 2 điểm (tại tiêu chí thành phần 1.4.2 - …)."."""
    return (Run(f"{_scores(row, scored)} "), Run(f"({where_and_why(row)})", italic=True), Run("."))


def _scored(outcome: Outcome) -> str:
    return "Hội đồng thẩm định chấm" if is_of_council(outcome) else "đạt"


def _scores(row: OutcomeRow, scored: str) -> str:
    figures = (
        ("điểm tối đa", row.max_points),
        ("tự chấm", row.self_points),
        (scored, row.points),
        ("bị trừ", row.lost),
    )
    return ", ".join(f"{name} {printed(value)} điểm" for name, value in figures if value is not None)
