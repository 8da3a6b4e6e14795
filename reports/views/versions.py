"""What a report said before: look at it, and take it up again."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.authorize import authorize
from assessments.workflow import Refusal
from reports.actions.writing import restore_version
from reports.forms import compared
from reports.models import Report
from reports.permissions import writes_report
from reports.queries.reports import opened, reports
from reports.queries.versions import content_at, save_of, sittings

REPORTS = reports()
PER_PAGE = 50


@require_safe
@authorize(writes_report, report=REPORTS)
def report_versions(request: HttpRequest, report: Report) -> HttpResponse:
    """Who wrote when at which parts."""
    page = Paginator(sittings(report), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "reports/versions.html", {"report": report, "page": page})


@require_safe
@authorize(writes_report, report=REPORTS)
def report_version(request: HttpRequest, report: Report, version: int) -> HttpResponse:
    """One version beside what the report says now."""
    try:
        then = content_at(report, version)
    except LookupError as error:
        raise Http404 from error
    whole = opened(report)
    texts = compared(whole.kind, whole.facts, then=then, now=report.content)
    context = {
        "report": report,
        "save": save_of(report, version),
        "different": [text for text in texts if text.then != text.now],
        "equal": [text for text in texts if text.then == text.now and text.then],
    }
    return render(request, "reports/version.html", context)


@require_POST
@authorize(writes_report, report=REPORTS)
def report_restore(request: HttpRequest, report: Report, version: int) -> HttpResponse:
    """Nothing is restored over what the page didn't show: `seen` is the version that it stood beside."""
    typed = request.POST.get("seen", "")
    seen = int(typed) if typed.isdecimal() and len(typed) < 10 else 0
    try:
        saved = restore_version(
            report=report, version=version, seen=seen, by=request.user, now=request.received_at
        )
    except LookupError as error:
        raise Http404 from error
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("report_version", report=report.pk, version=version)
    messages.success(
        request, f"Đã khôi phục nội dung của phiên bản {version} thành phiên bản {saved.version}."
    )
    return redirect("report_versions", report=report.pk)
