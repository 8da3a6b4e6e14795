"""From one round to the next for a whole cohort, and what its units dispute."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.authorize import authorize
from assessments.actions import rounds
from assessments.models import Cohort
from assessments.permissions import coordinates, oversees
from assessments.queries.explanations import disputes_of, threads_of
from assessments.queries.rounds import readiness
from assessments.workflow import Action

COHORTS = Cohort.objects.in_context()
PER_PAGE = 50


@authorize(coordinates, cohort=COHORTS)
def release_all(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    return _step(request, cohort, Action.RELEASE, rounds.release)


@authorize(coordinates, cohort=COHORTS)
def close_all(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    return _step(request, cohort, Action.CLOSE_APPRAISAL, rounds.close_appraisal)


def _step(request: HttpRequest, cohort: Cohort, action: Action, step: rounds.Step) -> HttpResponse:
    """Which sheets are ready and which aren't; POST takes the step with those that are."""
    now = request.received_at
    found = readiness(cohort, action, now=now)
    if request.method == "POST":
        refused = rounds.step_all(step, sheets=found.ready, by=request.user, now=now)
        done = len(found.ready) - len(refused)
        messages.success(request, f"Đã thực hiện với {done}/{len(found.ready)} phiếu sẵn sàng.")
        for sheet, reason in refused:
            messages.warning(request, f"{sheet.unit}: {reason}")
        return redirect(request.path)
    context = {
        "cohort": cohort,
        "period": cohort.period,
        "releases": action is Action.RELEASE,
        "found": found,
        "illustration": cohort.period.illustration,
    }
    return render(request, "assessments/rounds/step.html", context)


DECISIONS = {"chua": False, "roi": True}


@require_safe
@authorize(oversees, cohort=COHORTS)
def disputes(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """What the units of a cohort don't agree with, and what round 2 made of it."""
    everything = disputes_of(cohort)
    decided = everything.filter(decided=True).count()
    total = everything.count()
    chosen = request.GET.get("vong-2", "")
    shown = everything.filter(decided=DECISIONS[chosen]) if chosen in DECISIONS else everything
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "cohort": cohort,
        "period": cohort.period,
        "total": total,
        "choices": [
            ("", "Tất cả", total, chosen not in DECISIONS),
            ("chua", "Chưa quyết định", total - decided, chosen == "chua"),
            ("roi", "Đã quyết định", decided, chosen == "roi"),
        ],
        "page": page,
        "threads": threads_of(page.object_list, now=request.received_at),
        "illustration": cohort.period.illustration,
    }
    return render(request, "assessments/rounds/disputes.html", context)
