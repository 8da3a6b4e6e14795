"""What a period still lacks before its units may begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.dates import format_moment
from accounts.models import Membership, Role
from assessments.models import Period
from assessments.queries.assignments import assigned
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
    if period.self_closes <= now:
        missing.append(f"hạn tự chấm điểm đã qua ({format_moment(period.self_closes)})")
    targets = assigned_by_cohort(period)
    warnings = []
    for cohort in cohorts:
        wanted = [leaf for leaf in stored_tree(cohort.criteria_set).tree.leaves() if needs_target(leaf)]
        absent = len(wanted) * cohort.unit_count - targets.get(cohort.pk, 0)
        if absent > 0:
            codes = ", ".join(leaf.code for leaf in wanted)
            warnings.append(f"nhóm “{cohort.name}” còn thiếu {absent} chỉ tiêu giao (tiêu chí {codes})")
        if left := len(assigned(cohort).unassigned):
            warnings.append(f"nhóm “{cohort.name}” còn {left} tiêu chí chưa phân công thẩm định")
    without = _without_people(period)
    if without:
        warnings.append(f"chưa có cán bộ đầu mối hoặc lãnh đạo: {', '.join(without)}")
    return OpeningCheck(tuple(missing), tuple(warnings))


def _without_people(period: Period) -> list[str]:
    """Units in which nobody could score, or nobody could approve."""
    held = Membership.objects.filter(user__is_active=True, unit__assessments__period=period).order_by("pk")
    roles: dict[int, set[str]] = {}
    for unit_id, role in held.values_list("unit_id", "role"):
        roles.setdefault(unit_id, set()).add(role)
    sheets = period.assessments.select_related("unit").order_by("unit__sort_key", "unit__code")
    return [
        sheet.unit.short_name
        for sheet in sheets
        if not {Role.OFFICER, Role.UNIT_LEADER} <= roles.get(sheet.unit_id, set())
    ]
