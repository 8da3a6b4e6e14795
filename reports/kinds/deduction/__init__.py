"""`deduction_review`: where a unit lost points in its last result, why, and how it means to rise in rank."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from assessments.outcome import Outcome
from reports.kinds import results
from reports.kinds.checks import unwritten
from reports.kinds.content import Content
from reports.kinds.deduction.report import write
from reports.kinds.kind import AREA, CLOSING, Entry, Kind, Part, Problem, Suggestion
from reports.kinds.names import Name
from reports.kinds.wording import printed

FOUND, REMEDIES = "Tồn tại, hạn chế và nguyên nhân", "Giải pháp nâng vị trí xếp hạng"


def _entries(outcome: Outcome, by: str) -> tuple[Entry, ...]:
    """Remedies are for areas that lost points."""
    lost = {area.code: area.lost for area in outcome.areas}
    return tuple(
        replace(
            entry,
            help=f"Bị trừ {printed(lost[entry.code])} điểm." if lost[entry.code] > 0 else "",
            is_offered=lost[entry.code] > 0,
        )
        for entry in results.entries(outcome, by)
    )


def _suggestions(outcome: Outcome) -> tuple[Suggestion, ...]:
    return (
        *results.lowest_areas(outcome, "shortcomings"),
        *results.unexplained_losses(outcome, "causes"),
    )


def _checks(outcome: Outcome, content: Content) -> tuple[Problem, ...]:
    return (
        *results.problems(outcome, content),
        *(unwritten(content, "causes", "nguyên nhân bị trừ điểm") if outcome.lost > 0 else ()),
        *(unwritten(content, "remedies", "giải pháp", "remedies_by_area") if outcome.lost > 0 else ()),
    )


DEDUCTION_REVIEW: Kind[Outcome] = Kind(
    name=Name.DEDUCTION_REVIEW,
    slug="ra-soat",
    parts=(
        Part("shortcomings", "Tồn tại, hạn chế", group=FOUND),
        Part("causes", "Nguyên nhân", group=FOUND),
        Part(
            "issued",
            "Văn bản chỉ đạo đã ban hành",
            "Số, ngày và nội dung của văn bản đơn vị đã ban hành để khắc phục.",
            group=REMEDIES,
        ),
        Part("remedies", "Giải pháp chung", group=REMEDIES),
        Part("remedies_by_area", "Giải pháp theo lĩnh vực", by=AREA, group=REMEDIES, rows=3),
        Part("assignees_by_area", "Đơn vị, cá nhân chủ trì", by=AREA, group=REMEDIES, rows=1),
        Part("targets_by_area", "Mục tiêu", by=AREA, group=REMEDIES, rows=1),
        CLOSING,
    ),
    write=write,
    checks=_checks,
    entries=_entries,
    suggestions=_suggestions,
    beside=partial(results.losses_of_both_years, part="causes"),
    goes_up=True,
)
