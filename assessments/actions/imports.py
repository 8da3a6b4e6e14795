"""Central results and targets of a cohort from a workbook that was previewed: all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessments.actions.council import enter
from assessments.actions.periods import lock_period
from assessments.actions.targets import assign_targets
from assessments.actions.totals import store_totals
from assessments.actions.verdicts import ReasonMissing, Verdict
from assessments.actions.writing import Conflict, open_sheet
from assessments.models import Assessment, AssignedTarget, Cohort, Layer
from assessments.queries.entry.preview import EnteredResult, EnteredTarget
from assessments.workflow import Action, PeriodAction, Refusal
from criteria.scoring import Refused

SHOWN = 10  # cells in one refusal


@dataclass(frozen=True)
class Imported:
    results: int
    targets: int


@transaction.atomic
def import_entries(
    *,
    cohort: Cohort,
    results: Sequence[EnteredResult],
    targets: Sequence[EnteredTarget],
    by: User,
    now: datetime,
) -> Imported:
    """Store what a preview showed. Refusal that names every cell which somebody else entered since."""
    lock_period(PeriodAction.IMPORT, cohort.period, by=by, now=now)
    asked = {result.assessment_id for result in results} | {entry.change.assessment_id for entry in targets}
    # All of them at once, in everybody's order: targets and results may be for different units.
    sheets = {
        sheet.pk: sheet for sheet in Assessment.objects.in_context().locked(cohort=cohort, pk__in=asked)
    }
    if asked - sheets.keys():
        raise Refusal("Danh sách đơn vị của nhóm đã thay đổi; hãy tải tệp lên lại để xem trước.")
    _refuse_assigned_since(sheets, targets)
    assigned = assign_targets(cohort=cohort, changes=[entry.change for entry in targets], by=by, now=now)
    entered, conflicts = 0, []
    by_sheet: dict[int, list[EnteredResult]] = {}
    for result in results:
        by_sheet.setdefault(result.assessment_id, []).append(result)
    for pk in sorted(by_sheet):
        sheet = open_sheet(Action.ENTER_CENTRAL, assessment=sheets[pk], by=by, now=now)
        written = 0
        for result in by_sheet[pk]:
            try:
                written += _enter(sheet, result, by=by, now=now)
            except (Conflict, Refused, ReasonMissing) as problem:
                conflicts.append(f"{result.place} ({sheets[pk].unit}): {_told(problem)}")
        if written:
            store_totals([sheet], Layer.COUNCIL)
        entered += written
    _refuse(conflicts)
    return Imported(entered, assigned)


def _enter(sheet: Assessment, result: EnteredResult, *, by: User, now: datetime) -> bool:
    verdict = Verdict(result.basis, result.data, result.points, result.reason)
    _, written = enter(sheet, result.criterion_id, verdict, seen=result.seen, by=by, now=now)
    return written


def _told(problem: Exception) -> str:
    if isinstance(problem, Conflict):
        return f"{problem.saved.updated_by.full_name} đã nhập kết quả khác"
    return str(problem).rstrip(".")


def _refuse_assigned_since(sheets: dict[int, Assessment], targets: Sequence[EnteredTarget]) -> None:
    stood = {
        (assessment_id, criterion_id): value
        for assessment_id, criterion_id, value in AssignedTarget.objects.filter(assessment__in=sheets)
        .order_by("pk")
        .values_list("assessment_id", "criterion_id", "value")
    }
    _refuse(
        [
            f"{entry.place} ({sheets[change.assessment_id].unit}): người khác đã giao chỉ tiêu khác"
            for entry in targets
            for change in [entry.change]
            if stood.get((change.assessment_id, change.criterion_id)) not in {change.seen, change.value}
        ]
    )


def _refuse(conflicts: list[str]) -> None:
    if not conflicts:
        return
    more = f"; và {len(conflicts) - SHOWN} ô khác" if len(conflicts) > SHOWN else ""
    raise Refusal(
        "Có thay đổi sau khi xem trước, chưa có gì được ghi: "
        + "; ".join(conflicts[:SHOWN])
        + more
        + ". Hãy tải tệp lên lại để xem trước."
    )
