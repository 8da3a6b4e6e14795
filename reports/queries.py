"""Reports and the results they are about, read together."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import Role, User
from assessments.models import RecordedResult, Result
from assessments.outcome import Outcome
from assessments.queries.outcomes import (
    outcome_of_record,
    outcome_of_result,
    published_results,
    recorded_results,
)
from reports.contents import read_content
from reports.document import Document
from reports.models import Rendering, Report
from reports.remediation import build


def reports() -> QuerySet[Report]:
    return Report.objects.select_related(
        "unit__parent__parent__parent",
        "record__host",
        "record__unit",
        "updated_by",
        "result__publication",
        "result__assessment__unit",
        "result__assessment__period__host",
        "result__assessment__cohort__criteria_set",
    )


def visible_reports(user: User) -> QuerySet[Report]:
    """Those `sees_report` allows."""
    own = user.units_as(Role.OFFICER, Role.UNIT_LEADER)
    above = user.units_as(Role.COORDINATOR, Role.LEADER)
    return reports().filter(
        Q(unit__in=own)
        | Q(unit__in=above)
        | Q(unit__parent__in=above)
        | Q(unit__parent__parent__in=above)
        | Q(unit__parent__parent__parent__in=above)
    )


@dataclass(frozen=True)
class Reportable:
    """A result that its unit has not reported on yet."""

    source: str
    pk: int
    unit_name: str
    year: int


def reportable(user: User) -> list[Reportable]:
    units = user.units_as(Role.OFFICER)
    results = published_results().filter(assessment__unit__in=units, total__isnull=False, reports=None)
    records = recorded_results().filter(unit__in=units, reports=None)
    return [
        *(Reportable("result", r.pk, str(r.assessment.unit), r.assessment.period.year) for r in results),
        *(Reportable("record", r.pk, str(r.unit), r.year) for r in records),
    ]


def outcome_of(report: Report) -> Outcome:
    return outcome_of_record(report.record) if report.record else outcome_of_result(report.result)


def document_of(report: Report) -> Document:
    return build(outcome_of(report), read_content(report.content))


def latest_rendering(report: Report) -> Rendering | None:
    """Without its bytes."""
    return report.renderings.defer("pdf").filter(report_version=report.version).first()


def source_of(kind: str, pk: int) -> Result | RecordedResult | None:
    """What a new report is to be about: a "result" published here or a "record"."""
    found = published_results() if kind == "result" else recorded_results()
    return found.filter(pk=pk).first()
