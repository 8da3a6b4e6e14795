"""The documents of a report: ask for them, follow their making, fetch them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.authorize import authorize
from assessments.workflow import Refusal
from reports import jobs
from reports.models import Rendering, Report
from reports.permissions import sees_report
from reports.queries.printing import printing, renderings_of
from reports.queries.reports import guarded_reports, reports

REPORTS = reports()
GUARDED = guarded_reports()
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_POST
@authorize(sees_report, report=REPORTS)
def report_render(request: HttpRequest, report: Report) -> HttpResponse:
    """Ask for the files; the page then follows its progress."""
    try:
        jobs.start_rendering(report=report, by=request.user, now=request.received_at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("report", report=report.pk)


@require_safe
@authorize(sees_report, report=GUARDED)
def report_status(request: HttpRequest, report: Report, rendering: int) -> HttpResponse:
    """How far one document of the report is."""
    found = renderings_of(report).filter(pk=rendering).first()
    if found is None:
        raise Http404
    context = {"report": report, "printing": printing(found, now=request.received_at)}
    return render(request, "reports/report.html#rendering", context)


@require_safe
@authorize(sees_report, report=GUARDED)
def report_pdf(request: HttpRequest, report: Report, rendering: int) -> HttpResponse:
    """One finished PDF of the report; its bytes never change."""
    found = _finished(report, rendering)
    return _file(found, found.pdf, "application/pdf", "inline", "pdf")


@require_safe
@authorize(sees_report, report=GUARDED)
def report_docx(request: HttpRequest, report: Report, rendering: int) -> HttpResponse:
    """The same document for Word."""
    found = _finished(report, rendering)
    if found.docx is None:
        raise Http404
    return _file(found, found.docx, DOCX, "attachment", "docx")


def _finished(report: Report, rendering: int) -> Rendering:
    found = report.renderings.filter(pk=rendering, state=Rendering.State.DONE).first()
    if found is None:
        raise Http404
    return found


def _file(found: Rendering, content: bytes, kind: str, disposition: str, ending: str) -> HttpResponse:
    name = f"{found.report.code}-{found.report_version}.{ending}"
    return HttpResponse(
        bytes(content),
        content_type=kind,
        headers={
            "Content-Disposition": f'{disposition}; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
