"""Documents of a whole cohort: what can be made for whom, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import Role, User
from assessments.models import Assessment, Cohort
from assessments.queries.outcomes import in_force, published_results
from assessments.queries.tasks import under_way
from assessments.workflow import PeriodState
from reports.kinds import KINDS, About, Kind
from reports.models import Batch, BatchItem, Report
from reports.queries.subjects import Subject, subject_of

ABOUT = (About.ASSESSMENT, About.RESULT)
DONE, FAILED, QUEUED = BatchItem.State.DONE, BatchItem.State.FAILED, BatchItem.State.QUEUED


def kinds_in_bulk() -> list[Kind[Any]]:
    """Those that one unit's sheet or result gives."""
    return [kind for kind in KINDS.values() if kind.about in ABOUT]


def cohorts_to_print(user: User) -> QuerySet[Cohort]:
    """Of the periods this person coordinates that have sheets, newest first."""
    hosts = user.units_as(Role.COORDINATOR)
    return (
        Cohort.objects.in_context()
        .filter(period__host__in=hosts)
        .exclude(period__state=PeriodState.PREPARING)
        .order_by("-period__year", "-period", "position", "pk")
    )


def why_none(kind: Kind[Any], cohort: Cohort) -> str:
    """Why no unit of the cohort can have such a document; empty where some could."""
    state = cohort.period.state
    if state == PeriodState.PREPARING:
        return "Kỳ đánh giá chưa mở nên chưa có phiếu nào."
    if kind.about is About.RESULT and state != PeriodState.PUBLISHED:
        return "Kết quả chưa được công bố nên chưa có báo cáo nào về kết quả."
    return ""


@dataclass(frozen=True)
class Prospect:
    """What there is to print for a unit: its own report, or without one (None) its sheet as it stands."""

    report: int | None
    why_not: str = ""


def prospects(kind: Kind[Any], sheets: Sequence[Assessment]) -> dict[int, Prospect]:
    """By sheet, in a number of queries that no number of sheets changes; they come from `in_context()`."""
    if kind.about is About.RESULT:
        results = in_force(published_results()).filter(assessment__in=sheets).order_by("pk")
        subjects = {result.assessment_id: subject_of(result) for result in results}
    else:
        subjects = {sheet.pk: subject_of(sheet) for sheet in sheets}
    written = _written(kind, subjects)
    return {sheet.pk: _prospect(kind, subjects.get(sheet.pk), written.get(sheet.pk)) for sheet in sheets}


def _written(kind: Kind[Any], subjects: Mapping[int, Subject]) -> dict[int, int]:
    """The reports of that kind by sheet."""
    rows = Report.objects.filter(kind=kind.name).order_by("pk")
    if kind.about is About.RESULT:
        results = [subject.result for subject in subjects.values()]
        return dict(rows.filter(result__in=results).values_list("result__assessment", "pk"))
    return dict(rows.filter(assessment__in=subjects).values_list("assessment", "pk"))


def _prospect(kind: Kind[Any], subject: Subject | None, report: int | None) -> Prospect:
    if subject is None:
        return Prospect(None, "Đơn vị không có kết quả được công bố.")
    if why_not := subject.why_not(kind):
        return Prospect(None, why_not)
    # A kind with parts speaks in the unit's words: nobody begins it in its place.
    if report is None and kind.parts:
        return Prospect(None, _unwritten(subject))
    return Prospect(report)


def _unwritten(subject: Subject) -> str:
    if subject.result is not None and subject.result.publication.is_correction:
        return "Đơn vị chưa lập báo cáo này theo kết quả đã đính chính."
    return "Đơn vị chưa lập báo cáo này."


def items_to_print() -> QuerySet[BatchItem]:
    """With everything that printing one of them reads."""
    return BatchItem.objects.select_related(
        "batch__requested_by",
        "assessment__unit__parent",
        "assessment__period__host",
        "assessment__cohort__criteria_set",
    ).defer("pdf", "docx")


def batches_of(user: User) -> QuerySet[Batch]:
    """Of the hosts that this person coordinates or leads, with their counts, newest first."""
    hosts = user.units_as(Role.COORDINATOR, Role.LEADER)
    counts = {state.value: Count("items", filter=Q(items__state=state)) for state in BatchItem.State}
    return batches().filter(cohort__period__host__in=hosts).annotate(**counts).order_by("-pk")


def batches() -> QuerySet[Batch]:
    """With everything that permissions and page heads read."""
    return Batch.objects.select_related("cohort__period__host", "requested_by")


def unfinished(cohort: Cohort, kind: Kind[Any]) -> Batch | None:
    found = Batch.objects.filter(cohort=cohort, kind=kind.name, items__state=QUEUED)
    return found.order_by("pk").first()


@dataclass(frozen=True)
class Progress:
    """`lost` items are queued too, but no task works on them any more."""

    done: int
    failed: int
    queued: int
    lost: int

    @property
    def total(self) -> int:
        return self.done + self.failed + self.queued

    @property
    def waiting(self) -> int:
        return self.queued - self.lost

    @property
    def settled(self) -> int:
        return self.total - self.waiting

    @property
    def to_retry(self) -> int:
        return self.failed + self.lost


def progress_of(batch: Batch) -> Progress:
    counted = dict(batch.items.order_by().values_list("state").annotate(Count("pk")))
    queued = counted.get(QUEUED, 0)
    return Progress(
        done=counted.get(DONE, 0),
        failed=counted.get(FAILED, 0),
        queued=queued,
        lost=len(lost_items(batch)) if queued else 0,
    )


def lost_items(batch: Batch) -> list[BatchItem]:
    """Queued, but given up by the queue or lost by a restore."""
    queued = list(batch.items.filter(state=QUEUED).defer("pdf", "docx"))
    known = under_way(item.task_id for item in queued)
    return [item for item in queued if item.task_id not in known]


def failures_of(batch: Batch) -> QuerySet[BatchItem]:
    """In the order of units."""
    found = batch.items.filter(state=FAILED).defer("pdf", "docx")
    return found.select_related("assessment__unit").order_by("pk")
