"""What a period still lacks before its units may begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.dates import format_moment
from assessments.models import Period
from assessments.queries.leaves import needs_target
from assessments.queries.periods import cohorts_of
from assessments.queries.targets import assigned_by_cohort
from criteria.queries import stored_tree


@dataclass(frozen=True)
class OpeningCheck:
    """`missing` blocks; `warnings` can be mended while the period is open."""

    missing: tuple[str, ...]
    warnings: tuple[str, ...]


def opening_check(period: Period, *, now: datetime) -> OpeningCheck:
    cohorts = cohorts_of(period)
    missing = [] if cohorts else ["chưa có nhóm xếp hạng nào"]
    missing += [f"nhóm “{cohort.name}” chưa có đơn vị" for cohort in cohorts if not cohort.unit_count]
    if period.deadline <= now:
        missing.append(f"hạn tự chấm điểm đã qua ({format_moment(period.deadline)})")
    assigned = assigned_by_cohort(period)
    warnings = []
    for cohort in cohorts:
        wanted = [leaf for leaf in stored_tree(cohort.criteria_set).tree.leaves() if needs_target(leaf)]
        absent = len(wanted) * cohort.unit_count - assigned.get(cohort.pk, 0)
        if absent > 0:
            codes = ", ".join(leaf.code for leaf in wanted)
            warnings.append(f"nhóm “{cohort.name}” còn thiếu {absent} chỉ tiêu giao (tiêu chí {codes})")
    return OpeningCheck(tuple(missing), tuple(warnings))
