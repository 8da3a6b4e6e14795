"""Begin a report about what no list of finished things offers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.authorize import authorize
from accounts.dates import VIETNAM
from assessments.workflow import Refusal
from reports.actions.writing import create_report
from reports.forms import AreaForm, AreaYearForm, BeginForm, StageForm
from reports.kinds import KINDS, Kind, Name
from reports.permissions import begins_own
from reports.queries.offers import units_writing


@require_http_methods(["GET", "HEAD", "POST"])
@authorize(begins_own)
def report_begin_stage(request: HttpRequest) -> HttpResponse:
    """Choose the unit (unit) and the years (first_year, year)."""
    kind = KINDS[Name.STAGE_SUMMARY]
    form = StageForm(request.POST if request.method == "POST" else None, **_known(request, kind))
    if begun := _begun(request, kind, form):
        return begun
    context = {"kind": kind, "form": form}
    return render(request, "reports/begin_stage.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@authorize(begins_own)
def report_begin_area(request: HttpRequest) -> HttpResponse:
    """Choose the unit (unit) and the year (year), then one of the areas of that year."""
    kind = KINDS[Name.AREA_RECTIFICATION]
    known = _known(request, kind)
    is_sent = request.method == "POST"
    form = (
        AreaForm(request.POST, **known)
        if is_sent
        else AreaYearForm(request.GET if "year" in request.GET else None, **known)
    )
    if begun := _begun(request, kind, form):
        return begun
    has_year = {"unit", "year"} <= getattr(form, "cleaned_data", {}).keys()
    context = {
        "kind": kind,
        "form": form,
        "sources": form.sources if has_year else (),
        "is_unknown": has_year and "area" in form.errors,
    }
    return render(request, "reports/begin_area.html", context, status=422 if is_sent else 200)


def _known(request: HttpRequest, kind: Kind[Any]) -> dict[str, Any]:
    return {
        "units": units_writing(kind.name, request.user),
        "today": request.received_at.astimezone(VIETNAM).year,
    }


def _begun(request: HttpRequest, kind: Kind[Any], form: BeginForm) -> HttpResponse | None:
    """On to the report, which is begun unless it exists; None where there is something to choose or to mend."""
    if not form.is_valid() or request.method != "POST":
        return None
    try:
        report = create_report(kind=kind.name, about=form.about, by=request.user, now=request.received_at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return None
    return redirect("report_edit", report=report.pk)
