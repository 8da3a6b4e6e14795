"""Begin a report and write what the figures can't say."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.authorize import authorize, signed_in
from assessments.workflow import Refusal
from reports.actions.writing import Changed, create_report, write_report
from reports.forms import CitationForm, CitationFormSet, ReportForm, read_year, saved_citations
from reports.kinds import KINDS
from reports.models import Report
from reports.permissions import writes_any, writes_report
from reports.queries.offers import offers, writable_kinds, writing_units
from reports.queries.reports import opened, reports
from reports.queries.subjects import subject_at

REPORTS = reports()


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
        write_report(report=report, content=content, seen=seen, by=request.user, now=request.received_at)
    except Changed as changed:
        report.content, report.version = changed.saved.content, changed.saved.version
        form.show_saved(report.content, report.version)
        form.add_error(None, str(changed))
        return 409
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return 422
    return 200
