"""The key figures of a report for its template: as printed, so that nothing is left to reckon."""

from __future__ import annotations

from collections.abc import Mapping

from assessments.outcome import Outcome
from criteria.points import format_percent
from reports.kinds import About
from reports.kinds.declared import Declared
from reports.kinds.index import IndexFacts
from reports.kinds.wording import printed

Meant = tuple[str, str]  # what a figure is, and a sample of it

_RESULT: Mapping[str, Meant] = {
    "year": ("Năm đánh giá", "2025"),
    "total": ("Tổng điểm", "78,25"),
    "max_total": ("Điểm tối đa của bộ tiêu chí", "100"),
    "lost": ("Tổng điểm bị trừ", "21,75"),
    "percent": ("Tỷ lệ điểm đạt trên điểm tối đa", "78,25%"),
    "self_total": ("Tổng điểm tự chấm", "84,5"),
    "rank": ("Thứ hạng trong nhóm", "3"),
    "group_size": ("Số đơn vị trong nhóm", "15"),
    "grade": ("Xếp loại", "Khá"),
    "previous_total": ("Tổng điểm năm trước", "75,5"),
    "previous_rank": ("Thứ hạng năm trước", "5"),
}
_DECLARED: Mapping[str, Meant] = {
    "year": ("Năm đánh giá", "2025"),
    "total": ("Tổng điểm tự chấm", "84,5"),
    "applicable": ("Điểm tối đa của phần đơn vị tự chấm", "91"),
    "max_total": ("Điểm tối đa của bộ tiêu chí", "100"),
}
OFFERED: Mapping[About, Mapping[str, Meant]] = {About.RESULT: _RESULT, About.ASSESSMENT: _DECLARED}


def figures_of(facts: object) -> dict[str, str]:
    """None for facts that no kind of figure is offered of."""
    if isinstance(facts, IndexFacts):
        return _of_result(facts.outcome, facts.before)
    if isinstance(facts, Outcome):
        return _of_result(facts, None)
    if isinstance(facts, Declared):
        return {
            "year": str(facts.year),
            "total": printed(facts.total),
            "applicable": printed(facts.applicable),
            "max_total": printed(facts.max_total),
        }
    return {}


def _of_result(outcome: Outcome, before: Outcome | None) -> dict[str, str]:
    """What isn't known is empty, as last year's figures in kinds that don't compare."""
    return {
        "year": str(outcome.year),
        "total": printed(outcome.total),
        "max_total": printed(outcome.max_total),
        "lost": printed(outcome.lost),
        "percent": "" if outcome.percent is None else format_percent(outcome.percent),
        "self_total": printed(outcome.self_total),
        "rank": _number(outcome.rank),
        "group_size": _number(outcome.group_size),
        "grade": outcome.grade,
        "previous_total": printed(before.total) if before else "",
        "previous_rank": _number(before.rank) if before else "",
    }


def _number(count: int | None) -> str:
    return "" if count is None else str(count)
