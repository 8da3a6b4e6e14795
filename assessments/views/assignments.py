"""How a coordinator gives the criteria of a cohort to the offices and people who appraise them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.authorize import authorize
from assessments.actions.assignments import Duty, Reassigned, assign
from assessments.forms.assignments import AssignmentForm
from assessments.models import Cohort
from assessments.permissions import coordinates, may_run
from assessments.queries.assignments import assigned
from assessments.queries.duties import appraisers_of, duty_board, offices_of, proposals
from assessments.workflow import PeriodAction, Refusal
from criteria.queries import stored_tree

COHORTS = Cohort.objects.in_context()


@authorize(coordinates, cohort=COHORTS)
def assignments(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """The tree with who appraises what, how far they are, and what is amiss."""
    return render(
        request,
        "assessments/appraisal/assignments.html",
        _about(request, cohort) | {"board": duty_board(cohort)},
    )


@authorize(coordinates, cohort=COHORTS)
def assignment(request: HttpRequest, cohort: Cohort, criterion: int) -> HttpResponse:
    """Who appraises one criterion with all under it."""
    stored = stored_tree(cohort.criteria_set)
    if criterion not in stored.codes:
        raise Http404
    node = stored.tree.by_code[stored.codes[criterion]]
    offices = offices_of(cohort.period.host)
    offered = {
        "offices": offices,
        "appraisers": appraisers_of(offices),
        "stands": assigned(cohort).direct.get(criterion, ()),
    }
    form, refused = AssignmentForm(request.POST or None, **offered), ""
    if request.method == "POST" and form.is_valid():
        try:
            assign(
                cohort=cohort,
                criterion_id=criterion,
                duties=[Duty(**chosen) for chosen in form.chosen()],
                seen=form.seen(),
                by=request.user,
                now=request.received_at,
            )
        except Reassigned as refusal:
            # What somebody else has changed since is to be seen before anything else is decided.
            refused, form = str(refusal), AssignmentForm(**offered)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Đã lưu phân công {node.code} {node.name}.")
            return redirect(f"{reverse('assignments', args=[cohort.pk])}#criterion-{criterion}")
    context = _about(request, cohort) | {"criterion": node, "form": form, "refused": refused}
    status = 409 if refused else 422 if form.errors else 200
    return render(request, "assessments/appraisal/assignment.html", context, status=status)


@authorize(coordinates, cohort=COHORTS)
def assignments_propose(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """The offices that the criteria set itself names; POST gives them what nobody has yet."""
    found = proposals(cohort, assigned(cohort))
    if request.method == "POST":
        new = [proposal for proposal in found if proposal.is_new]
        try:
            with transaction.atomic():
                for proposal in new:
                    assign(
                        cohort=cohort,
                        criterion_id=proposal.pk,
                        duties=[Duty(proposal.office)],
                        seen=(),
                        by=request.user,
                        now=request.received_at,
                    )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Đã phân công {len(new)} mục theo bộ tiêu chí.")
        return redirect("assignments", cohort=cohort.pk)
    context = _about(request, cohort) | {
        "proposals": found,
        "new": sum(proposal.is_new for proposal in found),
    }
    return render(request, "assessments/appraisal/proposals.html", context)


def _about(request: HttpRequest, cohort: Cohort) -> dict[str, Any]:
    return {
        "cohort": cohort,
        "period": cohort.period,
        "writable": may_run(request.user, PeriodAction.ASSIGN, cohort.period, now=request.received_at),
    }
