"""The documents of a report: how far they are, and those made before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from reports.document import Document
from reports.models import Rendering, Report
from reports.queries.reports import digest

UNDER_WAY = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
USUALLY_DONE_WITHIN = timedelta(minutes=1)


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
