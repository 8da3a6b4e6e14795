"""Reports and the results they are about, read together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accounts.models import Role, Unit, User
from accounts.queries import unit_ids_below
from assessments.models import RecordedResult, Result
from assessments.outcome import Outcome
from assessments.queries.outcomes import (
    in_force,
    outcome_of_record,
    outcome_of_result,
    published_results,
    recorded_results,
)
from reports.contents import read_content
from reports.document import Document, plain_text
from reports.models import Rendering, Report
from reports.remediation import build

UNDER_WAY = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
USUALLY_DONE_WITHIN = timedelta(minutes=1)
RESULT, RECORD = "result", "record"
# Raised when reports of the same words are to look otherwise or come in another format: documents made before
# stay as they are, and a new one can be asked for.
LAYOUT = 2


# One report


def reports() -> QuerySet[Report]:
    """With everything that permissions, page heads and documents read."""
    return Report.objects.select_related(
        "unit__parent__parent__parent",
        "updated_by",
        "record__host",
        "record__unit",
        "result__publication",
        "result__assessment__unit",
        "result__assessment__period__host",
        "result__assessment__period__publication",
        "result__assessment__cohort__criteria_set",
    )


def guarded_reports() -> QuerySet[Report]:
    """With what permissions read, and no more."""
    return Report.objects.select_related("unit__parent__parent__parent").defer("content")


def outcome_of(report: Report) -> Outcome:
    return outcome_of_record(report.record) if report.record else outcome_of_result(report.result)


def document_of(report: Report) -> Document:
    """UnknownCodes where a text belongs to a code that the result has lost since."""
    return build(outcome_of(report), read_content(report.content))


def digest(document: Document) -> str:
    """SHA-256 of the layout's number and every printed word."""
    return hashlib.sha256(f"{LAYOUT}\n{plain_text(document)}".encode()).hexdigest()


# Its documents


@dataclass(frozen=True)
class Printing:
    """How far the files of one document are. `is_lost`: it was asked for, but nothing works on it any more."""

    rendering: Rendering | None
    is_lost: bool = False
    is_slow: bool = False

    @property
    def state(self) -> str:
        if self.rendering is None:
            return "none"
        return "lost" if self.is_lost else self.rendering.state


def printing_of(report: Report, document: Document, *, now: datetime) -> Printing:
    """Of the document as it would be printed now."""
    found = renderings_of(report).filter(report_version=report.version, text_sha256=digest(document)).first()
    return printing(found, now=now)


def printing(rendering: Rendering | None, *, now: datetime) -> Printing:
    queued = rendering is not None and rendering.state == Rendering.State.QUEUED
    return Printing(
        rendering,
        is_lost=queued and not is_under_way(rendering),
        is_slow=queued and now - rendering.requested_at > USUALLY_DONE_WITHIN,
    )


def is_under_way(rendering: Rendering) -> bool:
    """Whether a task that waits or runs will finish it: killed for good, lost by a restore, there is none."""
    known = (
        DBTaskResult.objects.filter(pk=rendering.task_id)
        if rendering.task_id
        else DBTaskResult.objects.none()
    )
    return known.filter(status__in=UNDER_WAY).exists()


def renderings_of(report: Report) -> QuerySet[Rendering]:
    """Without their bytes."""
    return report.renderings.defer("pdf", "docx")


def earlier_documents(report: Report, printing: Printing) -> QuerySet[Rendering]:
    """Documents that were made before, newest first; they stay as they are."""
    current = printing.rendering.pk if printing.rendering else None
    done = renderings_of(report).filter(state=Rendering.State.DONE)
    return done.exclude(pk=current).select_related("requested_by")


# Lists


@dataclass(frozen=True)
class Listed:
    report: Report
    latest: Rendering | None

    @property
    def state(self) -> str:
        """none, queued, failed or done; outdated: something was changed after the latest one was made."""
        if self.latest is None:
            return "none"
        record = self.report.record
        corrected = record is not None and record.entered_at > self.latest.requested_at
        if corrected or self.latest.report_version != self.report.version:
            return "outdated"
        return self.latest.state


def visible_reports(user: User, *, unit: str = "", year: int | None = None) -> QuerySet[Report]:
    """Those `sees_report` allows, of units whose name has the words of `unit`, about `year`."""
    own = user.units_as(Role.OFFICER, Role.UNIT_LEADER)
    above = user.units_as(Role.COORDINATOR, Role.LEADER)
    within = own | (unit_ids_below(above) if above else set())
    found = Report.objects.filter(unit__in=within)
    if unit.strip():
        found = found.filter(unit__in=Unit.objects.search(unit))
    if year is not None:
        found = found.filter(Q(record__year=year) | Q(result__assessment__period__year=year))
    return (
        found.select_related("unit", "updated_by", "record", "result__assessment__period__publication")
        .defer("content")
        .prefetch_related(Prefetch("renderings", Rendering.objects.defer("pdf", "docx"), to_attr="printed"))
    )


def listed(report: Report) -> Listed:
    """Of a report from `visible_reports`."""
    return Listed(report, report.printed[0] if report.printed else None)


@dataclass(frozen=True)
class Reportable:
    """A result that its unit has not reported on yet; `source` and `pk` are what `source_of` takes."""

    source: str
    pk: int
    unit_name: str
    year: int


def reportable(user: User, *, year: int | None = None) -> list[Reportable]:
    """Of the units this person writes for, newest first."""
    units = user.units_as(Role.OFFICER)
    if not units:
        return []
    results = in_force(published_results()).filter(
        assessment__unit__in=units, total__isnull=False, reports=None
    )
    records = recorded_results().filter(unit__in=units, reports=None)
    found = [
        *(Reportable(RESULT, r.pk, r.assessment.unit.short_name, r.assessment.period.year) for r in results),
        *(Reportable(RECORD, r.pk, r.unit.short_name, r.year) for r in records),
    ]
    return sorted(
        (item for item in found if year is None or item.year == year),
        key=lambda item: (-item.year, item.unit_name, item.source, item.pk),
    )


def source_of(source: str, pk: int) -> Result | RecordedResult | None:
    """What a new report is to be about: a "result" published here and in force, or a "record"."""
    if source not in (RESULT, RECORD):
        return None
    found = in_force(published_results()) if source == RESULT else recorded_results()
    return found.filter(pk=pk).first()
