"""The page on which a coordinator assigns targets to the units of a cohort."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.authorize import authorize
from assessments.actions.targets import Retargeted, assign_targets
from assessments.forms.targets import FillForm, TargetsForm
from assessments.models import Cohort
from assessments.permissions import coordinates
from assessments.queries.targets import TargetChange, TargetGrid, target_grid
from assessments.workflow import PeriodState, Refusal

COHORTS = Cohort.objects.in_context()


@authorize(coordinates, cohort=COHORTS)
def targets(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """Every unit's target at every leaf that asks for one, saved together."""
    grid = target_grid(cohort, barred=request.user.own_units)
    form = TargetsForm(request.POST or None, grid=grid)
    if request.method == "POST" and form.is_valid() and _assign(request, cohort, form, form.changes()):
        return redirect("targets", cohort=cohort.pk)
    return _page(request, cohort, grid, form, FillForm(grid=grid))


@authorize(coordinates, cohort=COHORTS)
def targets_fill(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """One target for all units of the cohort."""
    if request.method != "POST":
        return redirect("targets", cohort=cohort.pk)
    grid = target_grid(cohort, barred=request.user.own_units)
    form = FillForm(request.POST, grid=grid)
    if form.is_valid() and _assign(request, cohort, form, form.changes()):
        return redirect("targets", cohort=cohort.pk)
    return _page(request, cohort, grid, TargetsForm(grid=grid), form)


def _assign(
    request: HttpRequest, cohort: Cohort, form: TargetsForm | FillForm, changes: Sequence[TargetChange]
) -> bool:
    try:
        done = assign_targets(cohort=cohort, changes=changes, by=request.user, now=request.received_at)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        if isinstance(refusal, Retargeted):
            form.show_saved(target_grid(cohort, barred=request.user.own_units))
        return False
    if done:
        messages.success(request, f"Đã lưu {done} chỉ tiêu.")
    else:
        messages.info(request, "Không có chỉ tiêu nào thay đổi.")
    return True


def _page(
    request: HttpRequest, cohort: Cohort, grid: TargetGrid, form: TargetsForm, fill: FillForm
) -> HttpResponse:
    rows = [
        {"row": row, "cells": [{"cell": cell, "field": form[cell.name]} for cell in row.cells]}
        if not row.is_closed
        else {"row": row, "cells": [{"cell": cell, "field": None} for cell in row.cells]}
        for row in grid.rows
    ]
    context = {
        "cohort": cohort,
        "period": cohort.period,
        "grid": grid,
        "rows": rows,
        "form": form,
        "fill": fill,
        "writable": cohort.period.state != PeriodState.PUBLISHED,
    }
    status = 409 if form.saved or fill.saved else 422 if form.errors or fill.errors else 200
    return render(request, "assessments/period/targets.html", context, status=status)
