"""Corrections of a published result: prepared leaf by leaf, then published as a publication of their own.

The council's scores, their totals and everything published before stay as they are.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from assessments.actions.notices import notify
from assessments.actions.periods import lock_period
from assessments.actions.publication import announcement, issue
from assessments.actions.verdicts import ReasonMissing, Verdict, entry_of
from assessments.actions.writing import Changed, Conflict, Entry, leaf_of, record
from assessments.models import Assessment, CorrectedScore, Event, Period, Publication, ScoreBase
from assessments.permissions import from_another_unit
from assessments.queries.corrections import correction_preview, prepared, score_in_force
from assessments.queries.sealing import sealed_scores
from assessments.queries.verification import verify
from assessments.workflow import PeriodAction, Refusal, State
from criteria.points import canonical
from criteria.tree import Source

SHOWN = 3  # differences in one refusal


@transaction.atomic
def prepare_correction(
    *, assessment: Assessment, criterion_id: int, verdict: Verdict, seen: int, by: User, now: datetime
) -> CorrectedScore:
    """Store what a leaf is to say instead of what was published; nothing changes before `correct`.

    `seen` is the version of the preparation on the page (0: none). Raises scoring.Refused, ReasonMissing,
    Conflict, and Refusal or PermissionDenied from the gate.
    """
    sheet = _open(assessment, by=by, now=now)
    leaf = leaf_of(sheet, criterion_id, set(Source))
    in_force = score_in_force(sheet, leaf.pk)
    if in_force is None:
        raise Refusal("Hội đồng chưa chấm tiêu chí này nên không có gì để đính chính.")
    entry = entry_of(sheet, leaf, verdict, in_force)
    if not entry.note:
        raise ReasonMissing
    if all(getattr(in_force, name) == _values(entry)[name] for name in ("data", "points", "excluded")):
        raise Refusal("Nội dung này giống kết quả đang có hiệu lực; không có gì thay đổi.")
    saved = _prepared(sheet, leaf.pk)
    if saved is not None and _values(entry) == _told(saved):
        return saved
    if saved is not None and saved.version != seen:
        raise Conflict(saved)
    if saved is None and seen:
        raise Refusal("Nội dung đính chính này vừa được người khác rút. Hãy xem lại, rồi lưu nếu vẫn cần.")
    before = _snapshot(saved)
    row = saved or CorrectedScore(
        assessment=sheet, criterion_id=leaf.pk, max_points=leaf.criterion.max_points
    )
    for name, value in _values(entry).items():
        setattr(row, name, value)
    row.version = 1 + _times_prepared(sheet, leaf.pk)
    row.updated_at, row.updated_by = now, by
    row.save()
    _record(sheet, leaf.pk, before=before, after=_snapshot(row), reason=row.note, by=by, now=now)
    return row


@transaction.atomic
def withdraw_correction(
    *, assessment: Assessment, criterion_id: int, seen: int, by: User, now: datetime
) -> None:
    """Give up what was prepared for a leaf. Conflict where somebody has changed it since."""
    sheet = _open(assessment, by=by, now=now)
    saved = _prepared(sheet, criterion_id)
    if saved is None:
        raise Refusal("Nội dung đính chính này đã được rút.")
    if saved.version != seen:
        raise Conflict(saved)
    before = _snapshot(saved)
    saved.delete()
    _record(sheet, criterion_id, before=before, after=None, reason="", by=by, now=now)


@transaction.atomic
def correct(
    *,
    period: Period,
    seen: str,
    decision_number: str,
    decision_date: date | None,
    decision_issuer: str,
    reason: str,
    by: User,
    now: datetime,
) -> Publication:
    """Publish everything that is prepared as the next publication, in force from now on.

    `seen` is the fingerprint of what the page showed. Refusal where something was prepared or withdrawn since,
    where nothing is, without decision and reason, and where what was published no longer agrees with its seals.
    """
    locked = lock_period(PeriodAction.CORRECT, period, by=by, now=now)
    announced = announcement(decision_number, decision_date, decision_issuer, now=now)
    reason = " ".join(reason.split())
    if not reason:
        raise Refusal("Hãy ghi lý do đính chính.")
    before = locked.publication
    if announced.decision_date < before.decision_date:
        raise Refusal("Ngày quyết định đính chính không thể trước ngày của quyết định được đính chính.")
    preview = correction_preview(locked)
    if preview.fingerprint != seen:
        raise Changed
    if not preview.leaves:
        raise Refusal("Chưa có nội dung đính chính nào.")
    scores = sealed_scores(locked.pk)
    if problems := verify(before, scores):
        told = "; ".join(problems[:SHOWN])
        raise Refusal(f"Số liệu đã công bố không còn khớp, hãy báo người quản trị hệ thống: {told}.")
    publication = issue(
        period=locked,
        ordinal=before.ordinal + 1,
        reason=reason,
        announced=announced,
        rankings=preview.rankings,
        overlay=preview.overlay,
        scores=scores,
        by=by,
        now=now,
    )
    prepared(locked).order_by().update(publication=publication)
    event = record(
        PeriodAction.CORRECT,
        by=by,
        now=now,
        period=locked,
        before={
            "decision": _decision(before),
            "totals": {_code(e): _figure(e.old.total) for e in preview.effects},
        },
        after={
            "decision": announced.told,
            "totals": {_code(e): _figure(e.row.tally.total) for e in preview.effects},
        },
        reason=reason,
    )
    notify(event)
    return publication


def _open(assessment: Assessment, *, by: User, now: datetime) -> Assessment:
    """The sheet, read afresh under the lock on its period, after the gate let a correction through."""
    period = lock_period(PeriodAction.CORRECT, assessment.period, by=by, now=now)
    sheet = Assessment.objects.for_gate().get(pk=assessment.pk)
    if not from_another_unit.test(by, sheet):
        raise PermissionDenied
    sheet.period = period
    if sheet.state != State.FINAL:
        raise Refusal("Đơn vị không có kết quả nên không có gì để đính chính.")
    return sheet


def _prepared(sheet: Assessment, criterion_id: int) -> CorrectedScore | None:
    rows = CorrectedScore.objects.filter(assessment=sheet, criterion=criterion_id, publication=None)
    return rows.select_related("updated_by").first()


def _times_prepared(sheet: Assessment, criterion_id: int) -> int:
    # Counted over withdrawals too, so that no version comes back for another content.
    return Event.objects.filter(
        action=Event.Deed.PREPARE_CORRECTION, assessment=sheet, criterion=criterion_id
    ).count()


def _values(entry: Entry) -> dict[str, Any]:
    return {name: value for name, value in entry.values().items() if name != "evidence_note"}


def _told(row: ScoreBase) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("basis", "data", "points", "excluded", "note")}


def _snapshot(row: CorrectedScore | None) -> dict[str, Any] | None:
    """As an event keeps it. Its layer is nobody's but the coordinator's until it is published."""
    if row is None:
        return None
    told = _told(row) | {"points": _figure(row.points)}
    return {"layer": "correction", **told, "version": row.version}


def _record(
    sheet: Assessment,
    criterion_id: int,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str,
    by: User,
    now: datetime,
) -> None:
    record(
        Event.Deed.PREPARE_CORRECTION,
        by=by,
        now=now,
        assessment=sheet,
        criterion_id=criterion_id,
        before=before,
        after=after,
        reason=reason,
    )


def _figure(points: Any) -> str | None:
    return None if points is None else canonical(points)


def _code(effect: Any) -> str:
    return effect.row.assessment.unit.code


def _decision(publication: Publication) -> list[str]:
    return [
        publication.decision_number,
        publication.decision_date.isoformat(),
        publication.decision_issuer,
    ]
