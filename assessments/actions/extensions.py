"""Exceptions from the calendar for one sheet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from accounts.dates import VIETNAM, format_moment
from accounts.models import User
from assessments.actions.notices import notify
from assessments.actions.returning import return_sheet
from assessments.actions.writing import open_sheet, record
from assessments.calendar import Phase
from assessments.models import Assessment, Extension
from assessments.workflow import WITH_UNIT, Action, Refusal, State
from criteria.queries import stored_tree

_BEFORE_RELEASE = WITH_UNIT | {State.SUBMITTED}
_BEFORE_CLOSE = _BEFORE_RELEASE | {State.EXPLAINING}
# In any other state the phase lies behind the sheet, and nothing could be done with the time.
_USEFUL: Mapping[Phase, frozenset[State]] = {
    Phase.SELF: WITH_UNIT,
    Phase.ROUND1: _BEFORE_RELEASE,
    Phase.EXPLANATION: _BEFORE_CLOSE,
    Phase.ROUND2: _BEFORE_CLOSE,
    Phase.COUNCIL: _BEFORE_CLOSE | {State.APPRAISED},
}


@transaction.atomic
def extend(
    *,
    assessment: Assessment,
    phase: str,
    until: datetime,
    leaves: Collection[int] = (),
    reason: str,
    document: str,
    give_back: bool = False,
    by: User,
    now: datetime,
) -> Extension:
    """Keep a phase open for one sheet until a moment that lies ahead; without `leaves` for all of them.

    `give_back` returns a sent sheet to its unit at the same time, as long as nobody has appraised any of it.
    """
    sheet = open_sheet(Action.EXTEND, assessment=assessment, by=by, now=now)
    extended = Phase(Extension.Extends(phase))
    reason, document = reason.strip(), " ".join(document.split())
    if not reason or not document:
        raise Refusal("Hãy ghi lý do và văn bản cho phép gia hạn.")
    _refuse_no_longer(sheet, extended, until, now)
    codes = stored_tree(sheet.cohort.criteria_set).codes
    if unknown := [leaf for leaf in leaves if leaf not in codes]:
        raise Refusal(f"Bộ tiêu chí của phiếu không có tiêu chí {unknown[0]}.")
    if give_back:
        return_sheet(assessment=sheet, reason=reason, by=by, now=now)
        sheet.refresh_from_db(fields=["state"])
    _refuse_useless(sheet, extended)
    extension = Extension.objects.create(
        assessment=sheet,
        phase=extended,
        until=until,
        reason=reason,
        document=document,
        granted_at=now,
        granted_by=by,
    )
    extension.leaves.set(leaves)
    event = record(
        Action.EXTEND,
        by=by,
        now=now,
        assessment=sheet,
        after={
            "phase": extension.phase,
            "until": until.astimezone(VIETNAM).isoformat(),
            "leaves": sorted(codes[leaf] for leaf in leaves),
            "document": document,
        },
        reason=reason,
    )
    notify(event)
    return extension


def _refuse_no_longer(sheet: Assessment, phase: Phase, until: datetime, now: datetime) -> None:
    if until <= now:
        raise Refusal(f"Thời hạn mới phải sau thời điểm hiện tại ({format_moment(now)}).")
    window = sheet.period.calendar[phase]
    if window.is_open(now) and window.closes is not None and until <= window.closes:
        raise Refusal(f"Thời hạn mới phải sau hạn chung ({format_moment(window.closes)}).")


def _refuse_useless(sheet: Assessment, phase: Phase) -> None:
    if State(sheet.state) in _USEFUL[phase]:
        return
    if phase is Phase.SELF and sheet.state == State.SUBMITTED:
        raise Refusal("Đơn vị đã gửi phiếu. Hãy chọn trả lại phiếu cho đơn vị cùng lúc với gia hạn.")
    raise Refusal(
        f"Phiếu đã qua giai đoạn này ({sheet.get_state_display().lower()}); gia hạn không có tác dụng."
    )
