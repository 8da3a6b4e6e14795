"""Appraising one criterion of all units, and how far the appraisal of a cohort is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.authorize import authorize
from assessments.models import Assessment, Cohort
from assessments.permissions import desk_of, follows_period, sees_appraisal
from assessments.queries.by_criterion import (
    CriterionTable,
    UnitRow,
    criterion_count,
    criterion_table,
    leaf_to_appraise,
    neighbours,
    unit_row,
)
from assessments.queries.desks import Desk
from assessments.queries.lenses import look_at_units
from assessments.queries.progress import cohort_progress
from assessments.views.answers import Answer
from assessments.views.judging import judge_leaf
from criteria.tree import Criterion

COHORTS = Cohort.objects.in_context()


@authorize(follows_period, cohort=COHORTS)
def cohort_appraisal(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """The criteria that are the user's, and n/m of each; for who oversees the cohort also of offices and units."""
    desk = desk_of(request.user, cohort)
    context = _about(cohort) | {
        "progress": cohort_progress(cohort, desk),
        "oversees": desk.oversees,
        "coordinates": desk.coordinates,
    }
    return render(request, "assessments/appraisal/cohort.html", context)


@authorize(follows_period, cohort=COHORTS)
def criterion_appraisal(request: HttpRequest, cohort: Cohort, criterion: int) -> HttpResponse:
    node, desk = _leaf(cohort, criterion), desk_of(request.user, cohort)
    return _page(
        request, cohort, desk, criterion_table(cohort, criterion, node, desk, now=request.received_at)
    )


@authorize(sees_appraisal, assessment=Assessment.objects.in_context())
def judge_unit(request: HttpRequest, assessment: Assessment, criterion: int) -> HttpResponse:
    """POST stores a judgement in the table of its criterion. GET shows the row as saved."""
    cohort = Cohort.objects.in_context().get(pk=assessment.cohort_id)
    node = _leaf(cohort, criterion)
    if assessment.is_with_unit:
        raise Http404
    desk = desk_of(request.user, cohort)
    if not desk.sees(assessment.unit_id, criterion):
        raise PermissionDenied
    anchor = f"{reverse('criterion_appraisal', args=[cohort.pk, criterion])}#leaf-{assessment.pk}"
    answer = None
    if request.method == "POST":
        answer = judge_leaf(request, assessment, criterion, node, same_agrees=True)
    elif not request.htmx:
        return redirect(anchor)
    if answer and answer.score and not request.htmx:
        messages.success(request, f"Đã lưu điểm của {assessment.unit}.")
        return redirect(anchor)
    if request.htmx:
        row = unit_row(assessment, criterion, node, desk, now=request.received_at)
        context = _about(cohort) | _line(request, row, answer) | {"swap": answer is not None}
        context["count"] = criterion_count(cohort, criterion, desk)
        template = "unit_saved.html" if answer else "criterion.html#line"
        status = answer.status if answer else 200
        return render(request, f"assessments/appraisal/{template}", context, status=status)
    table = criterion_table(cohort, criterion, node, desk, now=request.received_at)
    return _page(request, cohort, desk, table, assessment=assessment, answer=answer)


def _leaf(cohort: Cohort, criterion_id: int) -> Criterion:
    node = leaf_to_appraise(cohort, criterion_id)
    if node is None:
        raise Http404
    return node


def _about(cohort: Cohort) -> dict[str, Any]:
    return {"cohort": cohort, "period": cohort.period}


def _page(
    request: HttpRequest,
    cohort: Cohort,
    desk: Desk,
    table: CriterionTable,
    *,
    assessment: Assessment | None = None,
    answer: Answer | None = None,
) -> HttpResponse:
    """The whole table; `answer` belongs to the row of `assessment`."""
    around = neighbours(cohort, table.pk, desk)
    if not around.is_his:
        raise PermissionDenied
    look = look_at_units(table.rows, request.GET.get("xem", ""))
    mended = assessment.pk if assessment is not None else None
    context = _about(cohort) | {
        "table": table,
        "count": table.count,
        "look": look,
        "lines": [_line(request, row, answer if row.assessment.pk == mended else None) for row in look.rows],
        "around": around,
        "swap": False,
    }
    status = answer.status if answer else 200
    return render(request, "assessments/appraisal/criterion.html", context, status=status)


def _line(request: HttpRequest, row: UnitRow, answer: Answer | None) -> dict[str, Any]:
    """A row with what was typed wherever that isn't stored."""
    if answer is not None and not answer.score:
        row = row.retyped(request.POST)
    return {"row": row, "answer": answer}
