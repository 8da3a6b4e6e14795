"""Sending a sheet back to its unit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.dates import VIETNAM
from accounts.models import User
from assessments.actions.notices import notify
from assessments.actions.writing import move, open_sheet, record
from assessments.models import Assessment, Explanation, Layer, Mark, Score
from assessments.queries.extensions import appraisal_began
from assessments.workflow import Action, Refusal
from criteria.points import canonical


@transaction.atomic
def return_sheet(*, assessment: Assessment, reason: str, by: User, now: datetime) -> None:
    """Give a sent sheet back, with a reason, as long as nobody has appraised any of it."""
    sheet = open_sheet(Action.RETURN, assessment=assessment, by=by, now=now)
    reason = reason.strip()
    if not reason:
        raise Refusal("Hãy ghi lý do trả lại.")
    if appraisal_began(sheet):
        raise Refusal("Đã bắt đầu thẩm định phiếu này; không trả lại được nữa.")
    give_back(sheet, Action.RETURN, {}, reason, by=by, now=now)


def give_back(
    sheet: Assessment, action: Action, after: dict[str, Any], reason: str, *, by: User, now: datetime
) -> None:
    """Make a locked sheet the unit's again; the event keeps what its receipt said."""
    before = {
        "state": sheet.state,
        "submitted_at": sheet.submitted_at and sheet.submitted_at.astimezone(VIETNAM).isoformat(),
        "submitted_total": None if sheet.submitted_total is None else canonical(sheet.submitted_total),
        "receipt": sheet.receipt,
    }
    move(
        sheet,
        action,
        remark=reason,
        sent_at=None,
        sent_by=None,
        submitted_at=None,
        submitted_by=None,
        submitted_total=None,
        receipt="",
        released_at=None,
        released_by=None,
        appraised_at=None,
        appraised_by=None,
        version_floor=_above_all_said(sheet),
    )
    event = record(
        action,
        by=by,
        now=now,
        assessment=sheet,
        before=before,
        after={"state": sheet.state, **after},
        reason=reason,
    )
    notify(event)


def _above_all_said(sheet: Assessment) -> int:
    said = (
        Score.objects.filter(assessment=sheet).exclude(layer=Layer.SELF),
        Mark.objects.filter(assessment=sheet),
        Explanation.objects.filter(assessment=sheet),
    )
    versions = (rows.aggregate(last=Max("version"))["last"] or 0 for rows in said)
    return 1 + max(sheet.version_floor, *versions)
