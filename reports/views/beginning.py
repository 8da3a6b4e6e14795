"""Begin a report about what no list of finished things offers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.authorize import authorize
from accounts.dates import VIETNAM
from assessments.workflow import Refusal
from reports.actions.writing import create_report
from reports.forms import AreaForm, AreaYearForm
from reports.kinds import KINDS, Name
from reports.permissions import writes_areas
from reports.queries.offers import units_writing


@require_http_methods(["GET", "HEAD", "POST"])
@authorize(writes_areas)
def report_begin_area(request: HttpRequest) -> HttpResponse:
    """Choose the unit (unit) and the year (year), then one of the areas of that year."""
    kind = KINDS[Name.AREA_RECTIFICATION]
    known = {
        "units": units_writing(request.user, kind),
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
