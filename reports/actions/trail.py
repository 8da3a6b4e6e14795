"""What actions on reports leave in the events, and the refusal that several of them share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import User
from assessments.actions import writing
from assessments.models import Event
from assessments.workflow import Refusal
from reports.models import Report


def record(
    action: str,
    report: Report,
    *,
    by: User,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any],
    reason: str = "",
) -> Event:
    return writing.record(
        action,
        by=by,
        now=now,
        assessment=report.result.assessment if report.result else report.assessment,
        period=report.period,
        before=before,
        after={"report": report.code, "version": report.version, **after},
        reason=reason,
    )


def lacking_codes(codes: Iterable[str]) -> Refusal:
    return Refusal(
        f"Kết quả không có mã {', '.join(sorted(codes))}. Hãy chuyển nội dung của mã này sang mã khác "
        "hoặc phần chung rồi xóa trống ô của nó."
    )
