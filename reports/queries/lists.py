"""Reports one under the other."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Role, Unit, User
from accounts.queries import unit_ids_below
from assessments.workflow import PeriodState
from reports.kinds import BY_HOST
from reports.models import Issue, Rendering, Report
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
        record = self.report.record
        corrected = record is not None and record.entered_at > self.latest.requested_at
        if corrected or self.latest.report_version != self.report.version:
            return "outdated"
        return self.latest.state


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
    if unit.strip():
        found = found.filter(unit__in=Unit.objects.search(unit))
    if year is not None:
        found = found.filter(year=year)
    return (
        found.select_related("unit", "updated_by", "record", "result__assessment__period__publication")
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
