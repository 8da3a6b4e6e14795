"""The layers after the unit's own: appraisers' and council's points, each starting from the layer before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from assessments.actions.rescoring import WRITES, follow
from assessments.actions.totals import store_totals
from assessments.actions.writing import (
    Entry,
    Leaf,
    check_seen,
    layers_of,
    leaf_of,
    leaves_of,
    move,
    open_sheet,
    record,
    write,
)
from assessments.models import Assessment, Layer, Score
from assessments.queries.finalisation import finalisation_check
from assessments.queries.leaves import score_of
from assessments.queries.reasons import BEFORE, needs_reason
from assessments.workflow import Action, Refusal
from criteria.points import ZERO, canonical
from criteria.queries import stored_tree
from criteria.scoring import LeafScore, check_override
from criteria.tree import Source

CENTRAL = frozenset({Source.SURVEY, Source.EXTERNAL})


class ReasonMissing(Refusal):
    def __init__(self) -> None:
        super().__init__("Hãy ghi lý do: điểm thấp hơn mức trước đó hoặc do người chấm ấn định.")


@dataclass(frozen=True)
class Verdict:
    """What an appraiser or the council says: agree, other data (points follow), or points set by hand."""

    basis: str
    data: dict[str, Any] | None = None
    points: Decimal | None = None
    reason: str = ""


def entry_of(sheet: Assessment, leaf: Leaf, verdict: Verdict, before: Score | None) -> Entry:
    """The row a verdict makes; ReasonMissing where the contract asks for a reason and there is none."""
    reason = verdict.reason.strip()
    if verdict.basis == Score.Basis.KEPT:
        # What a unit left unanswered counts 0, and agreeing says so.
        points = before.points if before is not None and before.points is not None else ZERO
        scored = LeafScore(points, bool(before and before.excluded))
        return Entry(Score.Basis.KEPT, before and before.data, scored, reason)
    if verdict.basis == Score.Basis.OVERRIDE:
        points = check_override(leaf.criterion, verdict.points, leaf.decimals)
        entry = Entry(Score.Basis.OVERRIDE, before and before.data, LeafScore(points), reason)
    else:
        scored = score_of(sheet, leaf.criterion, leaf.decimals, verdict.data or {})
        entry = Entry(Score.Basis.DATA, verdict.data, scored, reason)
    if not reason and needs_reason(
        before, points=entry.scored.points, excluded=entry.scored.excluded, basis=entry.basis
    ):
        raise ReasonMissing
    return entry


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
) -> Score:
    """Store an appraiser's (Action.APPRAISE) or the council's (Action.FIX) verdict on a leaf the unit scored.

    Raises scoring.Refused, ReasonMissing, Conflict, and Refusal or PermissionDenied from the gate.
    """
    sheet = open_sheet(action, assessment=assessment, by=by, now=now)
    layer = WRITES[action]
    leaf = leaf_of(sheet, criterion_id, {Source.UNIT})
    layers = layers_of(sheet, leaf)
    saved = layers.get(layer)
    entry = entry_of(sheet, leaf, verdict, layers.get(BEFORE[layer]))
    if not check_seen(saved, seen, entry):
        return saved
    score = write(
        assessment=sheet, layer=layer, leaf=leaf, saved=saved, entry=entry, by=by, now=now, action=action
    )
    store_totals([sheet], layer)
    follow(sheet, leaf, layers, by=by, now=now, action=action)
    return score


@transaction.atomic
def agree_with_area(*, assessment: Assessment, area_code: str, by: User, now: datetime) -> int:
    """Agree with every leaf of an area that nobody has appraised yet; returns how many those were."""
    sheet = open_sheet(Action.APPRAISE, assessment=assessment, by=by, now=now)
    stored = stored_tree(sheet.cohort.criteria_set)
    area = stored.tree.by_code.get(area_code)
    if area is None:
        raise Refusal("Không có lĩnh vực này trong bộ tiêu chí.")
    within = {node.code for node in area.leaves()}
    leaves = [leaf for leaf in leaves_of(stored, {Source.UNIT}) if leaf.criterion.code in within]
    done = _keep(sheet, leaves, layer=Layer.ROUND1, by=by, now=now, action=Action.APPRAISE)
    store_totals([sheet], Layer.ROUND1)
    return done


def _keep(
    sheet: Assessment, leaves: Iterable[Leaf], *, layer: Layer, by: User, now: datetime, action: Action
) -> int:
    """Take over the layer before for those of `leaves` that `layer` says nothing about yet."""
    rows = Score.objects.filter(assessment=sheet, layer__in=[layer, BEFORE[layer]])
    known = {(row.layer, row.criterion_id): row for row in rows}
    missing = [leaf for leaf in leaves if (layer, leaf.pk) not in known]
    for leaf in missing:
        entry = entry_of(sheet, leaf, Verdict(Score.Basis.KEPT), known.get((BEFORE[layer], leaf.pk)))
        write(
            assessment=sheet, layer=layer, leaf=leaf, saved=None, entry=entry, by=by, now=now, action=action
        )
    return len(missing)


@transaction.atomic
def close_appraisal(*, assessment: Assessment, by: User, now: datetime) -> None:
    """End the appraisal of a sheet: the council's layer starts as what the appraisers said."""
    sheet = open_sheet(Action.CLOSE_APPRAISAL, assessment=assessment, by=by, now=now)
    leaves = leaves_of(stored_tree(sheet.cohort.criteria_set), {Source.UNIT})
    done = set(
        Score.objects.filter(assessment=sheet, layer=Layer.ROUND1).values_list("criterion_id", flat=True)
    )
    if left := [leaf.criterion.code for leaf in leaves if leaf.pk not in done]:
        raise Refusal(f"Còn {len(left)} tiêu chí chưa thẩm định: {', '.join(left)}.")
    _keep(sheet, leaves, layer=Layer.COUNCIL, by=by, now=now, action=Action.CLOSE_APPRAISAL)
    store_totals([sheet], Layer.COUNCIL)
    move(sheet, Action.CLOSE_APPRAISAL, appraised_at=now, appraised_by=by)
    record(Action.CLOSE_APPRAISAL, by=by, now=now, assessment=sheet)


@transaction.atomic
def enter_central(
    *,
    assessment: Assessment,
    criterion_id: int,
    verdict: Verdict | None,
    seen: int,
    by: User,
    now: datetime,
) -> Score:
    """Store the council's points of a survey or external leaf of one unit; None clears them.

    `verdict` carries the data of the rule, or points set by hand with a reason.
    """
    sheet = open_sheet(Action.ENTER_CENTRAL, assessment=assessment, by=by, now=now)
    leaf = leaf_of(sheet, criterion_id, CENTRAL)
    entry = Entry(Score.Basis.DATA, None, None) if verdict is None else entry_of(sheet, leaf, verdict, None)
    saved = layers_of(sheet, leaf).get(Layer.COUNCIL)
    if not check_seen(saved, seen, entry):
        return saved
    score = write(
        assessment=sheet,
        layer=Layer.COUNCIL,
        leaf=leaf,
        saved=saved,
        entry=entry,
        by=by,
        now=now,
        action=Action.ENTER_CENTRAL,
    )
    store_totals([sheet], Layer.COUNCIL)
    return score


@transaction.atomic
def finalise(*, assessment: Assessment, by: User, now: datetime) -> Decimal:
    """Fix the council's points and return the total. Refusal while a leaf or a required reason is missing."""
    sheet = open_sheet(Action.FINALISE, assessment=assessment, by=by, now=now)
    if problems := finalisation_check(sheet):
        raise Refusal("Chưa chốt điểm được: " + "; ".join(problem.message for problem in problems) + ".")
    [tally] = store_totals([sheet], Layer.COUNCIL)
    move(sheet, Action.FINALISE, finalised_at=now, finalised_by=by)
    record(Action.FINALISE, by=by, now=now, assessment=sheet, after={"total": canonical(tally.total)})
    return tally.total
