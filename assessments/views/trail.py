"""The trail: what happened at a leaf, and in a whole period."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.authorize import authorize
from assessments.forms.trail import TrailForm
from assessments.models import Assessment, Period
from assessments.permissions import appraises_for_host, coordinates, desk_of, sees_appraisal, sees_sheet
from assessments.queries.leaves import leaf_criterion
from assessments.queries.trail import ALL_LAYERS, OWN_LAYERS, layers_for, leaf_trail, period_trail, steps
from assessments.workflow import PeriodState

PER_PAGE = 50


@require_safe
@authorize(sees_sheet, assessment=Assessment.objects.in_context())
def leaf_history(request: HttpRequest, assessment: Assessment, criterion: int) -> HttpResponse:
    """A unit sees what it said itself; what others said only once the result is public. An appraiser sees what
    was said of the leaves that are his."""
    node = leaf_criterion(assessment, criterion)
    if node is None:
        raise Http404
    layers = OWN_LAYERS
    if sees_appraisal.test(request.user, assessment):
        layers = layers_for(desk_of(request.user, assessment.cohort), assessment, criterion)
    if assessment.period.state == PeriodState.PUBLISHED:
        layers |= ALL_LAYERS
    context = {
        "assessment": assessment,
        "criterion": node,
        "pk": criterion,
        "steps": leaf_trail(assessment, criterion, layers),
    }
    template = "assessments/trail/leaf.html#steps" if request.htmx else "assessments/trail/leaf.html"
    return render(request, template, context)


@require_safe
@authorize(coordinates, period=Period.objects.select_related("host"))
def period_events(request: HttpRequest, period: Period) -> HttpResponse:
    hide_marks = appraises_for_host.test(request.user, period)
    form = TrailForm(request.GET, period=period, hide_marks=hide_marks)
    chosen = form.cleaned_data if form.is_valid() else {}
    events = period_trail(period, **chosen, hide_marks=hide_marks)
    page = Paginator(events, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "period": period,
        "form": form,
        "page": page,
        "steps": steps(list(page.object_list)),
    }
    return render(request, "assessments/trail/period.html", context)
