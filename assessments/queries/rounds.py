"""Which sheets of a cohort are ready for the next round, and what keeps the others: constant queries at any size."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from assessments.models import Assessment, Cohort, Explanation
from assessments.queries.explanations import asked, disputes
from assessments.queries.extensions import with_extensions
from assessments.queries.waiting import left_in_round1
from assessments.workflow import Action, State

BEHIND: Mapping[Action, frozenset[State]] = {
    Action.RELEASE: frozenset({State.EXPLAINING, State.APPRAISED, State.FINAL}),
    Action.CLOSE_APPRAISAL: frozenset({State.APPRAISED, State.FINAL}),
}


@dataclass(frozen=True)
class Ready:
    """A sheet that may take the step. `leaves`: before `release` those that the unit will be asked about, before
    `close_appraisal` those whose silence will be recorded."""

    assessment: Assessment
    leaves: int


@dataclass(frozen=True)
class Waiting:
    """A sheet that can't take the step yet, and why."""

    assessment: Assessment
    reason: str


@dataclass(frozen=True)
class Readiness:
    """Sheets of a cohort before a step; `done` have taken it."""

    ready: list[Ready]
    waiting: list[Waiting]
    done: int

    @property
    def leaves(self) -> int:
        return sum(ready.leaves for ready in self.ready)

    @property
    def fingerprint(self) -> str:
        """What a page showed to be done, so that nothing else is."""
        told = ";".join(f"{ready.assessment.pk}/{ready.leaves}" for ready in self.ready)
        return hashlib.sha256(told.encode()).hexdigest()


def readiness(cohort: Cohort, action: Action, *, now: datetime) -> Readiness:
    """What `release` or `close_appraisal` would say to every sheet."""
    sheets = Assessment.objects.in_context().filter(cohort=cohort)
    return _readiness(cohort, sheets.order_by("unit__sort_key", "unit__code"), action, now)


def readiness_of(sheet: Assessment, action: Action, *, now: datetime) -> Readiness:
    """The same for one sheet alone."""
    return _readiness(sheet.cohort, [sheet], action, now)


def _readiness(cohort: Cohort, found: Iterable[Assessment], action: Action, now: datetime) -> Readiness:
    sheets = with_extensions(found)
    ahead = [sheet for sheet in sheets if sheet.state not in BEHIND[action]]
    if action is Action.RELEASE:
        leaves, missing = _asked(ahead), _unjudged(cohort, ahead)
    else:
        leaves, missing = _unanswered(cohort, ahead, now)
    ready: list[Ready] = []
    waiting: list[Waiting] = []
    for sheet in ahead:
        reason = sheet.why_not(action, now=now) or missing.get(sheet.pk)
        if reason:
            waiting.append(Waiting(sheet, reason))
        else:
            ready.append(Ready(sheet, leaves[sheet.pk]))
    return Readiness(ready, waiting, done=len(sheets) - len(ahead))


def _asked(sheets: list[Assessment]) -> Counter[int]:
    """By sheet, how many leaves round 1 leaves below the unit's own points."""
    sent = [sheet.pk for sheet in sheets if sheet.state == State.SUBMITTED]
    rows = asked().filter(assessment__in=sent).order_by("pk")
    return Counter(rows.values_list("assessment_id", flat=True))


def _unjudged(cohort: Cohort, sheets: list[Assessment]) -> dict[int, str]:
    """Sent sheets with leaves that wait for an appraiser, or for both of two."""
    return {
        pk: f"Còn {len(leaves)} tiêu chí chưa thẩm định."
        for pk, leaves in left_in_round1(cohort, sheets).items()
        if leaves
    }


def _unanswered(
    cohort: Cohort, sheets: list[Assessment], now: datetime
) -> tuple[Counter[int], dict[int, str]]:
    """By sheet, on how many leaves the unit is silent; and those with leaves that it may still answer, or whose
    dispute round 2 has not decided."""
    by_pk = {sheet.pk: sheet for sheet in sheets if sheet.state == State.EXPLAINING}
    answers = Explanation.objects.filter(assessment=OuterRef("assessment"), criterion=OuterRef("criterion"))
    rows = asked().filter(~Exists(answers), assessment__in=by_pk).order_by("pk")
    silent = list(rows.values_list("assessment_id", "criterion_id"))
    open_leaves = Counter(
        sheet for sheet, leaf in silent if by_pk[sheet].why_not(Action.EXPLAIN, now=now, leaf=leaf) is None
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
    return Counter(sheet for sheet, _ in silent), reasons
