"""Appraising a sheet and fixing the council's points: the same page, on the layer that is being written."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.authorize import authorize, signed_in
from assessments.actions import appraisal as actions
from assessments.actions import council, returning, rounds
from assessments.actions.verdicts import Verdict
from assessments.forms.judgement import JudgementForm
from assessments.forms.submission import ReturnForm
from assessments.models import Assessment, Layer
from assessments.permissions import coordinates, may, sees_appraisal
from assessments.queries.appraisal import LAYER_IN, judged_row, judged_sections, sheets_to_appraise
from assessments.queries.finalisation import finalisation_check
from assessments.queries.leaves import leaf_criterion
from assessments.queries.lenses import look_at_appraisal
from assessments.queries.sheet import leaf_row, summary_of
from assessments.views.answers import Answer, answer_to
from assessments.workflow import Action, Refusal, State
from criteria.tree import Criterion

SHEETS = Assessment.objects.in_context()
ACTION_ON = {
    Layer.ROUND1: Action.APPRAISE,
    Layer.ROUND2: Action.REVISE,
    Layer.COUNCIL: Action.FIX,
}


@authorize(signed_in)
def appraisals(request: HttpRequest) -> HttpResponse:
    """Sent sheets that the user may appraise, with what is left."""
    sheets = sheets_to_appraise(request.user)
    context = {
        "sheets": sheets,
        "waiting": sum(not sheet.is_done for sheet in sheets),
        "left": sum(sheet.left for sheet in sheets),
    }
    return render(request, "assessments/appraisals.html", context)


@authorize(sees_appraisal, assessment=SHEETS)
def appraisal(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    if assessment.is_with_unit:
        return redirect("sheet", assessment=assessment.pk)
    layer = LAYER_IN[State(assessment.state)]
    now = request.received_at
    summary = summary_of(assessment, layer)
    untouched = summary.total is None or not summary.total.answered
    context = {
        "assessment": assessment,
        "layer": layer,
        "look": look_at_appraisal(judged_sections(assessment), request.GET.get("xem", "")),
        "summary": summary,
        "writable": may(request.user, ACTION_ON[layer], assessment, now=now),
        "may_enter": may(request.user, Action.ENTER_CENTRAL, assessment, now=now),
        "may_return": untouched and may(request.user, Action.RETURN, assessment, now=now),
        "may_release": may(request.user, Action.RELEASE, assessment, now=now),
        "may_close": may(request.user, Action.CLOSE_APPRAISAL, assessment, now=now),
        "may_finalise": may(request.user, Action.FINALISE, assessment, now=now),
        "answer": None,
        "swap": False,
        "illustration": assessment.period.illustration,
    }
    return render(request, "assessments/appraisal.html", context)


@authorize(sees_appraisal, assessment=SHEETS)
def judge(request: HttpRequest, assessment: Assessment, criterion: int) -> HttpResponse:
    """POST stores a judgement of one leaf. GET shows its row as saved."""
    node = leaf_criterion(assessment, criterion)
    if node is None or assessment.is_with_unit:
        raise Http404
    answer = None
    if request.method == "POST":
        answer = _judge(request, assessment, criterion, node)
        if answer.score and not request.htmx:
            messages.success(request, f"Đã lưu tiêu chí {node.code}.")
            return redirect(f"{reverse('appraisal', kwargs={'assessment': assessment.pk})}#leaf-{criterion}")
    layer, now = LAYER_IN[State(assessment.state)], request.received_at
    context = {
        "assessment": assessment,
        "layer": layer,
        "entry": judged_row(leaf_row(assessment, criterion), layer),
        "writable": may(request.user, ACTION_ON[layer], assessment, now=now),
        "may_enter": may(request.user, Action.ENTER_CENTRAL, assessment, now=now),
        "answer": answer,
        "illustration": assessment.period.illustration,
    }
    if answer and request.htmx:
        context.update(summary=summary_of(assessment, layer), swap=True)
        return render(request, "assessments/judgement_saved.html", context, status=answer.status)
    template = "assessments/appraisal.html#judgement" if request.htmx else "assessments/judgement.html"
    return render(request, template, context, status=answer.status if answer else 200)


def _judge(request: HttpRequest, assessment: Assessment, criterion_id: int, node: Criterion) -> Answer:
    form = JudgementForm(request.POST, criterion=node)
    return answer_to(
        form,
        lambda: actions.judge(
            action=ACTION_ON[Layer(form.cleaned_data["layer"])],
            assessment=assessment,
            criterion_id=criterion_id,
            verdict=Verdict(
                basis=form.cleaned_data["basis"],
                data=form.declared(),
                points=form.cleaned_data["override"],
                reason=form.cleaned_data["reason"],
            ),
            seen=form.seen,
            by=request.user,
            now=request.received_at,
        ),
    )


@require_POST
@authorize(sees_appraisal, assessment=SHEETS)
def agree_area(request: HttpRequest, assessment: Assessment, area: str) -> HttpResponse:
    try:
        done = actions.agree_with_area(
            assessment=assessment, area_code=area, by=request.user, now=request.received_at
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
    context = {"assessment": assessment, "form": form, "illustration": assessment.period.illustration}
    return render(request, "assessments/return.html", context, status=409 if form.errors else 200)


@require_POST
@authorize(coordinates, assessment=SHEETS)
def release(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    try:
        rounds.release(assessment=assessment, by=request.user, now=request.received_at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã thông báo kết quả vòng 1 cho {assessment.unit}.")
    return redirect("appraisal", assessment=assessment.pk)


@require_POST
@authorize(coordinates, assessment=SHEETS)
def close_appraisal(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    try:
        rounds.close_appraisal(assessment=assessment, by=request.user, now=request.received_at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Đã kết thúc thẩm định. Điểm Hội đồng bắt đầu từ điểm thẩm định.")
    return redirect("appraisal", assessment=assessment.pk)


@authorize(coordinates, assessment=SHEETS)
def finalise(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """What still keeps the points from being final, or the final total."""
    if request.method == "POST":
        try:
            council.finalise(assessment=assessment, by=request.user, now=request.received_at)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Đã chốt điểm của {assessment.unit}.")
        return redirect("appraisal", assessment=assessment.pk)
    context = {
        "assessment": assessment,
        "summary": summary_of(assessment, Layer.COUNCIL),
        "problems": finalisation_check(assessment),
        "refusal": assessment.why_not(Action.FINALISE, now=request.received_at),
        "illustration": assessment.period.illustration,
    }
    return render(request, "assessments/finalise.html", context)
