"""Exceptions from the calendar for one sheet."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.dates import VIETNAM, format_moment
from accounts.models import User
from assessments.actions.writing import open_sheet, record
from assessments.models import Assessment, Extension
from assessments.workflow import Action, Refusal
from criteria.queries import stored_tree


@transaction.atomic
def extend(
    *,
    assessment: Assessment,
    phase: str,
    until: datetime,
    leaves: Collection[int] = (),
    reason: str,
    document: str,
    by: User,
    now: datetime,
) -> Extension:
    """Keep a phase open for one sheet until a moment that lies ahead; without `leaves` for all of them."""
    sheet = open_sheet(Action.EXTEND, assessment=assessment, by=by, now=now)
    reason, document = reason.strip(), " ".join(document.split())
    if not reason or not document:
        raise Refusal("Hãy ghi lý do và văn bản cho phép gia hạn.")
    if until <= now:
        raise Refusal(f"Thời hạn mới phải sau thời điểm hiện tại ({format_moment(now)}).")
    codes = stored_tree(sheet.cohort.criteria_set).codes
    if unknown := [leaf for leaf in leaves if leaf not in codes]:
        raise Refusal(f"Bộ tiêu chí của phiếu không có tiêu chí {unknown[0]}.")
    extension = Extension.objects.create(
        assessment=sheet,
        phase=Extension.Extends(phase),
        until=until,
        reason=reason,
        document=document,
        granted_at=now,
        granted_by=by,
    )
    extension.leaves.set(leaves)
    record(
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
    return extension
