"""Appraisers' and council's points for leaves that units score, each layer starting from the one before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessments.actions.marking import agree_by_marks, mark, marked_since
from assessments.actions.rescoring import WRITES, follow
from assessments.actions.totals import store_totals
from assessments.actions.verdicts import Verdict, entry_of
from assessments.actions.writing import (
    Leaf,
    check_seen,
    check_sending,
    layers_of,
    leaf_of,
    leaves_of,
    open_sheet,
    write,
    write_new,
)
from assessments.models import Assessment, Layer, Score, ScoreBase
from assessments.queries.assignments import assigned, is_to_settle
from assessments.queries.explanations import disputed_leaves
from assessments.queries.reasons import row_before
from assessments.workflow import Action, Refusal
from criteria.queries import stored_tree
from criteria.tree import Source


@transaction.atomic
def judge(
    *,
    action: Action,
    assessment: Assessment,
    criterion_id: int,
    verdict: Verdict,
    seen: int,
    by: User,
    now: datetime,
) -> ScoreBase:
    """Store a verdict on a leaf the unit scored: an appraiser's of round 1 (Action.APPRAISE) or of round 2 on what
    the unit disputes (REVISE), the coordinator's between two appraisers (SETTLE), the council's (FIX).

    Where two appraise the leaf, round 1 gets a Mark of its own. Raises scoring.Refused, ReasonMissing, Conflict, Resent,
    and Refusal or PermissionDenied from the gate.
    """
    sheet = open_sheet(action, assessment=assessment, by=by, now=now, leaf=criterion_id)
    layer = WRITES[action]
    leaf = leaf_of(sheet, criterion_id, {Source.UNIT})
    layers = layers_of(sheet, leaf)
    before = row_before(layer, layers)
    if action is Action.APPRAISE:
        responsible = assigned(sheet.cohort)
        if responsible.is_double(leaf.pk):
            return mark(sheet, leaf, verdict, before, responsible, seen=seen, by=by, now=now)
    _refuse_untimely(action, sheet, leaf)
    saved = layers.get(layer)
    if saved is None:
        check_sending(sheet, seen)
    entry = entry_of(sheet, leaf, verdict, before)
    # Settling in the words of round 1 from before two had the leaf is settling all the same.
    settles = action is Action.SETTLE and saved is not None and marked_since(saved)
    if not check_seen(saved, seen, entry) and not settles:
        return saved
    score = write(
        assessment=sheet, layer=layer, leaf=leaf, saved=saved, entry=entry, by=by, now=now, action=action
    )
    store_totals([sheet], layer)
    follow(sheet, leaf, layers, by=by, now=now, action=action)
    return score


def _refuse_untimely(action: Action, sheet: Assessment, leaf: Leaf) -> None:
    if action is Action.REVISE and leaf.pk not in disputed_leaves(sheet):
        raise Refusal("Vòng 2 chỉ xem lại tiêu chí mà đơn vị không đồng ý.")
    if action is Action.SETTLE and not is_to_settle(sheet, leaf.pk):
        raise Refusal("Chỉ thống nhất điểm khi cả hai người đã chấm và chấm khác nhau.")


@transaction.atomic
def agree_with_area(*, assessment: Assessment, area_code: str, seen: int, by: User, now: datetime) -> int:
    """Agree with every leaf of an area that is his and has no points yet; returns how many those were.

    `seen` is the floor of versions on the page; Resent where the unit has sent the sheet anew.
    """
    sheet = open_sheet(Action.APPRAISE, assessment=assessment, by=by, now=now)
    check_sending(sheet, seen)
    stored = stored_tree(sheet.cohort.criteria_set)
    area = stored.tree.by_code.get(area_code)
    if area is None:
        raise Refusal("Không có lĩnh vực này trong bộ tiêu chí.")
    responsible = assigned(sheet.cohort)
    his = responsible.leaves_of(by, sheet.unit_id)
    within = {node.code for node in area.leaves()}
    leaves = [
        leaf
        for leaf in leaves_of(stored, {Source.UNIT})
        if leaf.criterion.code in within
        and leaf.pk in his
        and sheet.why_not(Action.APPRAISE, now=now, leaf=leaf.pk) is None
    ]
    alone = [leaf for leaf in leaves if not responsible.is_double(leaf.pk)]
    done = keep(sheet, alone, layers=[Layer.ROUND1], by=by, now=now, action=Action.APPRAISE)
    double = [leaf for leaf in leaves if responsible.is_double(leaf.pk)]
    return done + agree_by_marks(sheet, double, responsible, by=by, now=now)


def keep(
    sheet: Assessment,
    leaves: Collection[Leaf],
    *,
    layers: Iterable[Layer],
    by: User,
    now: datetime,
    action: Action,
) -> int:
    """Take over the layer before for those of `leaves` that a layer says nothing about yet; one layer after the
    other, with their totals. Returns how many rows that made."""
    known: dict[int, dict[str, Score]] = {leaf.pk: {} for leaf in leaves}
    for row in Score.objects.filter(assessment=sheet, criterion__in=known):
        known[row.criterion_id][row.layer] = row
    done = 0
    for layer in layers:
        missing = [
            (leaf, entry_of(sheet, leaf, Verdict(Score.Basis.KEPT), row_before(layer, known[leaf.pk])))
            for leaf in leaves
            if layer not in known[leaf.pk]
        ]
        written = write_new(assessment=sheet, layer=layer, entries=missing, by=by, now=now, action=action)
        for row in written:
            known[row.criterion_id][layer] = row
        store_totals([sheet], layer)
        done += len(written)
    return done
