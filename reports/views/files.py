"""The documents of a report: ask for them, follow their making, fetch them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from accounts.authorize import authorize
from accounts.files import file_answer
from assessments.filetypes.kinds import DOCX, PDF, FileType
from assessments.workflow import Refusal
from reports import jobs
from reports.actions.rendering import request_again
from reports.models import Rendering, Report
from reports.permissions import sees_report
from reports.queries.printing import printing
from reports.queries.reports import guarded_reports, reports

REPORTS = reports()
GUARDED = guarded_reports()


@require_POST
@authorize(sees_report, report=REPORTS)
def report_render(request: HttpRequest, report: Report) -> HttpResponse:
    """Ask for the files; the page then follows its progress."""
    try:
        jobs.start_rendering(report=report, by=request.user, now=request.received_at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("report", report=report.pk)


@require_POST
@authorize(sees_report, report=GUARDED)
def issue_again(request: HttpRequest, report: Report, rendering: int) -> HttpResponse:
    """Ask again for the files of an issue that could not be made."""
    found = _rendering(report, rendering)
    if found.issue is None:
        raise Http404
    request_again(rendering=found, enqueue=jobs.enqueue, by=request.user, now=request.received_at)
    return redirect("issue", report=report.pk, ordinal=found.issue.ordinal)


@require_safe
@authorize(sees_report, report=GUARDED)
def report_status(request: HttpRequest, report: Report, rendering: int) -> HttpResponse:
    """How far one document of the report is."""
    found = _rendering(report, rendering)
    context = {"report": report, "printing": printing(found, now=request.received_at)}
    return render(
        request, "reports/copy.html" if found.issue_id else "reports/report.html#rendering", context
    )


@require_safe
@authorize(sees_report, report=GUARDED)
def report_pdf(request: HttpRequest, report: Report, rendering: int) -> HttpResponse:
    """One finished PDF of the report; its bytes never change."""
    found = _finished(report, rendering)
    return _file(found, found.pdf, PDF)


@require_safe
@authorize(sees_report, report=GUARDED)
def report_docx(request: HttpRequest, report: Report, rendering: int) -> HttpResponse:
    """The same document for Word."""
    found = _finished(report, rendering)
    if found.docx is None:
        raise Http404
    return _file(found, found.docx, DOCX)


def _rendering(report: Report, pk: int) -> Rendering:
    found = report.renderings.defer("pdf", "docx").filter(pk=pk).select_related("requested_by").first()
    if found is None:
        raise Http404
    return found


def _finished(report: Report, rendering: int) -> Rendering:
    done = report.renderings.filter(pk=rendering, state=Rendering.State.DONE)
    found = done.select_related("issue").defer("issue__data").first()
    if found is None:
        raise Http404
    return found


def _file(found: Rendering, content: bytes, kind: FileType) -> HttpResponse:
    name = f"{found.report.code}-{_which(found)}.{kind.extension}"
    return file_answer(content, name, kind.media_type, inline=kind.inline)


def _which(found: Rendering) -> str:
    """What tells its files from others of the report, in letters that no header minds."""
    if found.issue is None:
        return str(found.report_version)
    number = slugify(found.number)
    return f"ban-hanh-{found.issue.ordinal}" + (f"-so-{number}" if number else "")
