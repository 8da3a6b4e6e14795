"""Correcting a published result: choosing leaves, seeing what changes for whom, publishing the correction."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.authorize import authorize
from assessments.actions import corrections as actions
from assessments.actions.verdicts import Verdict
from assessments.actions.writing import Conflict
from assessments.forms.corrections import CorrectionDecisionForm, CorrectionForm, SheetForm
from assessments.forms.seen import number
from assessments.models import Assessment, Period, Score
from assessments.permissions import coordinates
from assessments.queries.corrections import (
    LeafToCorrect,
    correctable,
    correction_preview,
    leaf_to_correct,
    leaves_to_correct,
)
from assessments.queries.rankings import publications_of
from assessments.views.answers import Answer, answer_to
from assessments.workflow import PeriodAction, PeriodState, Refusal

SHEETS = Assessment.objects.select_related(
    "unit", "period__host", "period__publication", "cohort__criteria_set"
)


@authorize(coordinates, period=Period.objects.in_context())
def corrections(request: HttpRequest, period: Period) -> HttpResponse:
    """Everything that is prepared, what it would change, and the decision that makes it public."""
    if period.state != PeriodState.PUBLISHED:
        return redirect("period", period=period.pk)
    choice = SheetForm(
        request.GET if "sheet" in request.GET else None, sheets=correctable(period), auto_id="choose-%s"
    )
    if choice.is_bound and choice.is_valid():
        return redirect("correction_unit", assessment=choice.cleaned_data["sheet"].pk)
    preview = correction_preview(period)
    form = CorrectionDecisionForm(request.POST or None, initial={"seen": preview.fingerprint})
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct(period=period, **form.correction, by=request.user, now=request.received_at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Đã công bố đính chính. Kết quả trước đó vẫn xem được.")
            return redirect("ranking", period=period.pk)
    context = {
        "period": period,
        "choice": choice,
        "preview": preview,
        "form": form,
        "fields": [form[name] for name in form.fields if name != "seen"],
        "published": publications_of(period),
    }
    return render(request, "assessments/result/corrections.html", context, status=422 if form.errors else 200)


@authorize(coordinates, assessment=SHEETS)
def correction_unit(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """The leaves of one unit as they are in force, to choose from."""
    if assessment.period.state != PeriodState.PUBLISHED:
        return redirect("period", period=assessment.period_id)
    context = _about(assessment) | {"leaves": leaves_to_correct(assessment)}
    return render(request, "assessments/result/correction_unit.html", context)


@authorize(coordinates, assessment=SHEETS)
def correction_leaf(request: HttpRequest, assessment: Assessment, criterion: int) -> HttpResponse:
    """GET shows a leaf with what is prepared for it; POST prepares it."""
    if assessment.period.state != PeriodState.PUBLISHED:
        return redirect("period", period=assessment.period_id)
    leaf = leaf_to_correct(assessment, criterion)
    if leaf is None:
        raise Http404
    answer = None
    if request.method == "POST":
        answer = _prepare(request, assessment, leaf)
        if answer.score:
            messages.success(
                request, f"Đã ghi nội dung đính chính tiêu chí {leaf.criterion.code} của {assessment.unit}."
            )
            return redirect("corrections", period=assessment.period_id)
    context = _about(assessment) | {
        "leaf": leaf,
        "row": leaf.entry.retyped(request.POST) if answer else leaf.entry,
        "answer": answer,
        "refusal": assessment.period.why_not(PeriodAction.CORRECT, now=request.received_at),
    }
    status = answer.status if answer else 200
    return render(request, "assessments/result/correction_leaf.html", context, status=status)


@require_POST
@authorize(coordinates, assessment=SHEETS)
def correction_withdraw(request: HttpRequest, assessment: Assessment, criterion: int) -> HttpResponse:
    try:
        actions.withdraw_correction(
            assessment=assessment,
            criterion_id=criterion,
            seen=number(request.POST.get("version", "")) or 0,
            by=request.user,
            now=request.received_at,
        )
    except Conflict as conflict:
        messages.error(
            request,
            f"{conflict.saved.updated_by.full_name} vừa sửa nội dung đính chính này nên chưa rút; hãy xem lại.",
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã rút nội dung đính chính của {assessment.unit}.")
    return redirect("corrections", period=assessment.period_id)


def _prepare(request: HttpRequest, assessment: Assessment, leaf: LeafToCorrect) -> Answer:
    form = CorrectionForm(request.POST, criterion=leaf.criterion)
    return answer_to(
        form,
        lambda: actions.prepare_correction(
            assessment=assessment,
            criterion_id=leaf.pk,
            verdict=_verdict(form),
            seen=form.seen,
            by=request.user,
            now=request.received_at,
        ),
    )


def _verdict(form: CorrectionForm) -> Verdict:
    reason, points = form.cleaned_data["reason"], form.cleaned_data["override"]
    if points is not None:
        return Verdict(Score.Basis.OVERRIDE, points=points, reason=reason)
    return Verdict(Score.Basis.DATA, form.declared(), reason=reason)


def _about(assessment: Assessment) -> dict[str, object]:
    period = assessment.period
    return {"assessment": assessment, "period": period}
