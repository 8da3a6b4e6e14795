"""Work done in the background, one task per document."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django_tasks import task

from accounts.models import User
from reports.actions.rendering import fail_rendering, request_rendering, store_rendering
from reports.document import Document
from reports.models import Rendering, Report
from reports.pdf import render_pdf
from reports.queries.issues import numbered
from reports.queries.reports import digest, document_of, reports
from reports.queries.words import filling_of, print_word


class Superseded(Exception):
    """The report or its result was changed while its document waited; the present one is asked for anew."""


@task()
def render(rendering_id: int) -> None:
    """Make the document that was asked for, and no other; nothing to do where it is made already.

    A worker that is killed leaves the rendering queued; whoever is given the task next makes it.
    """
    rendering = Rendering.objects.defer("pdf", "docx").get(pk=rendering_id)
    if rendering.state != Rendering.State.QUEUED:
        return
    try:
        document, filling = _document(rendering), filling_of(rendering)
        pdf, word = render_pdf(document, tagged=True), print_word(document, filling)
    except Superseded:
        fail_rendering(rendering_id=rendering_id, now=timezone.now())
        return
    except Exception:
        fail_rendering(rendering_id=rendering_id, now=timezone.now())
        raise
    store_rendering(
        rendering_id=rendering_id, pdf=pdf, docx=word.docx, docx_notice=word.notice, now=timezone.now()
    )


def _document(rendering: Rendering) -> Document:
    """Of an issue from its own data alone, whatever became of the report."""
    if rendering.issue is not None:
        return numbered(rendering.issue.document, rendering.number, rendering.issued_on)
    report = reports().get(pk=rendering.report_id)
    document, filling = document_of(report), filling_of(rendering)
    asked_for = (rendering.report_version, rendering.text_sha256)
    if (report.version, digest(document, filling.mark if filling else "")) != asked_for:
        raise Superseded
    return document


def start_rendering(*, report: Report, by: User, now: datetime) -> Rendering:
    """Ask for the document of a report from `queries.reports()`; its task is queued with it or not at all."""
    return request_rendering(report=report, enqueue=enqueue, by=by, now=now)


def enqueue(rendering_id: int) -> str:
    """The task that makes it."""
    return str(render.enqueue(rendering_id).id)
