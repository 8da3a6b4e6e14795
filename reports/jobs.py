"""Work done in the background, one task per document."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from accounts.models import User
from reports.actions import fail_rendering, request_rendering, store_rendering
from reports.models import Rendering, Report
from reports.pdf import render_pdf
from reports.queries import document_of, reports


@task()
def render(rendering_id: int) -> None:
    """Make the document of a rendering, unless the report was changed meanwhile or it is done already."""
    rendering = Rendering.objects.defer("pdf").get(pk=rendering_id)
    if rendering.state != Rendering.State.QUEUED:
        return
    report = reports().get(pk=rendering.report_id)
    if report.version != rendering.report_version:
        fail_rendering(rendering_id=rendering_id, now=timezone.now())
        return
    try:
        pdf = render_pdf(document_of(report), tagged=True)
    except Exception:
        fail_rendering(rendering_id=rendering_id, now=timezone.now())
        raise
    store_rendering(rendering_id=rendering_id, pdf=pdf, now=timezone.now())


def start_rendering(*, report: Report, by: User, now: datetime) -> Rendering:
    """Ask for the document of a report; the task is queued in the same transaction."""
    with transaction.atomic():
        rendering, wanted = request_rendering(report=report, by=by, now=now)
        if wanted:
            render.enqueue(rendering.pk)
    return rendering
