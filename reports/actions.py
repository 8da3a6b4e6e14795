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
from assessments.workflow import Refusal
from reports.contents import ContentRefused, read_content, read_report_file, settle, usual_content
from reports.kinds import KINDS, Kind, Name, UnknownCodes
from reports.models import Rendering, Report
from reports.permissions import sees_report, writes_for, writes_report
from reports.queries.facts import facts_of
from reports.queries.printing import is_under_way, renderings_of
from reports.queries.reports import digest, document_of
from reports.queries.subjects import Subject


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
    kind: Name,
    about: Subject,
    content: dict[str, Any] | None = None,
    code: str = "",
    by: User,
    now: datetime,
) -> Report:
    """A report of that kind; there is one per subject, returned as it is if it exists.

    PermissionDenied unless `by` writes such reports for the unit, Refusal where there is nothing to report on
    or `content` (as `settle` takes it; the usual start if None) can't be printed about it.
    """
    if not writes_for(by, kind, about.unit.pk):
        raise PermissionDenied
    chosen = KINDS[kind]
    if why_not := about.why_not(chosen):
        raise Refusal(why_not)
    report, created = Report.objects.get_or_create(
        kind=kind,
        **about.key,
        defaults={
            "code": code or slugify(f"{about.unit.code}-{about.year}-{chosen.slug}-{about.token}"),
            "unit": about.unit,
            "year": about.year,
            "content": _settled(content or _usual_content(chosen, about.unit), chosen),
            "updated_at": now,
            "updated_by": by,
        },
    )
    if created:
        if unknown := _unknown_codes(report, facts_of(report), report.content):
            raise _unknown(unknown)
        _record("create_report", report, by=by, now=now, after={"content": report.content})
    return report


def load_report(*, text: str, code: str, about: Subject, by: User, now: datetime) -> Report:
    """Store a report file (fixtures/reports/*.yaml) under `code`; one that exists stays as it is.

    `about` is what the file was written about, in most kinds the stored result that its key `result` names;
    `by` writes such reports for its unit.
    SetErrors for the file, Refusal where it has texts for codes that its facts lack.
    """
    file = read_report_file(text)
    return create_report(kind=file.kind, about=about, content=file.content, code=code, by=by, now=now)


@transaction.atomic
def write_report(*, report: Report, content: dict[str, Any], seen: int, by: User, now: datetime) -> Report:
    """Store what people wrote. `seen` is the version the page showed; Changed if somebody saved since."""
    locked = Report.objects.select_for_update().get(pk=report.pk)
    if not writes_report.test(by, locked):
        raise PermissionDenied
    settled = _settled(content, KINDS[locked.kind])
    if locked.content == settled:
        return locked
    if locked.version != seen:
        raise Changed(locked)
    before = locked.content
    # What was stored before stays storable, so that it can be moved elsewhere in peace.
    facts = facts_of(locked)
    if unknown := _unknown_codes(locked, facts, settled) - _unknown_codes(locked, facts, before):
        raise _unknown(unknown)
    locked.content, locked.version = settled, locked.version + 1
    locked.updated_at, locked.updated_by = now, by
    if locked.record:
        locked.year = locked.record.year  # it may have been recorded under a wrong one
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


def _usual_content(kind: Kind[Any], unit: Unit) -> dict[str, Any]:
    superior = unit.parent.name if unit.parent else ""
    return usual_content(name=unit.name, place=unit.place, superior=superior, sign=kind.sign)


def _settled(content: dict[str, Any], kind: Kind[Any]) -> dict[str, Any]:
    try:
        return settle(content, kind.parts)
    except ContentRefused as error:
        raise Refusal(str(error)) from error


def _unknown_codes(report: Report, facts: Any, content: dict[str, Any]) -> set[str]:
    return KINDS[report.kind].unknown_codes(read_content(content), facts)


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
        assessment=report.result.assessment if report.result else report.assessment,
        period=report.period,
        before=before,
        after={"report": report.code, "version": report.version, **after},
    )
