"""Entering survey and external leaves, unit by unit or for a whole cohort."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.authorize import authorize
from assessments.actions.central import enter_central_for_cohort
from assessments.actions.council import enter_central
from assessments.actions.verdicts import Verdict
from assessments.forms.central import CentralForm
from assessments.models import Assessment, Cohort, Score
from assessments.permissions import coordinates
from assessments.queries.central import CentralLeaf, CentralRow, central_leaves, central_rows
from assessments.queries.central import central_leaf as leaf_of
from assessments.queries.central import central_row as row_of
from assessments.views.answers import Answer, answer_to
from assessments.workflow import Refusal
from criteria.scoring import NOT_APPLICABLE, Refused

COHORTS = Cohort.objects.in_context()


@authorize(coordinates, cohort=COHORTS)
def central(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """The leaves of a cohort that are entered centrally, with what is left."""
    context = _about(cohort) | {"leaves": central_leaves(cohort)}
    return render(request, "assessments/period/central.html", context)


@authorize(coordinates, cohort=COHORTS)
def central_leaf(request: HttpRequest, cohort: Cohort, criterion: int) -> HttpResponse:
    return _page(request, cohort, _leaf(cohort, criterion))


@authorize(coordinates, assessment=Assessment.objects.in_context())
def central_row(request: HttpRequest, assessment: Assessment, criterion: int) -> HttpResponse:
    """POST stores one unit's result; GET shows its row as saved, for somebody who gives up what he typed."""
    cohort = assessment.cohort
    leaf = _leaf(cohort, criterion)
    anchor = f"{reverse('central_leaf', args=[cohort.pk, criterion])}#unit-{assessment.pk}"
    if request.method != "POST":
        if not request.htmx:
            return redirect(anchor)
        return _partial(request, assessment, leaf, None)
    answer = _save(request, assessment, leaf)
    if request.htmx:
        return _partial(request, assessment, leaf, answer)
    if answer.score:
        messages.success(request, f"Đã lưu kết quả của {assessment.unit}.")
        return redirect(anchor)
    return _page(request, cohort, leaf, assessment, answer)


@authorize(coordinates, cohort=COHORTS)
def central_skip(request: HttpRequest, cohort: Cohort, criterion: int) -> HttpResponse:
    """ "Không áp dụng" for every unit that has no result yet: no survey was held, for one."""
    leaf = _leaf(cohort, criterion)
    if not leaf.may_skip:
        raise Http404
    if request.method == "POST":
        try:
            entry = enter_central_for_cohort(
                cohort=cohort,
                criterion_id=criterion,
                verdict=Verdict(Score.Basis.DATA, {NOT_APPLICABLE: True}),
                by=request.user,
                now=request.received_at,
            )
        except (Refusal, Refused) as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Đã ghi “Không áp dụng” cho {entry.entered} đơn vị.")
            if entry.kept:
                messages.info(request, f"Giữ nguyên kết quả đã nhập của {', '.join(entry.kept)}.")
            if entry.closed:
                left = ", ".join(entry.closed)
                messages.warning(request, f"Không ghi được vì đã chốt điểm hoặc là đơn vị của bạn: {left}.")
        return redirect("central_leaf", cohort=cohort.pk, criterion=criterion)
    return render(request, "assessments/period/central_skip.html", _about(cohort) | {"leaf": leaf})


def _leaf(cohort: Cohort, criterion_id: int) -> CentralLeaf:
    leaf = leaf_of(cohort, criterion_id)
    if leaf is None:
        raise Http404
    return leaf


def _save(request: HttpRequest, assessment: Assessment, leaf: CentralLeaf) -> Answer:
    form = CentralForm(request.POST, criterion=leaf.criterion)
    return answer_to(
        form,
        lambda: enter_central(
            assessment=assessment,
            criterion_id=leaf.pk,
            verdict=_verdict(form),
            seen=form.seen,
            by=request.user,
            now=request.received_at,
        ),
    )


def _verdict(form: CentralForm) -> Verdict | None:
    """None where nothing is filled in: the result is cleared."""
    reason, points = form.cleaned_data["reason"], form.cleaned_data["override"]
    if points is not None:
        return Verdict(Score.Basis.OVERRIDE, points=points, reason=reason)
    data = form.declared()
    return None if data is None else Verdict(Score.Basis.DATA, data, reason=reason)


def _about(cohort: Cohort) -> dict[str, object]:
    return {"cohort": cohort, "period": cohort.period}


def _partial(
    request: HttpRequest, assessment: Assessment, leaf: CentralLeaf, answer: Answer | None
) -> HttpResponse:
    row = row_of(assessment, leaf, now=request.received_at)
    context = _about(assessment.cohort) | {
        "leaf": leaf_of(assessment.cohort, leaf.pk),
        "row": _shown(request, row, answer),
        "answer": answer,
        "swap": True,
    }
    status = answer.status if answer else 200
    return render(request, "assessments/period/central_row.html", context, status=status)


def _page(
    request: HttpRequest,
    cohort: Cohort,
    leaf: CentralLeaf,
    assessment: Assessment | None = None,
    answer: Answer | None = None,
) -> HttpResponse:
    """The whole table; `answer` belongs to the row of `assessment`."""
    rows = [
        {"row": _shown(request, row, answer), "answer": answer}
        if assessment is not None and row.assessment.pk == assessment.pk
        else {"row": row, "answer": None}
        for row in central_rows(cohort, leaf, now=request.received_at)
    ]
    context = _about(cohort) | {"leaf": leaf, "rows": rows, "swap": False}
    status = answer.status if answer else 200
    return render(request, "assessments/period/central_leaf.html", context, status=status)


def _shown(request: HttpRequest, row: CentralRow, answer: Answer | None) -> CentralRow:
    """The row with what was typed wherever that isn't stored."""
    if answer is None or answer.score:
        return row
    return replace(row, leaf=row.leaf.retyped(request.POST))
