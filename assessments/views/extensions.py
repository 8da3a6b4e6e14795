"""Exceptions from the calendar: granting one, and the list of a period."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.authorize import authorize
from assessments.actions import extensions as actions
from assessments.deadlines import PHASE_IN
from assessments.forms.extensions import ExtensionForm
from assessments.models import Assessment, Period
from assessments.permissions import coordinates, oversees
from assessments.queries.extensions import appraisal_began, choices_of, extensions_of, granted_to
from assessments.workflow import Action, Refusal, State

SHEETS = Assessment.objects.in_context()


@authorize(coordinates, assessment=SHEETS)
def extend(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Keep a phase open for one sheet, and give it back in the same step where it has just been sent."""
    now = request.received_at
    areas = choices_of(assessment)
    returnable = assessment.admits(Action.RETURN) and not appraisal_began(assessment)
    form = ExtensionForm(
        request.POST or None,
        # Before it is sent the first choice stays chosen, which keeps the whole way to sending open.
        initial={"phase": PHASE_IN[State(assessment.state)]},
        areas=areas,
        calendar=assessment.period.calendar,
        returnable=returnable,
    )
    if request.method == "POST" and form.is_valid():
        try:
            granted = actions.extend(assessment=assessment, **form.described(), by=request.user, now=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, f"Đã gia hạn {granted.get_phase_display().lower()} cho {assessment.unit}."
            )
            return redirect("extensions", period=assessment.period_id)
    context = {
        "assessment": assessment,
        "period": assessment.period,
        "form": form,
        "returnable": returnable,
        "areas": form.ticked(areas),
        "granted": granted_to(assessment, now=now),
        "refusal": assessment.why_not(Action.EXTEND, now=now),
    }
    return render(request, "assessments/extension/new.html", context, status=_status(form))


def _status(form: ExtensionForm) -> int:
    if not form.errors:
        return 200
    return 409 if form.non_field_errors() else 422


@require_safe
@authorize(oversees, period=Period.objects.in_context())
def extensions(request: HttpRequest, period: Period) -> HttpResponse:
    granted = extensions_of(period, now=request.received_at)
    context = {
        "period": period,
        "granted": sorted(
            (one for of_sheet in granted.values() for one in of_sheet), key=lambda one: -one.extension.pk
        ),
    }
    return render(request, "assessments/extension/list.html", context)
