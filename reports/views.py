"""A unit's reports: list, write, look at, print."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.authorize import authorize, signed_in
from assessments.workflow import Refusal
from reports import actions, jobs, queries
from reports.forms import CitationForm, CitationFormSet, ReportForm
from reports.html import render_sheet
from reports.models import Report
from reports.permissions import sees_report, writes_report

REPORTS = queries.reports()


@require_safe
@authorize(signed_in)
def report_list(request: HttpRequest) -> HttpResponse:
    context = {
        "reports": queries.visible_reports(request.user),
        "reportable": queries.reportable(request.user),
    }
    return render(request, "reports/list.html", context)


@require_POST
@authorize(signed_in)
def report_new(request: HttpRequest, source: str, pk: int) -> HttpResponse:
    about = queries.source_of(source, pk)
    if about is None:
        raise Http404
    created = actions.create_report(about=about, by=request.user, now=timezone.now())
    return redirect("report_edit", report=created.pk)


@require_safe
@authorize(sees_report, report=REPORTS)
def report(request: HttpRequest, report: Report) -> HttpResponse:
    """The document as it stands, beside its PDF."""
    context = {
        "report": report,
        "sheet": render_sheet(queries.document_of(report)),
        "rendering": queries.latest_rendering(report),
        "writable": writes_report.test(request.user, report),
        "illustration": report.illustration,
    }
    return render(request, "reports/report.html", context)


@authorize(writes_report, report=REPORTS)
def report_edit(request: HttpRequest, report: Report) -> HttpResponse:
    form = ReportForm(
        request.POST or None,
        outcome=queries.outcome_of(report),
        content=report.content,
        version=report.version,
    )
    asked_by = CitationForm(
        request.POST or None,
        prefix="request",
        initial=report.content.get("request") or None,
        empty_permitted=True,
        use_required_attribute=False,
    )
    basis = CitationFormSet(request.POST or None, prefix="basis", initial=report.content.get("basis", []))
    if request.method == "POST" and all([form.is_valid(), asked_by.is_valid(), basis.is_valid()]):
        try:
            actions.write_report(
                report=report,
                content=_content(form, asked_by, basis),
                seen=form.cleaned_data["version"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Đã lưu báo cáo.")
            return redirect("report", report=report.pk)
    context = {
        "report": report,
        "form": form,
        "asked_by": asked_by,
        "basis": basis,
        "illustration": report.illustration,
    }
    return render(request, "reports/edit.html", context, status=422 if request.method == "POST" else 200)


def _content(form: ReportForm, asked_by: CitationForm, basis: Any) -> dict[str, Any]:
    return form.stored(
        request=asked_by.stored() if asked_by.cleaned_data.get("number") else None,
        basis=[
            citation.stored()
            for citation in basis
            if citation.cleaned_data.get("number") and not citation.cleaned_data.get("DELETE")
        ],
    )


@require_POST
@authorize(sees_report, report=REPORTS)
def report_render(request: HttpRequest, report: Report) -> HttpResponse:
    """Ask for the PDF; the page then follows its progress."""
    jobs.start_rendering(report=report, by=request.user, now=timezone.now())
    return redirect("report", report=report.pk)


@require_safe
@authorize(sees_report, report=REPORTS)
def report_status(request: HttpRequest, report: Report) -> HttpResponse:
    context = {"report": report, "rendering": queries.latest_rendering(report)}
    return render(request, "reports/report.html#rendering", context)


@require_safe
@authorize(sees_report, report=REPORTS)
def report_pdf(request: HttpRequest, report: Report) -> HttpResponse:
    rendering = report.renderings.filter(report_version=report.version, state="done").first()
    if rendering is None:
        raise Http404
    response = HttpResponse(bytes(rendering.pdf), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{report.code}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
