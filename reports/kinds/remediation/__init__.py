"""`remediation_result`: what a unit did about the points it lost in last year's result.

Every figure, sum, rank and list comes from the Outcome; people write only the narrative texts of Content.
"""

from __future__ import annotations

from functools import partial

from assessments.outcome import Outcome
from reports.kinds import results
from reports.kinds.checks import unwritten
from reports.kinds.content import Content
from reports.kinds.kind import AREA, CLOSING, CRITERION, Kind, Part, Problem, Severity, Suggestion
from reports.kinds.names import Name
from reports.kinds.reasons import unexplained
from reports.kinds.remediation.report import write

WORK, PLAN = "Tổ chức triển khai và kết quả thực hiện", "Khó khăn và nhiệm vụ năm sau"


def _suggestions(outcome: Outcome) -> tuple[Suggestion, ...]:
    return (
        *results.unexplained_losses(outcome, "remedies"),
        *results.lowest_areas(outcome, "tasks"),
    )


def _checks(outcome: Outcome, content: Content) -> tuple[Problem, ...]:
    whole_areas = [row for row in outcome.unexplained_rows if not row.depth]
    return (
        *results.problems(outcome, content),
        *(Problem(text, Severity.WARNS, "remedies") for text in unexplained(whole_areas)),
        *(
            unwritten(content, "remedies", "kết quả khắc phục", "remedies_by_code")
            if outcome.lost > 0
            else ()
        ),
        *unwritten(content, "difficulties", "khó khăn, vướng mắc"),
        *unwritten(content, "tasks", "nhiệm vụ, giải pháp", "tasks_by_area"),
    )


REMEDIATION_RESULT: Kind[Outcome] = Kind(
    name=Name.REMEDIATION_RESULT,
    slug="khac-phuc",
    parts=(
        Part("organisation", "Tình hình tổ chức triển khai", group=WORK),
        Part("remedies", "Kết quả khắc phục chung", group=WORK),
        Part(
            "remedies_by_code",
            "Kết quả khắc phục từng tiêu chí bị trừ điểm",
            by=CRITERION,
            group=WORK,
            rows=3,
        ),
        Part("difficulties", "Khó khăn, vướng mắc", group=PLAN),
        Part("tasks", "Nhiệm vụ, giải pháp chung", group=PLAN),
        Part("tasks_by_area", "Nhiệm vụ theo lĩnh vực", by=AREA, group=PLAN, rows=3),
        CLOSING,
    ),
    write=write,
    checks=_checks,
    entries=results.entries,
    suggestions=_suggestions,
    beside=partial(results.losses_of_both_years, part="tasks"),
    goes_up=True,
)
