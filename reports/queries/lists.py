"""Reports one under the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, OuterRef, Prefetch, Q, QuerySet, Subquery, When

from accounts.models import Role, Unit, User
from accounts.queries import unit_ids_below
from assessments.workflow import PeriodState
from reports.kinds import BY_HOST
from reports.models import (
    Indicator,
    IndicatorGroup,
    IndicatorValue,
    IndicatorYear,
    Issue,
    Rendering,
    Report,
)
from reports.queries.issues import Given, given_to


@dataclass(frozen=True)
class Listed:
    """`latest` is of the issue in force, or of the draft while nothing was issued (`given` is None)."""

    report: Report
    latest: Rendering | None
    given: Given | None

    @property
    def state(self) -> str:
        """none, queued, failed or done; outdated: something was changed after the latest draft was made."""
        if self.latest is None:
            return "none"
        if self.given:
            return self.latest.state
        moments = [getattr(self.report, name) for name in _CHANGED]
        if self.report.record is not None:
            moments.append(self.report.record.entered_at)
        corrected = any(moment is not None and moment > self.latest.requested_at for moment in moments)
        if corrected or self.latest.report_version != self.report.version:
            return "outdated"
        return self.latest.state


_IN_ITS_YEARS = {"year__gte": OuterRef("first_year"), "year__lte": OuterRef("year")}
_CHANGED: Mapping[str, QuerySet[Any]] = {
    "group_changed_at": IndicatorGroup.objects.filter(unit=OuterRef("unit")),
    "indicator_changed_at": Indicator.objects.filter(group__unit=OuterRef("unit")),
    "year_changed_at": IndicatorYear.objects.filter(unit=OuterRef("unit"), **_IN_ITS_YEARS),
    "figure_changed_at": IndicatorValue.objects.filter(
        indicator__group__unit=OuterRef("unit"), **_IN_ITS_YEARS
    ),
}


def _last_changes() -> dict[str, Case]:
    """When what a summary of a stage rests on was changed last; None for reports about anything else."""
    of_stage = Q(first_year__isnull=False)
    return {
        name: Case(When(of_stage, then=Subquery(rows.order_by("-updated_at").values("updated_at")[:1])))
        for name, rows in _CHANGED.items()
    }


def visible_reports(user: User, *, unit: str = "", year: int | None = None) -> QuerySet[Report]:
    """Those `sees_report` allows, of units whose name has the words of `unit`, about `year`."""
    own = user.units_as(Role.OFFICER, Role.UNIT_LEADER)
    above = user.units_as(Role.COORDINATOR, Role.LEADER)
    below = unit_ids_below(above) if above else set()
    found = Report.objects.filter(Q(unit__in=below) | (Q(unit__in=own) & ~Q(kind__in=BY_HOST)))
    found = found.filter(
        Q(assessment=None)
        | Q(assessment__period__state=PeriodState.PUBLISHED)
        | Q(unit__in=own)
        | Q(assessment__period__host__in=above)
    )
    found = found.filter(
        Q(session=None) | Q(session__period__state=PeriodState.PUBLISHED) | Q(session__period__host__in=above)
    )
    if unit.strip():
        found = found.filter(unit__in=Unit.objects.search(unit))
    if year is not None:
        found = found.filter(year=year)
    return (
        found.annotate(**_last_changes())
        .select_related("unit", "updated_by", "record", "result__assessment__period__publication")
        .defer("content")
        .prefetch_related(
            Prefetch("renderings", Rendering.objects.defer("pdf", "docx"), to_attr="printed"),
            Prefetch("issues", Issue.objects.defer("data").order_by("-ordinal"), to_attr="issued"),
        )
    )


def listed(report: Report) -> Listed:
    """Of a report from `visible_reports`."""
    if not report.issued:
        return Listed(report, report.printed[0] if report.printed else None, None)
    issue = report.issued[0]
    made = [one for one in report.printed if one.issue_id == issue.pk]
    return Listed(report, max(made, key=lambda one: one.ordinal), given_to(issue, made))
