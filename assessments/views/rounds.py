"""From one round to the next for one sheet or a whole cohort, and what the units dispute."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.authorize import authorize
from assessments import jobs
from assessments.actions import rounds
from assessments.calendar import Phase
from assessments.forms.seen import number
from assessments.models import Assessment, Cohort
from assessments.permissions import coordinates, oversees
from assessments.queries.explanations import disputes_of, threads_of
from assessments.queries.extensions import last_moment
from assessments.queries.orders import last_progress, progress_of
from assessments.queries.rounds import readiness, readiness_of
from assessments.workflow import Action, Refusal

COHORTS = Cohort.objects.in_context()
SHEETS = Assessment.objects.in_context()
PER_PAGE = 50


@authorize(coordinates, assessment=SHEETS)
def release(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    told = f"Đã thông báo kết quả vòng 1 cho {assessment.unit}."
    return _one(request, assessment, Action.RELEASE, rounds.release, told)


@authorize(coordinates, assessment=SHEETS)
def close_appraisal(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    told = "Đã kết thúc thẩm định. Điểm Hội đồng bắt đầu từ điểm thẩm định."
    return _one(request, assessment, Action.CLOSE_APPRAISAL, rounds.close_appraisal, told)


def _one(
    request: HttpRequest, assessment: Assessment, action: Action, step: rounds.Step, told: str
) -> HttpResponse:
    """What the step means for one sheet, or why it can't be taken; POST takes it."""
    now, refusal = request.received_at, ""
    if request.method == "POST":
        # A page that says nothing has shown nothing.
        seen = number(request.POST.get("seen", ""))
        try:
            step(assessment=assessment, seen=-1 if seen is None else seen, by=request.user, now=now)
        except Refusal as refused:
            refusal = str(refused)
        else:
            messages.success(request, told)
            return redirect("appraisal", assessment=assessment.pk)
    sheet = SHEETS.get(pk=assessment.pk)
    found = readiness_of(sheet, action, now=now)
    context = {
        "assessment": sheet,
        "releases": action is Action.RELEASE,
        "ready": found.ready[0] if found.ready else None,
        "waiting": found.waiting[0] if found.waiting else None,
        "until": last_moment(sheet, Phase.EXPLANATION),
        "refusal": refusal,
    }
    return render(request, "assessments/rounds/one.html", context, status=409 if refusal else 200)


@authorize(coordinates, cohort=COHORTS)
def release_all(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    return _all(request, cohort, Action.RELEASE)


@authorize(coordinates, cohort=COHORTS)
def close_all(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    return _all(request, cohort, Action.CLOSE_APPRAISAL)


def _all(request: HttpRequest, cohort: Cohort, action: Action) -> HttpResponse:
    """Which sheets are ready and which aren't; POST has the step taken with those that are, in the background."""
    now, refusal = request.received_at, ""
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        try:
            jobs.start_order(cohort=cohort, action=action, seen=seen, by=request.user, now=now)
        except Refusal as refused:
            refusal = str(refused)
        else:
            return redirect(request.path)
    progress = last_progress(cohort, action)
    context = {
        "cohort": cohort,
        "period": cohort.period,
        "releases": action is Action.RELEASE,
        "found": readiness(cohort, action, now=now),
        "progress": progress,
        "is_running": progress is not None and progress.is_running,
        "refusal": refusal,
    }
    return render(request, "assessments/rounds/step.html", context, status=409 if refusal else 200)


@require_safe
@authorize(coordinates, cohort=COHORTS)
def order_progress(request: HttpRequest, cohort: Cohort, order: int) -> HttpResponse:
    """How far the background is with an order; once it is done the page around it is fetched anew."""
    found = cohort.orders.select_related("by").filter(pk=order).first()
    if found is None:
        raise Http404
    progress = progress_of(found)
    if not progress.is_running:
        return HttpResponseClientRefresh()
    return render(request, "assessments/rounds/step.html#running", {"cohort": cohort, "progress": progress})


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
    }
    return render(request, "assessments/rounds/disputes.html", context)
