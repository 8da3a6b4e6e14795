"""The units' own targets for ratio leaves, assigned by the coordinator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from assessments.actions.rescoring import rescore
from assessments.actions.totals import store_totals
from assessments.actions.writing import Leaf, leaf_of, open_sheet, record
from assessments.models import Assessment, AssignedTarget, Cohort
from assessments.models.scores import ORDER
from assessments.queries.leaves import needs_target
from assessments.queries.targets import TargetChange
from assessments.workflow import Action, PeriodState, Refusal
from criteria.points import canonical, format_points
from criteria.scoring import Refused
from criteria.tree import Source


class Retargeted(Refusal):
    """Somebody assigned another target since the page was loaded: nothing is stored."""


@transaction.atomic
def assign_targets(*, cohort: Cohort, changes: Sequence[TargetChange], by: User, now: datetime) -> int:
    """Store targets of one cohort, all or none, and rescore what rests on them; returns how many changed.

    Retargeted where somebody assigned another value since the page was loaded; Refusal where a sheet is already
    final, and where figures scored against a target would be left without one.
    """
    asked: dict[int, list[TargetChange]] = {}
    for change in changes:
        asked.setdefault(change.assessment_id, []).append(change)
    sheets = Assessment.objects.filter(pk__in=asked, cohort=cohort).order_by("pk")
    done = 0
    touched: dict[str, list[Assessment]] = {layer: [] for layer in ORDER}
    for found in sheets:
        sheet = open_sheet(Action.ASSIGN_TARGET, assessment=found, by=by, now=now)
        layers: set[str] = set()
        for change in asked[sheet.pk]:
            if (after := _assign(sheet, change, by=by, now=now)) is not None:
                done += 1
                layers |= after
        for layer in layers:
            touched[layer].append(sheet)
    for layer, moved in touched.items():
        store_totals(moved, layer)
    return done


def _assign(sheet: Assessment, change: TargetChange, *, by: User, now: datetime) -> set[str] | None:
    """The layers that changed with the target; None if the target is what it was."""
    leaf = leaf_of(sheet, change.criterion_id, set(Source))
    if not needs_target(leaf.criterion):
        raise Refusal(f"Tiêu chí {leaf.criterion.code} không chấm theo chỉ tiêu giao.")
    saved = AssignedTarget.objects.filter(assessment=sheet, criterion=leaf.pk).first()
    before = saved and saved.value
    if before == change.value:
        return None
    if before != change.seen:
        raise Retargeted(
            f"{sheet.unit.short_name}, tiêu chí {leaf.criterion.code}: người khác đã giao "
            f"{_percent(before)} trong lúc trang này đang mở. Chưa có gì được ghi; hãy xem lại rồi lưu."
        )
    if change.value is None:
        assert saved is not None
        saved.delete()
    else:
        AssignedTarget.objects.update_or_create(
            assessment=sheet, criterion_id=leaf.pk, defaults={"value": change.value}
        )
    _record(sheet, leaf, before, change.value, by=by, now=now)
    try:
        return rescore(sheet, leaf, by=by, now=now, action=Action.ASSIGN_TARGET)
    except Refused as refused:
        raise Refusal(
            f"{sheet.unit.short_name}, tiêu chí {refused.code}: đã có số liệu chấm theo chỉ tiêu giao; "
            "hãy sửa chỉ tiêu thay vì bỏ trống."
        ) from refused


def _record(
    sheet: Assessment, leaf: Leaf, before: Decimal | None, after: Decimal | None, *, by: User, now: datetime
) -> None:
    # Until the period opens a unit can be taken out again; its events then belong to the period alone.
    kept = sheet.period.state != PeriodState.PREPARING
    record(
        Action.ASSIGN_TARGET,
        by=by,
        now=now,
        period=sheet.period,
        assessment=sheet if kept else None,
        criterion_id=leaf.pk,
        before={"unit": sheet.unit.code, "target": before and canonical(before)},
        after={"unit": sheet.unit.code, "target": after and canonical(after)},
    )


def _percent(value: Decimal | None) -> str:
    return "không có chỉ tiêu" if value is None else f"{format_points(value * 100)}%"
