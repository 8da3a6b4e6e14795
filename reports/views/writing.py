"""Begin a report and write what the figures can't say."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.authorize import authorize, signed_in
from assessments.workflow import Refusal
from reports.actions.writing import Changed, create_report, write_report
from reports.contents.limits import CITATIONS
from reports.forms import WholeForm, read_year, saved_citations
from reports.kinds import KINDS, Name
from reports.models import Report
from reports.permissions import begins_own, writes_any, writes_report
from reports.queries.offers import offers, writable_kinds, writing_units
from reports.queries.reports import Opened, opened, reports
from reports.queries.subjects import subject_at
from reports.queries.suggestions import suggestions_of

REPORTS = reports()
# Kinds about what no list of finished things offers, with the page that asks for it.
BEGINNINGS = {
    Name.AREA_RECTIFICATION: "report_begin_area",
    Name.STAGE_SUMMARY: "report_begin_stage",
}


@require_safe
@authorize(writes_any)
def report_start(request: HttpRequest) -> HttpResponse:
    """What the user could write, by kind (loai), unit (don-vi) and year (nam)."""
    units = writing_units(request.user)
    unit = next((unit for unit in units if request.GET.get("don-vi") == unit.code), None)
    kind = KINDS.get(request.GET.get("loai", ""))
    year = read_year(request.GET.get("nam", ""))
    context = {
        "offers": offers(
            request.user, kind=kind.name if kind else "", unit=unit.pk if unit else None, year=year
        ),
        "kinds": writable_kinds(request.user),
        "units": units,
        "kind": kind,
        "unit": unit,
        "year": year or "",
        "beginnings": begins_own.test(request.user)
        and [
            (KINDS[name].title, address)
            for name, address in BEGINNINGS.items()
            if kind is None or kind.name == name
        ],
    }
    return render(request, "reports/start.html", context)


@require_POST
@authorize(signed_in)
def report_new(request: HttpRequest, kind: str, source: str, pk: int) -> HttpResponse:
    about = subject_at(KINDS[kind], source, pk) if kind in KINDS else None
    if about is None:
        raise Http404
    try:
        created = create_report(kind=KINDS[kind].name, about=about, by=request.user, now=request.received_at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("report_start")
    return redirect("report_edit", report=created.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@authorize(writes_report, report=REPORTS)
def report_edit(request: HttpRequest, report: Report) -> HttpResponse:
    """The page to write on. What it saves by itself is answered with how that went, and no page."""
    typed = request.POST if request.method == "POST" else None
    whole = opened(report)
    page = WholeForm(report, whole, typed)
    status = 200
    if typed is not None:
        status = _save(request, report, page)
        if request.htmx:
            context = {"report": report, "page": page, "status": status}
            return render(request, "reports/saving.html", context, status=status)
        if status == 200:
            messages.success(request, "Đã lưu báo cáo.")
            return redirect("report", report=report.pk)
    return edit_page(request, report, whole, page, status=status)


def edit_page(
    request: HttpRequest, report: Report, whole: Opened, page: WholeForm, *, status: int, sheet: str = ""
) -> HttpResponse:
    page.form.suggested = suggestions_of(report, whole)
    context = {
        "report": report,
        "form": page.form,
        "asked_by": page.asked_by,
        "basis": page.basis,
        "sheet": sheet,
        "faulty": page.faulty if page.form.is_bound else [],
        "most_citations": CITATIONS,
        "conflict": status == 409,
        # What was typed stays in the fields; beside them stands what somebody else saved.
        "saved_citations": saved_citations(report.content) if status == 409 else [],
    }
    return render(request, "reports/edit.html", context, status=status)


def _save(request: HttpRequest, report: Report, page: WholeForm) -> int:
    """The status to answer with: 200 saved, 422 to be corrected, 409 somebody saved meanwhile."""
    form = page.form
    if not page.is_valid():
        if not request.htmx:
            form.add_error(None, "Chưa lưu được. Hãy sửa các chỗ được nêu rồi lưu lại.")
        return 422
    try:
        saved = write_report(
            report=report, content=page.content(), seen=page.seen, by=request.user, now=request.received_at
        )
    except Changed as changed:
        report.content, report.version = changed.saved.content, changed.saved.version
        form.show_saved(report.content, report.version)
        form.add_error(None, str(changed))
        return 409
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return 422
    report.version, report.updated_at = saved.version, saved.updated_at
    return 200
