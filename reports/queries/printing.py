"""The documents of a report: how far they are, and those made before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from assessments.queries.tasks import under_way
from reports.document import Document
from reports.models import Rendering, Report
from reports.queries.reports import digest
from reports.queries.words import Filling

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


def printing_of(report: Report, document: Document, filling: Filling | None, *, now: datetime) -> Printing:
    """Of the document as it would be printed now."""
    wanted = digest(document, filling.mark if filling else "")
    found = renderings_of(report).filter(report_version=report.version, text_sha256=wanted).first()
    return printing(found, now=now)


def printing(rendering: Rendering | None, *, now: datetime) -> Printing:
    return printings([rendering], now=now)[0] if rendering else Printing(None)


def printings(renderings: Sequence[Rendering], *, now: datetime) -> list[Printing]:
    """Of several at one stroke."""
    waiting = [one for one in renderings if one.state == Rendering.State.QUEUED]
    worked_on = under_way(one.task_id for one in waiting)
    return [
        Printing(
            one,
            is_lost=one in waiting and one.task_id not in worked_on,
            is_slow=one in waiting and now - one.requested_at > USUALLY_DONE_WITHIN,
        )
        for one in renderings
    ]


def renderings_of(report: Report) -> QuerySet[Rendering]:
    """Of its drafts, without their bytes."""
    return without_bytes(report.renderings.filter(issue=None))


def without_bytes(renderings: QuerySet[Rendering]) -> QuerySet[Rendering]:
    """With the template they were made by, as far as pages name it."""
    bytes_of = ("pdf", "docx", "template_extras", "template__content", "template__trial", "template__remarks")
    return renderings.select_related("template").defer(*bytes_of)


def earlier_documents(report: Report, printing: Printing) -> QuerySet[Rendering]:
    """Documents that were made before, newest first; they stay as they are."""
    current = printing.rendering.pk if printing.rendering else None
    done = renderings_of(report).filter(state=Rendering.State.DONE)
    return done.exclude(pk=current).select_related("requested_by")
