"""What the result says: total, rank, self total, and what contradicts itself in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from assessments.outcome import Outcome, OutcomeRow, total_of
from reports.citations import Citation
from reports.document import Block, Blocks, Paragraph, Run
from reports.remediation.content import Content
from reports.remediation.tables import area_table
from reports.remediation.wording import is_complete, printed, sentence, within

PARTIAL = "Tại các lĩnh vực có công bố điểm, số điểm bị trừ là "


def result_section(outcome: Outcome, content: Content, *, has_appendix: bool) -> Blocks:
    losing = [row for area in outcome.areas for row in (area.children or (area,)) if row.lost > 0]
    rank = _rank(outcome)
    runs = (
        Run(sentence(f"{_announced(outcome, content)}Chỉ số CCHC năm {outcome.year} của ")),
        Run(f"{content.head.issuer_name} đạt "),
        Run(f"{printed(outcome.total)}/{printed(outcome.max_total)} điểm", bold=True),
        *((Run(", xếp thứ "), Run(rank, bold=True), Run(f" {within(outcome.group_name)}")) if rank else ()),
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
        Run(_adjustments(outcome)),
        Run("Điểm của từng lĩnh vực như sau:"),
    )
    notes = tuple(f"Ghi chú: {remark}" for remark in _contradictions(outcome))
    blocks: list[Block] = [Paragraph(runs, keep_with_next=True), replace(area_table(outcome), notes=notes)]
    if has_appendix:
        blocks.append(Paragraph.of("Điểm của từng tiêu chí được nêu tại Phụ lục kèm theo Báo cáo này."))
    return tuple(blocks)


def _announced(outcome: Outcome, content: Content) -> str:
    if not (decision := outcome.decision):
        return ""
    citation = Citation(decision.kind, decision.number, decision.issued_on, decision.issuer)
    known = any(cited.short == citation.short for cited in content.basis)
    return f"theo {citation.short if known else citation.full}, "


def _rank(outcome: Outcome) -> str:
    if outcome.rank is None:
        return ""
    return f"{outcome.rank}/{outcome.group_size}" if outcome.group_size else str(outcome.rank)


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


def _adjustments(outcome: Outcome) -> str:
    text = ""
    if outcome.is_rebased:
        reached = f"{printed(outcome.base_points)}/{printed(outcome.applicable)} điểm"
        text += (
            f"Không tính các tiêu chí không áp dụng, các lĩnh vực đạt {reached}, "
            f"được quy đổi về thang {printed(outcome.max_total)} điểm. "
        )
    extras = [
        f"{name} {printed(abs(value))} điểm"
        for name, value in (("điểm thưởng", outcome.bonus), ("điểm trừ", outcome.penalty))
        if value
    ]
    return text + (f"Tổng điểm đã tính {' và '.join(extras)}. " if extras else "")


def _contradictions(outcome: Outcome) -> Iterable[str]:
    """Printed totals that their own parts contradict; totals computed here cannot."""
    self_sum, declared = total_of(area.self_points for area in outcome.areas), outcome.declared_self_total
    if self_sum is not None and declared is not None and self_sum != declared:
        yield _difference("điểm tự chấm", self_sum, declared, "cộng điểm tự chấm của các lĩnh vực")
    points, maximum = outcome.base_points, outcome.applicable
    if outcome.is_recorded and outcome.total is not None and points is not None:
        total = points + outcome.bonus + outcome.penalty
        if maximum == outcome.max_total and total != outcome.total:
            how = "cộng điểm của các lĩnh vực, điểm thưởng và điểm trừ"
            yield _difference("tổng điểm", total, outcome.total, how)


def _difference(what: str, added: Decimal, declared: Decimal, how: str) -> str:
    return (
        f"{what} đã công bố là {printed(declared)} điểm; {how} là {printed(added)} điểm, "
        f"chênh lệch {printed(abs(added - declared))} điểm, cần đối chiếu lại."
    )
