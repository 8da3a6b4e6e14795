"""Begin a report about what no list of finished things offers."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.authorize import authorize
from accounts.dates import VIETNAM
from assessments.workflow import Refusal
from reports.actions.writing import create_report
from reports.forms import AreaForm, AreaYearForm
from reports.forms.begin import BEGINNINGS
from reports.kinds import KINDS, Name
from reports.permissions import writes_any, writes_areas
from reports.queries.offers import units_writing
from reports.views.writing import start_page


@require_http_methods(["GET", "HEAD", "POST"])
@authorize(writes_areas)
def report_begin_area(request: HttpRequest) -> HttpResponse:
    """Choose the unit (unit) and the year (year), then one of the areas of that year."""
    kind = KINDS[Name.AREA_RECTIFICATION]
    known = {
        "units": units_writing(kind.name, request.user),
        "today": request.received_at.astimezone(VIETNAM).year,
    }
    status = 200
    if request.method == "POST":
        chosen = AreaForm(request.POST, **known)
        if chosen.is_valid():
            try:
                report = create_report(
                    kind=kind.name, about=chosen.about, by=request.user, now=request.received_at
                )
            except Refusal as refusal:
                messages.error(request, str(refusal))
            else:
                return redirect("report_edit", report=report.pk)
        status = 422
        form: AreaYearForm = chosen
    else:
        form = AreaYearForm(request.GET if "year" in request.GET else None, **known)
    form.is_valid()
    has_year = {"unit", "year"} <= getattr(form, "cleaned_data", {}).keys()
    context = {
        "kind": kind,
        "form": form,
        "sources": form.sources if has_year else (),
        "is_unknown": has_year and "area" in form.errors,
    }
    return render(request, "reports/begin_area.html", context, status=status)


@require_POST
@authorize(writes_any)
def report_begin(request: HttpRequest, kind: str) -> HttpResponse:
    """The report of that kind that the form describes, begun unless it exists."""
    begins = next((form for name, form in BEGINNINGS.items() if name == kind), None)
    if begins is None:
        raise Http404
    form = begins(request.POST, user=request.user)
    if form.is_valid():
        try:
            created = create_report(
                kind=form.kind, about=form.subject, by=request.user, now=request.received_at
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("report_edit", report=created.pk)
    return start_page(request, begun=form, status=422)
