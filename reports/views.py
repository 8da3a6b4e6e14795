"""Reports of all kinds: list, begin, write, look at, print."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.authorize import authorize, signed_in
from assessments.workflow import Refusal
from reports import actions, jobs
from reports.forms import CitationForm, CitationFormSet, ReportForm, saved_citations
from reports.html import render_sheet
from reports.kinds import KINDS, UnknownCodes
from reports.models import Rendering, Report
from reports.permissions import sees_report, writes_any, writes_report
from reports.queries import lists
from reports.queries.offers import offers, writable_kinds, writing_units
from reports.queries.printing import Printing, earlier_documents, printing, printing_of, renderings_of
from reports.queries.reports import guarded_reports, opened, reports
from reports.queries.subjects import subject_at

REPORTS = reports()
GUARDED = guarded_reports()
PER_PAGE = 50
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
@authorize(signed_in)
def report_list(request: HttpRequest) -> HttpResponse:
    """Reports the user may read, by unit (tim) and year (nam)."""
    unit, year = request.GET.get("tim", ""), _year(request)
    found = lists.visible_reports(request.user, unit=unit.replace("\0", ""), year=year)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "listed": [lists.listed(report) for report in page],
        "writes_any": writes_any.test(request.user),
        "unit": unit,
        "year": year or "",
    }
    return render(request, "reports/list.html", context)


@require_safe
@authorize(writes_any)
def report_start(request: HttpRequest) -> HttpResponse:
    """What the user could write, by kind (loai), unit (don-vi) and year (nam)."""
    units = writing_units(request.user)
    unit = next((unit for unit in units if request.GET.get("don-vi") == unit.code), None)
    kind = KINDS.get(request.GET.get("loai", ""))
    year = _year(request)
    context = {
        "offers": offers(
            request.user, kind=kind.name if kind else "", unit=unit.pk if unit else None, year=year
        ),
        "kinds": writable_kinds(request.user),
        "units": units,
        "kind": kind,
        "unit": unit,
        "year": year or "",
    }
    return render(request, "reports/start.html", context)


@require_POST
@authorize(signed_in)
def report_new(request: HttpRequest, kind: str, source: str, pk: int) -> HttpResponse:
    about = subject_at(KINDS[kind], source, pk) if kind in KINDS else None
    if about is None:
        raise Http404
    try:
        created = actions.create_report(
            kind=KINDS[kind].name, about=about, by=request.user, now=request.received_at
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("report_start")
    return redirect("report_edit", report=created.pk)


def _year(request: HttpRequest) -> int | None:
    typed = request.GET.get("nam", "").strip()
    return int(typed) if typed.isdecimal() and len(typed) == 4 else None


@require_safe
@authorize(sees_report, report=REPORTS)
def report(request: HttpRequest, report: Report) -> HttpResponse:
    """The document as it stands, with its files."""
    whole = opened(report)
    context = {
        "report": report,
        "writable": writes_report.test(request.user, report),
        "illustration": report.illustration,
        "problems": whole.problems(),
    }
    try:
        document = whole.build()
    except UnknownCodes as error:
        found = Printing(None)
        context |= {"unknown_codes": ", ".join(error.codes), "sheet": ""}
    else:
        found = printing_of(report, document, now=request.received_at)
        context |= {"unknown_codes": "", "sheet": render_sheet(document)}
    context |= {"printing": found, "earlier": earlier_documents(report, found)}
    return render(request, "reports/report.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@authorize(writes_report, report=REPORTS)
def report_edit(request: HttpRequest, report: Report) -> HttpResponse:
    typed = request.POST if request.method == "POST" else None
    whole = opened(report)
    form = ReportForm(
        typed, kind=whole.kind, facts=whole.facts, content=report.content, version=report.version
    )
    asked_by = CitationForm(typed, prefix="request", initial=report.content.get("request"))
    basis = CitationFormSet(typed, prefix="basis", initial=report.content.get("basis", []))
    context = {
        "report": report,
        "form": form,
        "asked_by": asked_by,
        "basis": basis,
        "saved_citations": [],
        "illustration": report.illustration,
    }
    status = 200
    if typed is not None:
        status = _save(request, report, form, asked_by, basis)
        if status == 200:
            messages.success(request, "Đã lưu báo cáo.")
            return redirect("report", report=report.pk)
    if status == 409:
        # What was typed stays in the fields; beside them stands what somebody else saved.
        context["saved_citations"] = saved_citations(report.content)
    context["conflict"] = status == 409
    return render(request, "reports/edit.html", context, status=status)


def _save(request: HttpRequest, report: Report, form: ReportForm, asked_by: CitationForm, basis: Any) -> int:
    """The status to answer with: 200 saved, 422 to be corrected, 409 somebody saved meanwhile."""
    if not all([form.is_valid(), asked_by.is_valid(), basis.is_valid()]):
        form.add_error(None, "Chưa lưu được. Hãy sửa các chỗ được nêu rồi lưu lại.")
        return 422
    content = form.stored(request=asked_by.stored(), basis=filter(None, (cited.stored() for cited in basis)))
    seen = form.cleaned_data["version"]
    try:
        actions.write_report(
            report=report, content=content, seen=seen, by=request.user, now=request.received_at
        )
    except actions.Changed as changed:
        report.content, report.version = changed.saved.content, changed.saved.version
        form.show_saved(report.content, report.version)
        form.add_error(None, str(changed))
        return 409
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return 422
    return 200


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
