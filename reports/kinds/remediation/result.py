"""What the result says: total, rank, self total, and what contradicts itself in it."""

from __future__ import annotations

from dataclasses import replace

from assessments.outcome import Outcome, OutcomeRow
from reports.document import Block, Blocks, Paragraph, Run
from reports.kinds.content import Content
from reports.kinds.remediation.tables import area_table, notes_of
from reports.kinds.results import adjustments, announced, contradictions, rank
from reports.kinds.wording import is_complete, printed, sentence, within

PARTIAL = "Tại các lĩnh vực có công bố điểm, số điểm bị trừ là "


def result_section(outcome: Outcome, content: Content, *, has_appendix: bool) -> Blocks:
    losing = [row for area in outcome.areas for row in (area.children or (area,)) if row.lost > 0]
    place = rank(outcome)
    runs = (
        Run(sentence(f"{announced(outcome, content)}Chỉ số CCHC năm {outcome.year} của ")),
        Run(f"{content.head.full_name} đạt "),
        Run(f"{printed(outcome.total)}/{printed(outcome.max_total)} điểm", bold=True),
        *((Run(", xếp thứ "), Run(place, bold=True), Run(f" {within(outcome.group_name)}")) if place else ()),
        Run(f", xếp loại {outcome.grade}" if outcome.grade else ""),
        Run(_self_total(outcome)),
        Run(". "),
        *(
            (
                Run("Số điểm bị trừ so với điểm tối đa là " if is_complete(outcome) else PARTIAL),
                Run(f"{printed(outcome.lost)} điểm", bold=True),
                Run(f", tại {_spread(losing, outcome)}. "),
            )
            if losing
            else ()
        ),
        Run(adjustments(outcome)),
        Run("Điểm của từng lĩnh vực như sau:"),
    )
    notes = notes_of(outcome, rows=outcome.areas, others=contradictions(outcome))
    blocks: list[Block] = [Paragraph(runs, keep_with_next=True), replace(area_table(outcome), notes=notes)]
    if has_appendix:
        blocks.append(Paragraph.of("Điểm của từng tiêu chí được nêu tại Phụ lục kèm theo Báo cáo này."))
    return tuple(blocks)


def _self_total(outcome: Outcome) -> str:
    total = outcome.self_total if outcome.declared_self_total is None else outcome.declared_self_total
    if total is None:
        return ""
    # Recorded sources leave self-points out for other reasons.
    central = not outcome.is_recorded and any(
        row.self_points is None and row.max_points for row in outcome.rows() if not row.children
    )
    note = ", chưa gồm các tiêu chí đơn vị không tự chấm" if central else ""
    return f" (đơn vị tự chấm {printed(total)} điểm{note})"


def _spread(losing: list[OutcomeRow], outcome: Outcome) -> str:
    areas = f"{sum(area.lost > 0 for area in outcome.areas)} lĩnh vực"
    criteria = sum(row.depth > 0 for row in losing)
    return f"{criteria} tiêu chí thuộc {areas}" if criteria else areas
