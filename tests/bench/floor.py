"""The least a page may do that stores a leaf: one UPDATE and one INSERT in a transaction, and the same partial.

It stands behind the same middleware, log-in and CSRF check as the site's pages, in the same server processes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils import timezone

from accounts.authorize import authorize, signed_in
from assessments.forms.leaf import LeafForm
from assessments.models import Assessment, Event, Layer, Score
from assessments.queries.leaves import leaf_criterion
from assessments.queries.sheet import summary_of
from assessments.views.answers import Answer


@authorize(signed_in)
def floor(request: HttpRequest, assessment: int, criterion: int) -> HttpResponse:
    now = timezone.now()
    with transaction.atomic():
        Score.objects.filter(assessment=assessment, criterion=criterion, layer=Layer.SELF).update(
            note=request.POST["note"], updated_at=now, updated_by=request.user
        )
        Event.objects.create(
            at=now,
            by=request.user,
            action="floor",
            assessment_id=assessment,
            criterion_id=criterion,
            after=request.POST.dict(),
        )
    return render(request, "assessments/leaf_saved.html", _ready(assessment, criterion))


@cache
def _ready(assessment: int, criterion: int) -> dict[str, Any]:
    """What the partial of a saved leaf shows, read once per process."""
    sheet = Assessment.objects.in_context().get(pk=assessment)
    node = leaf_criterion(sheet, criterion)
    assert node is not None
    score = Score.objects.get(assessment=sheet, criterion=criterion, layer=Layer.SELF)
    summary = summary_of(sheet, Layer.SELF)
    return {
        "assessment": sheet,
        "pk": criterion,
        "criterion": node,
        "answer": Answer(LeafForm({}, criterion=node), score=score),
        "score": score,
        "summary": summary,
        "swap": True,
    }


urlpatterns = [
    path("floor/<int:assessment>/<int:criterion>/", floor, name="floor"),
    path("", include("parindex.urls")),
]
