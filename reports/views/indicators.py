"""The yearly statistics of a unit: find them, and type their figures."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.authorize import authorize, signed_in
from accounts.models import Unit
from assessments.models import Period
from assessments.workflow import Refusal
from reports.actions.figures import Conflicts, enter_figures
from reports.actions.indicators import add_year
from reports.forms.figures import FiguresForm
from reports.forms.indicators import YearForm
from reports.models import IndicatorGroup
from reports.permissions import keeps_indicators, sees_indicators
from reports.queries.indicators import counting_units, grid_of, groups, groups_of, units

UNITS, GROUPS = units(), groups()


@require_safe
@authorize(signed_in)
def indicator_units(request: HttpRequest) -> HttpResponse:
    """Units with statistics; who has only one goes straight to it."""
    found = list(counting_units(request.user))
    if len(found) == 1:
        return redirect("indicators", unit=found[0].pk)
    return render(request, "reports/indicators/units.html", {"units": found})


@require_safe
@authorize(sees_indicators, unit=UNITS)
def indicators(request: HttpRequest, unit: Unit) -> HttpResponse:
    return _unit_page(request, unit, YearForm())


@require_POST
@authorize(keeps_indicators, unit=UNITS)
def indicator_year_new(request: HttpRequest, unit: Unit) -> HttpResponse:
    """One more column."""
    form = YearForm(request.POST)
    if form.is_valid():
        try:
            year = add_year(
                unit=unit, year=form.cleaned_data["year"], by=request.user, now=request.received_at
            )
        except Refusal as refusal:
            form.add_error("year", str(refusal))
        else:
            messages.success(request, f"Đã có cột số liệu năm {year}.")
            return redirect("indicators", unit=unit.pk)
    return _unit_page(request, unit, form, status=422)


@require_safe
@authorize(sees_indicators, group=GROUPS)
def indicator_group(request: HttpRequest, group: IndicatorGroup) -> HttpResponse:
    """The figures of a group; its unit's officers type them here."""
    return _grid_page(request, group, FiguresForm(grid_of(group)))


@require_POST
@authorize(keeps_indicators, group=GROUPS)
def indicator_figures(request: HttpRequest, group: IndicatorGroup) -> HttpResponse:
    """Store what was typed in all cells, or nothing: then everything typed stays on the page."""
    form = FiguresForm(grid_of(group), request.POST)
    if not form.is_valid:
        return _grid_page(request, group, form, status=422)
    try:
        changed = enter_figures(
            unit=group.unit,
            entries=form.entries,
            marks=form.marks,
            by=request.user,
            now=request.received_at,
        )
    except Conflicts as conflicts:
        form.show_saved(conflicts.cells, conflicts.years)
        return _grid_page(request, group, form, refusal=str(conflicts), status=409)
    except Refusal as refusal:
        return _grid_page(request, group, form, refusal=str(refusal), status=422)
    messages.success(request, f"Đã lưu {changed} ô." if changed else "Không có ô nào thay đổi.")
    return redirect("indicator_group", group=group.pk)


def _unit_page(request: HttpRequest, unit: Unit, form: YearForm, status: int = 200) -> HttpResponse:
    context = {
        "unit": unit,
        "groups": groups_of(unit),
        "years": unit.indicator_years.order_by("year"),
        "year_form": form,
        "writable": keeps_indicators.test(request.user, unit),
        "illustration": Period.objects.invent(unit.pk),
    }
    return render(request, "reports/indicators/unit.html", context, status=status)


def _grid_page(
    request: HttpRequest, group: IndicatorGroup, form: FiguresForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "group": group,
        "form": form,
        "refusal": refusal,
        "typed": status != 200,
        "writable": keeps_indicators.test(request.user, group),
        "illustration": Period.objects.invent(group.unit_id),
    }
    return render(request, "reports/indicators/grid.html", context, status=status)
