"""Moving a running cohort to a new version of its criteria set without losing an answer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import BigIntegerField, Case, QuerySet, Value, When

from accounts.models import User
from assessments.actions.cohorts import lock_cohort
from assessments.actions.periods import lock_period
from assessments.actions.returning import give_back
from assessments.actions.totals import store_totals
from assessments.actions.writing import record
from assessments.models import (
    Assessment,
    AssignedTarget,
    Assignment,
    Attachment,
    Cohort,
    CouncilDecision,
    Explanation,
    Extension,
    Layer,
    LayerTotal,
    Mark,
    Score,
    Share,
)
from assessments.permissions import require
from assessments.queries.renewal import Renewal, renewal_preview
from assessments.workflow import Action, PeriodAction, PeriodState, Refusal
from criteria.models import CriteriaSet
from criteria.queries import stored_tree


@transaction.atomic
def move_to_set(
    *, cohort: Cohort, criteria_set: CriteriaSet, reason: str, by: User, now: datetime
) -> Renewal:
    """Score the cohort by another version of its set from now on; returns what that did, sheet by sheet.

    Whatever was entered on leaves of the same code, rule and maximum goes along in every layer; the rest stays
    on the old version's tree. Sent sheets that have leaves to score again go back to their units.
    """
    period = lock_period(PeriodAction.ARRANGE, cohort.period, by=by, now=now)
    locked = lock_cohort(cohort)
    reason = reason.strip()
    _refuse(period.state, locked.criteria_set, criteria_set, reason)
    # Writers of a leaf hold its sheet's lock, so nobody is on the old tree while it is left.
    sheets = {sheet.pk: sheet for sheet in Assessment.objects.for_gate().locked(cohort=locked)}
    renewal = renewal_preview(locked, criteria_set)
    if renewal.blocked:
        names = ", ".join(sheet.assessment.unit.short_name for sheet in renewal.blocked)
        raise Refusal(f"Không chuyển được: điểm của {names} đã được Hội đồng chốt; hãy mở lại phiếu trước.")
    for sheet in sheets.values():
        require(Action.RENEW, by=by, assessment=sheet, now=now)

    old = locked.criteria_set
    _carry(locked, renewal, old, criteria_set)
    _reassign(locked, old, criteria_set)
    locked.criteria_set = criteria_set
    locked.save(update_fields=["criteria_set"])
    for sheet in sheets.values():
        sheet.cohort = locked
    _recount(sheets)
    for entry in renewal.sheets:
        if entry.returns:
            sheet, again = sheets[entry.assessment.pk], {"again": list(entry.again)}
            give_back(sheet, Action.RENEW, again, reason, by=by, now=now)
    record(
        Action.RENEW,
        by=by,
        now=now,
        period=period,
        before={"cohort": locked.name, "criteria_set": [old.code, old.version]},
        after={"cohort": locked.name, "criteria_set": [criteria_set.code, criteria_set.version]},
        reason=reason,
    )
    return renewal


def _refuse(state: str, old: CriteriaSet, new: CriteriaSet, reason: str) -> None:
    if state != PeriodState.OPEN:
        raise Refusal("Kỳ đánh giá chưa mở: hãy chọn bộ tiêu chí ngay ở trang sửa nhóm.")
    if new.pk == old.pk:
        raise Refusal("Nhóm đã dùng phiên bản này của bộ tiêu chí.")
    if new.code != old.code or new.version < old.version:
        raise Refusal("Chỉ chuyển được sang phiên bản mới hơn của cùng bộ tiêu chí.")
    if not reason:
        raise Refusal("Hãy ghi lý do chuyển bộ tiêu chí, ví dụ số và ngày của quyết định sửa đổi.")


def _carry(cohort: Cohort, renewal: Renewal, old: CriteriaSet, new: CriteriaSet) -> None:
    """Hang whatever was said of the leaves that stay the same, with evidence and targets, onto the new tree."""
    before, after = stored_tree(old).ids, stored_tree(new).ids
    pairs = {before[leaf.code]: after[leaf.code] for leaf in renewal.comparison.kept}
    if not pairs:
        return
    for rows in (
        Score.objects.filter(assessment__cohort=cohort),
        Attachment.objects.filter(evidence__assessment__cohort=cohort),
        AssignedTarget.objects.filter(assessment__cohort=cohort),
        Mark.objects.filter(assessment__cohort=cohort),
        Explanation.objects.filter(assessment__cohort=cohort),
        CouncilDecision.objects.filter(assessment__cohort=cohort),
    ):
        _repoint(rows, pairs)


def _reassign(cohort: Cohort, old: CriteriaSet, new: CriteriaSet) -> None:
    """Whoever appraises or scores a criterion, or has more time for it, keeps the one of the same code.

    An exception for leaves that are gone stays theirs: without any it would be one for all.
    """
    before, after = stored_tree(old).ids, stored_tree(new).ids
    pairs = {before[code]: after[code] for code in before.keys() & after.keys()}
    _repoint(Assignment.objects.filter(cohort=cohort), pairs)
    _repoint(Share.objects.filter(assessment__cohort=cohort), pairs)
    _repoint(Extension.leaves.through.objects.filter(extension__assessment__cohort=cohort), pairs)


def _repoint(rows: QuerySet, pairs: dict[int, int]) -> None:
    renamed = Case(
        *(When(criterion=old, then=Value(new)) for old, new in pairs.items()), output_field=BigIntegerField()
    )
    rows.filter(criterion__in=pairs).order_by().update(criterion=renamed)


def _recount(sheets: dict[int, Assessment]) -> None:
    stored: dict[str, list[Assessment]] = {}
    for pk, layer in (
        LayerTotal.objects.filter(assessment__in=sheets).order_by("pk").values_list("assessment_id", "layer")
    ):
        stored.setdefault(layer, []).append(sheets[pk])
    for layer in Layer.values:
        store_totals(stored.get(layer, []), layer)
