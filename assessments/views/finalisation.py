"""Fixing the council's points of all sheets of a cohort that are ready."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.authorize import authorize
from assessments.actions.council import finalise_ready
from assessments.models import Cohort
from assessments.permissions import coordinates
from assessments.queries.finalisation import cohort_check

SHOWN = 5  # reasons in one message


@authorize(coordinates, cohort=Cohort.objects.in_context())
def finalise_cohort(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """Which sheets are ready and what the others lack; then the ready ones become final."""
    checks = cohort_check(cohort, barred=request.user.own_units, now=request.received_at)
    ready = [check for check in checks if check.is_ready]
    if request.method == "POST":
        # What became ready after the page was made was not confirmed.
        confirmed = set(request.POST.getlist("sheet"))
        finalised = finalise_ready(
            assessments=[check.assessment for check in ready if str(check.assessment.pk) in confirmed],
            seen={
                check.assessment.pk: request.POST.get(f"seen-{check.assessment.pk}", "") for check in ready
            },
            by=request.user,
            now=request.received_at,
        )
        if finalised.done:
            messages.success(request, f"Đã chốt điểm của {finalised.done} đơn vị.")
        elif not finalised.left:
            messages.info(request, "Chưa chọn đơn vị nào để chốt điểm.")
        for sheet, reason in finalised.left[:SHOWN]:
            messages.error(request, f"{sheet.unit}: {reason}")
        if len(finalised.left) > SHOWN:
            messages.error(request, f"Và {len(finalised.left) - SHOWN} đơn vị khác chưa chốt được.")
        return redirect("finalise_cohort", cohort=cohort.pk)
    context = {
        "cohort": cohort,
        "period": cohort.period,
        "ready": ready,
        "left": [check for check in checks if not check.is_ready and not check.is_final],
        "final": [check for check in checks if check.is_final],
    }
    return render(request, "assessments/council/finalise.html", context)
