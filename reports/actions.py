"""The only writers of reports and of the documents made from them."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify

from accounts.models import Role, User
from accounts.vietnamese import fold
from assessments.actions.writing import record as record_event
from assessments.models import RecordedResult, Result
from assessments.workflow import Refusal
from reports.contents import read_content, usual_content
from reports.models import Rendering, Report
from reports.permissions import writes_report


@transaction.atomic
def create_report(
    *,
    about: Result | RecordedResult,
    content: dict[str, Any] | None = None,
    code: str = "",
    by: User,
    now: datetime,
) -> Report:
    """A unit's report about one of its results; there is one per result, returned if it exists already."""
    unit = about.unit if isinstance(about, RecordedResult) else about.assessment.unit
    year = about.year if isinstance(about, RecordedResult) else about.assessment.period.year
    if not by.holds(Role.OFFICER, unit.pk):
        raise PermissionDenied
    if content is None:
        superior = unit.parent.name if unit.parent else ""
        content = usual_content(name=unit.name, place=unit.place, superior=superior)
    read_content(content)
    source = {"record": about} if isinstance(about, RecordedResult) else {"result": about}
    report, created = Report.objects.get_or_create(
        kind=Report.Kind.REMEDIATION_RESULT,
        **source,
        defaults={
            "code": code or slugify(f"{fold(unit.short_name)}-{year}-{about.pk}-khac-phuc"),
            "unit": unit,
            "content": content,
            "updated_at": now,
            "updated_by": by,
        },
    )
    if created:
        _record("create_report", report, by=by, now=now)
    return report


@transaction.atomic
def write_report(*, report: Report, content: dict[str, Any], seen: int, by: User, now: datetime) -> Report:
    """Store what people wrote. `seen` is the version the page showed; Refusal if somebody saved since."""
    locked = Report.objects.select_for_update().get(pk=report.pk)
    if not writes_report.test(by, locked):
        raise PermissionDenied
    if locked.content == content:
        return locked
    if locked.version != seen:
        raise Refusal(
            "Người khác đã lưu báo cáo này sau khi bạn mở trang. Chưa có gì bị ghi đè; "
            "hãy mở báo cáo ở thẻ khác, đối chiếu rồi lưu lại."
        )
    read_content(content)
    before = locked.content
    locked.content, locked.version = content, locked.version + 1
    locked.updated_at, locked.updated_by = now, by
    locked.save()
    _record("write_report", locked, by=by, now=now, before=before)
    return locked


@transaction.atomic
def request_rendering(*, report: Report, by: User, now: datetime) -> tuple[Rendering, bool]:
    """The document of the report's present version, and whether it still has to be made."""
    locked = Report.objects.select_for_update().get(pk=report.pk)
    rendering, created = Rendering.objects.defer("pdf").get_or_create(
        report=locked,
        report_version=locked.version,
        defaults={"requested_at": now, "requested_by": by},
    )
    if not created and rendering.state == Rendering.State.FAILED:
        rendering.state = Rendering.State.QUEUED
        rendering.save(update_fields=["state"])
        return rendering, True
    return rendering, created


def store_rendering(*, rendering_id: int, pdf: bytes, now: datetime) -> bool:
    """Keep a finished document; False if another worker was first, whose document then stays."""
    return bool(
        Rendering.objects.filter(pk=rendering_id, state=Rendering.State.QUEUED).update(
            state=Rendering.State.DONE,
            pdf=pdf,
            sha256=hashlib.sha256(pdf).hexdigest(),
            finished_at=now,
        )
    )


def fail_rendering(*, rendering_id: int, now: datetime) -> None:
    Rendering.objects.filter(pk=rendering_id, state=Rendering.State.QUEUED).update(
        state=Rendering.State.FAILED, finished_at=now
    )


def _record(
    action: str, report: Report, *, by: User, now: datetime, before: dict[str, Any] | None = None
) -> None:
    record_event(
        action,
        by=by,
        now=now,
        assessment=report.result.assessment if report.result else None,
        before=before,
        after={"report": report.code, "version": report.version, "content": report.content},
    )
