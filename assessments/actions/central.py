"""One entry for every unit of a cohort: "không tổ chức điều tra", or a figure they all share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessments.actions.council import CENTRAL
from assessments.actions.totals import store_totals
from assessments.actions.verdicts import Verdict, entry_of
from assessments.actions.writing import leaf_of, write
from assessments.models import Assessment, Cohort, Layer, Score
from assessments.permissions import may, require_period
from assessments.workflow import Action, PeriodAction, Refusal


@dataclass(frozen=True)
class CohortEntry:
    """How many units got the entry, and the names of those left as they were."""

    entered: int
    kept: tuple[str, ...]
    closed: tuple[str, ...]


@transaction.atomic
def enter_central_for_cohort(
    *, cohort: Cohort, criterion_id: int, verdict: Verdict, by: User, now: datetime
) -> CohortEntry:
    """Enter a survey or external leaf for all units of a cohort that have no result there yet.

    Units with a result keep it, so that nothing is overwritten; sheets already final, and that of a unit for which
    the coordinator works himself, stay as they are.
    """
    require_period(PeriodAction.ARRANGE, by=by, period=cohort.period, now=now)
    sheets = Assessment.objects.in_context().locked(cohort=cohort)
    saved = {
        score.assessment_id: score
        for score in Score.objects.filter(assessment__in=sheets, layer=Layer.COUNCIL, criterion=criterion_id)
    }
    entered, kept, closed = [], [], []
    for sheet in sheets:
        score = saved.get(sheet.pk)
        if not may(by, Action.ENTER_CENTRAL, sheet, now=now):
            closed.append(sheet.unit.short_name)
        elif score is not None and score.is_answered:
            kept.append(sheet.unit.short_name)
        else:
            leaf = leaf_of(sheet, criterion_id, CENTRAL)
            write(
                assessment=sheet,
                layer=Layer.COUNCIL,
                leaf=leaf,
                saved=score,
                entry=entry_of(sheet, leaf, verdict, None),
                by=by,
                now=now,
                action=Action.ENTER_CENTRAL,
            )
            entered.append(sheet)
    if not entered and not kept:
        raise Refusal("Không còn phiếu nào của nhóm nhập được kết quả.")
    store_totals(entered, Layer.COUNCIL)
    return CohortEntry(len(entered), tuple(kept), tuple(closed))
