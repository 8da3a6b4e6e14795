"""Ask for the documents of a report and keep them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from assessments.queries.tasks import is_under_way
from reports.actions.trail import lacking_codes, record
from reports.kinds import UnknownCodes
from reports.models import Rendering, Report
from reports.permissions import sees_report
from reports.queries.printing import renderings_of
from reports.queries.reports import digest, opened
from reports.queries.words import filling_for


@transaction.atomic
def request_rendering(*, report: Report, enqueue: Callable[[int], str], by: User, now: datetime) -> Rendering:
    """PDF and DOCX of the report as it stands, asked for unless it is made or being made already.

    `enqueue` takes the rendering's id and returns its task's; both are stored in this transaction.
    Refusal where the document can't be built.
    """
    if not by.is_active or not sees_report.test(by, report):
        raise PermissionDenied
    try:
        whole = opened(report)
        document = whole.build()
    except UnknownCodes as error:
        raise lacking_codes(error.codes) from error
    filling = filling_for(report, whole)
    rendering, wanted = renderings_of(report).get_or_create(
        report_version=report.version,
        text_sha256=digest(document, filling.mark if filling else ""),
        defaults={
            "report": report,
            "requested_at": now,
            "requested_by": by,
            **(filling.columns if filling else {}),
        },
    )
    if wanted or _taken_up(rendering, by=by, now=now):
        queue(rendering, enqueue=enqueue)
        record("request_document", report, by=by, now=now, after={"rendering": rendering.pk})
    rendering.refresh_from_db(
        fields=["state", "task_id", "finished_at", "requested_at", "sha256", "docx_sha256"]
    )
    return rendering


@transaction.atomic
def request_again(*, rendering: Rendering, enqueue: Callable[[int], str], by: User, now: datetime) -> None:
    """Have a document of an issue made that could not be made before; its words are those of the issue."""
    report = rendering.report
    if not by.is_active or not sees_report.test(by, report):
        raise PermissionDenied
    if _taken_up(rendering, by=by, now=now):
        queue(rendering, enqueue=enqueue)
        record("request_document", report, by=by, now=now, after={"rendering": rendering.pk})


def queue(rendering: Rendering, *, enqueue: Callable[[int], str]) -> None:
    """Put the making of a new row into the queue; row and task are stored together or not at all."""
    Rendering.objects.filter(pk=rendering.pk).update(task_id=enqueue(rendering.pk))


def store_rendering(
    *, rendering_id: int, pdf: bytes, docx: bytes, docx_notice: str = "", now: datetime
) -> bool:
    """Keep a finished document; False if another worker was first, whose document then stays."""
    return bool(
        Rendering.objects.filter(pk=rendering_id, state=Rendering.State.QUEUED).update(
            state=Rendering.State.DONE,
            pdf=pdf,
            sha256=hashlib.sha256(pdf).hexdigest(),
            docx=docx,
            docx_sha256=hashlib.sha256(docx).hexdigest(),
            docx_notice=docx_notice,
            finished_at=now,
        )
    )


def fail_rendering(*, rendering_id: int, now: datetime) -> None:
    """Give up a document that can't be made; a finished one stays."""
    Rendering.objects.filter(pk=rendering_id, state=Rendering.State.QUEUED).update(
        state=Rendering.State.FAILED, finished_at=now
    )


def _taken_up(rendering: Rendering, *, by: User, now: datetime) -> bool:
    """Whether it failed or was lost, and this person is the one who has it made again."""
    if not _is_to_be_made_again(rendering):
        return False
    # Of two who ask at once one gets the row; the other's condition no longer holds.
    seen = Rendering.objects.filter(pk=rendering.pk, state=rendering.state, task_id=rendering.task_id)
    asked = {"requested_at": now} if rendering.issue_id else {"requested_at": now, "requested_by": by}
    return bool(seen.update(state=Rendering.State.QUEUED, finished_at=None, task_id="", **asked))


def _is_to_be_made_again(rendering: Rendering) -> bool:
    if rendering.state == Rendering.State.QUEUED:
        return not is_under_way(rendering.task_id)
    return rendering.state == Rendering.State.FAILED
