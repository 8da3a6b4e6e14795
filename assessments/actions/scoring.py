"""The unit's own work: scoring leaves, having the leader approve the sheet, sending it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from assessments.actions import marking, rounds
from assessments.actions.notices import notify
from assessments.actions.totals import store_totals
from assessments.actions.writing import (
    Entry,
    Leaf,
    check_seen,
    layers_of,
    leaf_of,
    move,
    open_sheet,
    open_sheet_of,
    record,
    snapshot,
    write,
)
from assessments.models import Assessment, Event, Explanation, Layer, Mark, Score
from assessments.queries.leaves import score_of
from assessments.queries.submission import sheet_content, submission_check
from assessments.workflow import Action, Refusal, State
from criteria.points import canonical
from criteria.tree import Source


@dataclass(frozen=True)
class OpenLeaf:
    """A leaf that the gate let a person score, on its locked sheet: good until the transaction ends."""

    sheet: Assessment
    leaf: Leaf
    by: User
    now: datetime


def open_leaf(*, assessment_id: int, criterion_id: int, by: User, now: datetime) -> OpenLeaf:
    """In the caller's transaction, so that a form can be read by the rule that will score it.

    Raises Assessment.DoesNotExist, and Refusal and PermissionDenied from the gate.
    """
    sheet = open_sheet_of(assessment_id, Action.SCORE, by=by, now=now, leaf=criterion_id)
    return OpenLeaf(sheet, leaf_of(sheet, criterion_id, {Source.UNIT}), by, now)


@transaction.atomic
def save_score(
    *,
    assessment: Assessment,
    criterion_id: int,
    data: dict[str, Any] | None,
    note: str,
    evidence_note: str = "",
    seen: int,
    by: User,
    now: datetime,
) -> Score:
    """Open a leaf and store what the unit declares for it; raises as both do."""
    opened = open_leaf(assessment_id=assessment.pk, criterion_id=criterion_id, by=by, now=now)
    return store_score(opened, data=data, note=note, evidence_note=evidence_note, seen=seen)


def store_score(
    opened: OpenLeaf, *, data: dict[str, Any] | None, note: str, evidence_note: str = "", seen: int
) -> Score:
    """Store what the unit declares for an open leaf; `data` None clears it. `seen` is the version on the page.

    Only in the transaction in which it was opened. Raises scoring.Refused for data the rule can't take and Conflict
    where somebody saved another value since.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("The lock under which the leaf was opened is gone.")
    sheet, leaf, by, now = opened.sheet, opened.leaf, opened.by, opened.now
    scored = None if data is None else score_of(sheet, leaf.criterion, leaf.decimals, data)
    entry = Entry(Score.Basis.DATA, data, scored, note, evidence_note)
    layers = layers_of(sheet, leaf)
    saved = layers.get(Layer.SELF)
    if not check_seen(saved, seen, entry):
        return saved
    score = write(
        assessment=sheet,
        layer=Layer.SELF,
        leaf=leaf,
        saved=saved,
        entry=entry,
        by=by,
        now=now,
        action=Action.SCORE,
    )
    [score.counted] = store_totals([sheet], Layer.SELF)
    if sheet.state == State.RETURNED:
        _begin_anew(sheet, leaf, layers, by=by, now=now)
    return score


def _begin_anew(
    sheet: Assessment, leaf: Leaf, layers: Mapping[str, Score], *, by: User, now: datetime
) -> None:
    """A sheet that came back for a new version of its set may have been appraised before, but not with this
    answer: nothing counts as agreed before somebody saw it. Events keep what was said."""
    own = {"assessment": sheet, "criterion": leaf.pk}
    said: list[tuple[Score | Mark | Explanation, Mapping[str, Any] | None]] = [
        *((row, snapshot(row)) for layer, row in layers.items() if layer != Layer.SELF),
        *((row, marking.told(row)) for row in Mark.objects.filter(**own).order_by("place")),
        *((row, rounds.told(row)) for row in Explanation.objects.filter(**own).order_by("pk")),
    ]
    for row, before in said:
        record(
            Event.Deed.WITHDRAW_VERDICT,
            by=by,
            now=now,
            assessment=sheet,
            criterion_id=leaf.pk,
            before=before,
        )
        row.delete()
    for layer in layers.keys() - {Layer.SELF}:
        store_totals([sheet], layer)


@dataclass(frozen=True)
class Receipt:
    at: datetime
    total: Decimal
    sha256: str


@transaction.atomic
def send(*, assessment: Assessment, confirmed_unanswered: int = 0, by: User, now: datetime) -> None:
    """Put the sheet before the unit's leader.

    Refusal while a required note or an explanation of missing evidence is missing, or while more leaves are
    unanswered than the person has confirmed to leave at 0 points.
    """
    sheet = open_sheet(Action.SEND, assessment=assessment, by=by, now=now)
    _refuse_unready(sheet, confirmed_unanswered)
    move(sheet, Action.SEND, sent_at=now, sent_by=by, remark="")
    notify(record(Action.SEND, by=by, now=now, assessment=sheet, after={"unanswered": confirmed_unanswered}))


@transaction.atomic
def send_back(*, assessment: Assessment, remark: str, by: User, now: datetime) -> None:
    """The leader wants something mended; the remark says what."""
    sheet = open_sheet(Action.SEND_BACK, assessment=assessment, by=by, now=now)
    if not (remark := remark.strip()):
        raise Refusal("Hãy ghi điều cần sửa.")
    move(sheet, Action.SEND_BACK, sent_at=None, sent_by=None, remark=remark)
    notify(record(Action.SEND_BACK, by=by, now=now, assessment=sheet, reason=remark))


@transaction.atomic
def submit(*, assessment: Assessment, confirmed_unanswered: int = 0, by: User, now: datetime) -> Receipt:
    """The leader approves what lies before him: it goes to the appraisers, and this is its receipt.

    Refusal as for `send`.
    """
    sheet = open_sheet(Action.SUBMIT, assessment=assessment, by=by, now=now)
    _refuse_unready(sheet, confirmed_unanswered)
    [tally] = store_totals([sheet], Layer.SELF)
    store_totals([sheet], Layer.ROUND1)
    content = json.dumps(sheet_content(sheet), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    receipt = Receipt(now, tally.total, hashlib.sha256(content.encode()).hexdigest())
    move(
        sheet,
        Action.SUBMIT,
        submitted_at=now,
        submitted_by=by,
        submitted_total=receipt.total,
        receipt=receipt.sha256,
    )
    record(
        Action.SUBMIT,
        by=by,
        now=now,
        assessment=sheet,
        after={
            "total": canonical(receipt.total),
            "sha256": receipt.sha256,
            "unanswered": confirmed_unanswered,
        },
    )
    return receipt


def _refuse_unready(sheet: Assessment, confirmed_unanswered: int) -> None:
    check = submission_check(sheet)
    if check.blocking:
        raise Refusal("Phiếu chưa gửi được: còn tiêu chí thiếu ghi chú hoặc giải trình bắt buộc.")
    if len(check.unanswered) != confirmed_unanswered:
        raise Refusal(f"{len(check.unanswered)} tiêu chí chưa chấm, tính 0 điểm. Hãy xác nhận trước khi gửi.")
