"""One entry for every unit of a cohort: "không tổ chức điều tra", or a figure they all share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from assessments.actions.appraisal import Verdict, enter_central
from assessments.models import Assessment, Cohort, Layer, Score
from assessments.permissions import GATE, why_not
from assessments.workflow import Action, Refusal


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

    Units with a result keep it, so that nothing is overwritten; sheets already final stay as they are.
    """
    sheets = list(
        Assessment.objects.select_for_update(of=("self",))
        .filter(cohort=cohort)
        .order_by("pk")
        .select_related("unit", "period__host", "cohort__criteria_set")
    )
    versions = {
        score.assessment_id: score
        for score in Score.objects.filter(
            assessment__cohort=cohort, layer=Layer.COUNCIL, criterion=criterion_id
        )
    }
    entered, kept, closed = 0, [], []
    for sheet in sheets:
        score = versions.get(sheet.pk)
        if not by.is_active or not GATE[Action.ENTER_CENTRAL].test(by, sheet):
            raise PermissionDenied
        if why_not(Action.ENTER_CENTRAL, sheet, now=now):
            closed.append(sheet.unit.short_name)
        elif score is not None and score.is_answered:
            kept.append(sheet.unit.short_name)
        else:
            enter_central(
                assessment=sheet,
                criterion_id=criterion_id,
                verdict=verdict,
                seen=score.version if score else 0,
                by=by,
                now=now,
            )
            entered += 1
    if not entered and not kept:
        raise Refusal("Không còn phiếu nào của nhóm nhập được kết quả.")
    return CohortEntry(entered, tuple(kept), tuple(closed))
