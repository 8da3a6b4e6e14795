"""The only writers of reports and of the documents made from them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify

from accounts.dates import format_moment
from accounts.models import Unit, User
from assessments.actions.writing import record as record_event
from assessments.models import RecordedResult, Result
from assessments.workflow import Refusal
from reports.contents import ContentRefused, read_content, read_report_file, settle, usual_content
from reports.models import Rendering, Report
from reports.permissions import sees_report, writes_for, writes_report
from reports.queries import digest, document_of, is_under_way, outcome_of, renderings_of
from reports.remediation import UnknownCodes, unknown_codes


class Changed(Refusal):
    """Somebody saved the report since this page was loaded. `saved` is what stands in the database now."""

    def __init__(self, saved: Report) -> None:
        self.saved = saved
        super().__init__(
            f"{saved.updated_by.full_name} đã lưu báo cáo này lúc {format_moment(saved.updated_at)}, "
            "sau khi bạn mở trang. Chưa có gì bị ghi đè."
        )


@transaction.atomic
def create_report(
    *,
    about: Result | RecordedResult,
    content: dict[str, Any] | None = None,
    code: str = "",
    by: User,
    now: datetime,
) -> Report:
    """A unit's report about one of its results; there is one per result, returned as it is if it exists.

    PermissionDenied unless `by` writes for the unit, Refusal where the unit has no result to report on or
    `content` (as `settle` takes it; the usual start if None) can't be printed about it.
    """
    recorded = isinstance(about, RecordedResult)
    unit = about.unit if recorded else about.assessment.unit
    if not writes_for(by, unit.pk):
        raise PermissionDenied
    if not recorded and about.total is None:
        raise Refusal(f"Đơn vị không có kết quả để báo cáo: {about.reason}.")
    source = {"record": about} if recorded else {"result": about}
    report, created = Report.objects.get_or_create(
        kind=Report.Kind.REMEDIATION_RESULT,
        **source,
        defaults={
            "code": code or _usual_code(about, unit),
            "unit": unit,
            "content": _settled(content or _usual_content(unit)),
            "updated_at": now,
            "updated_by": by,
        },
    )
    if created:
        _refuse_unknown_codes(report)
        _record("create_report", report, by=by, now=now, after={"content": report.content})
    return report


def load_report(*, text: str, code: str, about: Result | RecordedResult, by: User, now: datetime) -> Report:
    """Store a report file (fixtures/reports/*.yaml) under `code`; one that exists stays as it is.

    `about` is the stored result that the file's key `result` names, `by` an officer of its unit.
    SetErrors for the file, Refusal where it has texts for codes that the result lacks.
    """
    return create_report(about=about, content=read_report_file(text).content, code=code, by=by, now=now)


@transaction.atomic
def write_report(*, report: Report, content: dict[str, Any], seen: int, by: User, now: datetime) -> Report:
    """Store what people wrote. `seen` is the version the page showed; Changed if somebody saved since."""
    locked = Report.objects.select_for_update().get(pk=report.pk)
    if not writes_report.test(by, locked):
        raise PermissionDenied
    settled = _settled(content)
    if locked.content == settled:
        return locked
    if locked.version != seen:
        raise Changed(locked)
    before = locked.content
    locked.content, locked.version = settled, locked.version + 1
    locked.updated_at, locked.updated_by = now, by
    _refuse_unknown_codes(locked, known=_codes(before))
    locked.save()
    _record("write_report", locked, by=by, now=now, before={"content": before}, after={"content": settled})
    return locked


@transaction.atomic
def request_rendering(*, report: Report, enqueue: Callable[[int], str], by: User, now: datetime) -> Rendering:
    """PDF and DOCX of the report as it stands, asked for unless it is made or being made already.

    `enqueue` takes the rendering's id and returns its task's; both are stored in this transaction.
    Refusal where the document can't be built.
    """
    if not by.is_active or not sees_report.test(by, report):
        raise PermissionDenied
    try:
        document = document_of(report)
    except UnknownCodes as error:
        raise _unknown(error.codes) from error
    rendering, wanted = renderings_of(report).get_or_create(
        report_version=report.version,
        text_sha256=digest(document),
        defaults={"report": report, "requested_at": now, "requested_by": by},
    )
    if not wanted and _is_to_be_made_again(rendering):
        # Of two who ask at once one gets the row; the other's condition no longer holds.
        wanted = bool(
            Rendering.objects.filter(
                pk=rendering.pk, state=rendering.state, task_id=rendering.task_id
            ).update(
                state=Rendering.State.QUEUED, finished_at=None, task_id="", requested_at=now, requested_by=by
            )
        )
    if wanted:
        task_id = enqueue(rendering.pk)
        Rendering.objects.filter(pk=rendering.pk).update(task_id=task_id)
        _record("request_document", report, by=by, now=now, after={"rendering": rendering.pk})
    rendering.refresh_from_db(
        fields=["state", "task_id", "finished_at", "requested_at", "sha256", "docx_sha256"]
    )
    return rendering


def store_rendering(*, rendering_id: int, pdf: bytes, docx: bytes, now: datetime) -> bool:
    """Keep a finished document; False if another worker was first, whose document then stays."""
    return bool(
        Rendering.objects.filter(pk=rendering_id, state=Rendering.State.QUEUED).update(
            state=Rendering.State.DONE,
            pdf=pdf,
            sha256=hashlib.sha256(pdf).hexdigest(),
            docx=docx,
            docx_sha256=hashlib.sha256(docx).hexdigest(),
            finished_at=now,
        )
    )


def fail_rendering(*, rendering_id: int, now: datetime) -> None:
    """Give up a document that can't be made; a finished one stays."""
    Rendering.objects.filter(pk=rendering_id, state=Rendering.State.QUEUED).update(
        state=Rendering.State.FAILED, finished_at=now
    )


def _is_to_be_made_again(rendering: Rendering) -> bool:
    if rendering.state == Rendering.State.QUEUED:
        return not is_under_way(rendering)
    return rendering.state == Rendering.State.FAILED


def _usual_code(about: Result | RecordedResult, unit: Unit) -> str:
    if isinstance(about, RecordedResult):
        return slugify(f"{unit.code}-{about.year}-khac-phuc-gn{about.pk}")
    return slugify(f"{unit.code}-{about.assessment.period.year}-khac-phuc-kq{about.pk}")


def _usual_content(unit: Unit) -> dict[str, Any]:
    superior = unit.parent.name if unit.parent else ""
    return usual_content(name=unit.name, place=unit.place, superior=superior)


def _settled(content: dict[str, Any]) -> dict[str, Any]:
    try:
        return settle(content)
    except ContentRefused as error:
        raise Refusal(str(error)) from error


def _codes(content: dict[str, Any]) -> set[str]:
    written = read_content(content)
    return {*written.remedies_by_code, *written.tasks_by_area}


def _refuse_unknown_codes(report: Report, known: frozenset[str] | set[str] = frozenset()) -> None:
    """`known`: what was stored before stays storable, so that it can be moved elsewhere in peace."""
    unknown = unknown_codes(outcome_of(report), read_content(report.content)) - known
    if unknown:
        raise _unknown(unknown)


def _unknown(codes: set[str] | tuple[str, ...]) -> Refusal:
    return Refusal(
        f"Kết quả không có mã {', '.join(sorted(codes))}. Hãy chuyển nội dung của mã này sang mã khác "
        "hoặc phần chung rồi xóa trống ô của nó."
    )


def _record(
    action: str,
    report: Report,
    *,
    by: User,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any],
) -> None:
    record_event(
        action,
        by=by,
        now=now,
        assessment=report.result.assessment if report.result else None,
        before=before,
        after={"report": report.code, "version": report.version, **after},
    )
