"""One judgement of one leaf, whichever page it was made on."""

from __future__ import annotations

from django.http import HttpRequest

from assessments.actions import appraisal as actions
from assessments.forms.judgement import OF_MARK, JudgementForm
from assessments.models import Assessment, Layer, Mark, Score, ScoreBase
from assessments.views.answers import Answer, answer_to
from criteria.tree import Criterion


def judge_leaf(
    request: HttpRequest,
    assessment: Assessment,
    criterion_id: int,
    node: Criterion,
    *,
    same_agrees: bool = False,
) -> Answer:
    """`same_agrees`: where one types down a column, repeating the unit's own data is agreeing with them."""
    form = JudgementForm(request.POST, criterion=node)

    def save() -> ScoreBase:
        return actions.judge(
            action=form.action,
            assessment=assessment,
            criterion_id=criterion_id,
            verdict=form.verdict(
                _marks(form, assessment, criterion_id),
                _own(form, assessment, criterion_id) if same_agrees else None,
            ),
            seen=form.seen,
            by=request.user,
            now=request.received_at,
        )

    return answer_to(form, save)


def _own(form: JudgementForm, assessment: Assessment, criterion_id: int) -> Score | None:
    """What agreeing takes over: in round 1 the unit's own score."""
    if form.cleaned_data["layer"] != Layer.ROUND1:
        return None
    return Score.objects.filter(assessment=assessment, criterion=criterion_id, layer=Layer.SELF).first()


def _marks(form: JudgementForm, assessment: Assessment, criterion_id: int) -> dict[int, Mark]:
    """Both marks where one of them is to be taken over; whether that may be, the action says."""
    if form.cleaned_data["basis"] not in OF_MARK:
        return {}
    return {mark.place: mark for mark in assessment.marks.filter(criterion=criterion_id).order_by("place")}
