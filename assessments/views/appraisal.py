"""Appraising a sheet and fixing the council's points: the same page, on the layer that is being written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.authorize import authorize, signed_in
from assessments.actions import appraisal as actions
from assessments.actions import council, returning
from assessments.forms.judgement import ACTION_ON
from assessments.forms.seen import number
from assessments.forms.submission import ReopenForm, ReturnForm
from assessments.models import Assessment, Layer
from assessments.permissions import coordinates, coordinates_others, desk_of, may, sees_appraisal
from assessments.queries.appraisal import LAYER_IN, judged_leaf, judged_sections
from assessments.queries.desks import Desk
from assessments.queries.extensions import last_moment
from assessments.queries.finalisation import finalisation_check
from assessments.queries.leaves import leaf_criterion
from assessments.queries.lenses import DISPUTED, look_at_appraisal
from assessments.queries.sheet import summary_of
from assessments.queries.waiting import cohorts_to_appraise, own_progress
from assessments.views.judging import judge_leaf
from assessments.workflow import STEPS, Action, Refusal, State
from criteria.tree import Source

SHEETS = Assessment.objects.in_context()


@authorize(signed_in)
def appraisals(request: HttpRequest) -> HttpResponse:
    """What is left for the user, by cohort."""
    cohorts = cohorts_to_appraise(request.user, now=request.received_at)
    context = {
        "cohorts": cohorts,
        "waiting": sum(cohort.waiting for cohort in cohorts),
        "sheets": sum(len(cohort.sheets) for cohort in cohorts),
        "left": sum(cohort.left for cohort in cohorts),
        "disputed": DISPUTED,
    }
    return render(request, "assessments/appraisals.html", context)


@authorize(sees_appraisal, assessment=SHEETS)
def appraisal(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    if assessment.is_with_unit:
        return redirect("sheet", assessment=assessment.pk)
    now, desk = request.received_at, desk_of(request.user, assessment.cohort)
    sections = judged_sections(assessment, desk, now=now)
    context = _about(request, assessment, desk)
    total = context["summary"] and context["summary"].total
    context |= _deadline(assessment, now) | {
        "look": look_at_appraisal(sections, request.GET.get("xem", "")),
        "disputed": sum(row.is_disputed and row.is_left for section in sections for row in section.rows),
        "to_settle": sum(row.is_to_settle for section in sections for row in section.rows),
        "may_return": not (total and total.answered)
        and may(request.user, Action.RETURN, assessment, now=now),
        "may_release": may(request.user, Action.RELEASE, assessment, now=now),
        "may_close": may(request.user, Action.CLOSE_APPRAISAL, assessment, now=now),
        "may_finalise": may(request.user, Action.FINALISE, assessment, now=now),
        "may_reopen": may(request.user, Action.REOPEN, assessment, now=now),
        "may_extend": may(request.user, Action.EXTEND, assessment, now=now),
        "answer": None,
        "swap": False,
    }
    return render(request, "assessments/appraisal.html", context)


@authorize(sees_appraisal, assessment=SHEETS)
def judge(request: HttpRequest, assessment: Assessment, criterion: int) -> HttpResponse:
    """POST stores a judgement of one leaf. GET shows its row as saved."""
    node = leaf_criterion(assessment, criterion)
    if node is None or assessment.is_with_unit:
        raise Http404
    desk = desk_of(request.user, assessment.cohort)
    if not desk.sees(assessment.unit_id, criterion):
        raise PermissionDenied
    answer = None
    if request.method == "POST":
        answer = judge_leaf(request, assessment, criterion, node)
        if answer.score and not request.htmx:
            messages.success(request, f"Đã lưu tiêu chí {node.code}.")
            return redirect(f"{reverse('appraisal', kwargs={'assessment': assessment.pk})}#leaf-{criterion}")
    context: dict[str, Any] = {
        "assessment": assessment,
        "layer": LAYER_IN[State(assessment.state)],
        "entry": judged_leaf(assessment, criterion, desk, now=request.received_at),
        "answer": answer,
    }
    status = answer.status if answer else 200
    if answer and request.htmx:
        context |= _about(request, assessment, desk) | {"swap": True}
        return render(request, "assessments/judgement_saved.html", context, status=status)
    context |= _about(request, assessment, desk)
    template = "assessments/appraisal.html#judgement" if request.htmx else "assessments/judgement.html"
    return render(request, template, context, status=status)


def _deadline(assessment: Assessment, now: datetime) -> dict[str, Any]:
    """When the round ends in which the sheet is, and why nothing can be judged if nothing can."""
    action = ACTION_ON[LAYER_IN[State(assessment.state)]]
    phase = STEPS[action].phases[0]
    until = None if assessment.state == State.FINAL else last_moment(assessment, phase)
    window = assessment.period.calendar[phase]
    return {
        "phase": phase.label,
        "deadline": until,
        "is_open": until is not None and window.opens <= now <= until,
        "is_extended": until is not None and until != window.closes,
        "refusal": None if assessment.state == State.FINAL else assessment.why_not(action, now=now),
    }


def _about(request: HttpRequest, assessment: Assessment, desk: Desk) -> dict[str, Any]:
    """What the page shows beside the leaves. Totals of the whole sheet are for who sees all of it."""
    layer = LAYER_IN[State(assessment.state)]
    return {
        "assessment": assessment,
        "layer": layer,
        "oversees": desk.oversees,
        "summary": summary_of(assessment, layer) if desk.oversees else None,
        "own": None if desk.oversees else own_progress(assessment, desk),
        "may_enter": may(request.user, Action.ENTER_CENTRAL, assessment, now=request.received_at),
    }


@require_POST
@authorize(sees_appraisal, assessment=SHEETS)
def agree_area(request: HttpRequest, assessment: Assessment, area: str) -> HttpResponse:
    """ "Đồng ý" for every leaf of an area that is the user's and has no points of his yet."""
    try:
        done = actions.agree_with_area(
            assessment=assessment,
            area_code=area,
            seen=number(request.POST.get("version", "")) or 0,
            by=request.user,
            now=request.received_at,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã đồng ý {done} tiêu chí của lĩnh vực {area}.")
    return redirect("appraisal", assessment=assessment.pk)


@authorize(coordinates, assessment=SHEETS)
def return_sheet(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            returning.return_sheet(
                assessment=assessment,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=request.received_at,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Đã trả lại phiếu cho {assessment.unit}.")
            return redirect("period", period=assessment.period_id)
    context = {"assessment": assessment, "form": form}
    return render(request, "assessments/return.html", context, status=409 if form.errors else 200)


@authorize(coordinates, assessment=SHEETS)
def finalise(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """What still keeps the points from being final, or the final total."""
    if request.method == "POST":
        try:
            council.finalise(
                assessment=assessment,
                seen=request.POST.get("seen", ""),
                by=request.user,
                now=request.received_at,
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Đã chốt điểm của {assessment.unit}.")
        return redirect("appraisal", assessment=assessment.pk)
    problems = finalisation_check(assessment)
    context = {
        "assessment": assessment,
        "summary": summary_of(assessment, Layer.COUNCIL),
        "problems": problems,
        "lacks_central": any(problem.criterion.source is not Source.UNIT for problem in problems),
        "refusal": assessment.why_not(Action.FINALISE, now=request.received_at),
    }
    return render(request, "assessments/finalise.html", context)


@authorize(coordinates_others, assessment=SHEETS)
def reopen(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """What follows from taking a final sheet back to the council, or why that can't be done."""
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            council.reopen(
                assessment=assessment,
                reason=form.cleaned_data["reason"],
                seen=request.POST.get("seen", ""),
                by=request.user,
                now=request.received_at,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Đã mở lại phiếu của {assessment.unit}; sửa xong thì chốt lại.")
            return redirect("appraisal", assessment=assessment.pk)
    context = {
        "assessment": assessment,
        "summary": summary_of(assessment, Layer.COUNCIL),
        "form": form,
        "refusal": assessment.why_not(Action.REOPEN, now=request.received_at),
    }
    return render(request, "assessments/reopen.html", context, status=409 if form.errors else 200)
