"""Which sheets of a cohort are ready for the next round, and what keeps the others: constant queries at any size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef

from assessments.models import Assessment, Cohort, Explanation, Layer, Score
from assessments.queries.explanations import asked, disputes
from assessments.queries.extensions import with_extensions
from assessments.workflow import Action, State
from criteria.queries import stored_tree
from criteria.tree import Source

BEHIND: Mapping[Action, frozenset[State]] = {
    Action.RELEASE: frozenset({State.EXPLAINING, State.APPRAISED, State.FINAL}),
    Action.CLOSE_APPRAISAL: frozenset({State.APPRAISED, State.FINAL}),
}


@dataclass(frozen=True)
class Waiting:
    """A sheet that can't take the step yet, and why."""

    assessment: Assessment
    reason: str


@dataclass(frozen=True)
class Readiness:
    """The sheets of a cohort before a step; `done` have taken it."""

    ready: list[Assessment]
    waiting: list[Waiting]
    done: int


def readiness(cohort: Cohort, action: Action, *, now: datetime) -> Readiness:
    """What `release` or `close_appraisal` would say to every sheet."""
    sheets = with_extensions(
        Assessment.objects.in_context().filter(cohort=cohort).order_by("unit__sort_key", "unit__code")
    )
    ahead = [sheet for sheet in sheets if sheet.state not in BEHIND[action]]
    missing = _unjudged(cohort) if action is Action.RELEASE else _unanswered(cohort, ahead, now)
    ready: list[Assessment] = []
    waiting: list[Waiting] = []
    for sheet in ahead:
        reason = sheet.why_not(action, now=now) or missing.get(sheet.pk)
        if reason:
            waiting.append(Waiting(sheet, reason))
        else:
            ready.append(sheet)
    return Readiness(ready, waiting, done=len(sheets) - len(ahead))


def _unjudged(cohort: Cohort) -> dict[int, str]:
    """Sent sheets with leaves that round 1 says nothing about yet."""
    leaves = sum(leaf.source is Source.UNIT for leaf in stored_tree(cohort.criteria_set).tree.leaves())
    judged = (
        Score.objects.filter(assessment__cohort=cohort, layer=Layer.ROUND1)
        .filter(criterion__criteria_set=cohort.criteria_set_id, criterion__source=Source.UNIT)
        .order_by()
    )
    counts = dict(judged.values_list("assessment").annotate(count=Count("pk")))
    sent = Assessment.objects.filter(cohort=cohort, state=State.SUBMITTED).order_by("pk")
    return {
        pk: f"Còn {leaves - counts.get(pk, 0)} tiêu chí chưa thẩm định."
        for pk in sent.values_list("pk", flat=True)
        if counts.get(pk, 0) < leaves
    }


def _unanswered(cohort: Cohort, sheets: list[Assessment], now: datetime) -> dict[int, str]:
    """Sheets with leaves that the unit may still answer, or whose dispute round 2 has not decided."""
    by_pk = {sheet.pk: sheet for sheet in sheets if sheet.state == State.EXPLAINING}
    answers = Explanation.objects.filter(assessment=OuterRef("assessment"), criterion=OuterRef("criterion"))
    silent = asked().filter(~Exists(answers), assessment__in=by_pk).order_by("pk")
    open_leaves = Counter(
        sheet
        for sheet, leaf in silent.values_list("assessment_id", "criterion_id")
        if by_pk[sheet].why_not(Action.EXPLAIN, now=now, leaf=leaf) is None
    )
    undecided = Counter(
        disputes()
        .filter(assessment__in=by_pk, decided=False, criterion__criteria_set=cohort.criteria_set_id)
        .order_by("pk")
        .values_list("assessment_id", flat=True)
    )
    reasons: dict[int, str] = {}
    for pk, count in undecided.items():
        reasons[pk] = f"Còn {count} tiêu chí đơn vị không đồng ý và chưa thẩm định vòng 2."
    for pk, count in open_leaves.items():
        reasons[pk] = f"Còn {count} tiêu chí đơn vị chưa trả lời và vẫn trong thời gian giải trình."
    return reasons
