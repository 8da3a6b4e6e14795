"""One judgement of one leaf, whichever page it was made on."""

from __future__ import annotations

from django.http import HttpRequest

from assessments.actions import appraisal as actions
from assessments.actions.verdicts import Verdict
from assessments.forms.judgement import JudgementForm
from assessments.models import Assessment, Layer, Score, ScoreBase
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
            verdict=_verdict(form, assessment, criterion_id, same_agrees=same_agrees),
            seen=form.seen,
            by=request.user,
            now=request.received_at,
        )

    return answer_to(form, save)


def _verdict(form: JudgementForm, assessment: Assessment, criterion_id: int, *, same_agrees: bool) -> Verdict:
    typed = form.cleaned_data
    if form.takes_over is not None:
        # Whether there is anything to take over, and for whom, the action says before it looks at the verdict.
        mark = assessment.marks.filter(criterion=criterion_id, place=form.takes_over).first()
        if mark is not None:
            points = None if mark.points is None else abs(mark.points)
            return Verdict(mark.basis, mark.data, points, typed["reason"] or mark.note)
    basis = typed["basis"]
    # Agreeing takes over the layer before, which only in round 1 is the unit's own.
    if same_agrees and typed["layer"] == Layer.ROUND1:
        own = Score.objects.filter(assessment=assessment, criterion=criterion_id, layer=Layer.SELF)
        basis = Score.Basis.KEPT if form.repeats(own.first()) else basis
    return Verdict(basis, form.declared(), typed["override"], typed["reason"])
