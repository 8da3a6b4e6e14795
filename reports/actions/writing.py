"""Begin a report and store what people write in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify

from accounts.dates import format_moment
from accounts.models import User
from assessments.workflow import Refusal
from reports.actions.trail import lacking_codes, record
from reports.contents import ContentRefused, read_content, read_report_file, settle
from reports.contents.changes import differences
from reports.kinds import KINDS, Kind, Name
from reports.models import Report, ReportVersion
from reports.permissions import writes_for, writes_report
from reports.queries.drafts import first_content
from reports.queries.facts import facts_of
from reports.queries.subjects import Subject
from reports.queries.versions import content_at


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
            "code": code or _code(chosen, about),
            "unit": about.unit,
            "year": about.year,
            "content": _settled(content or first_content(chosen, about), chosen),
            "updated_at": now,
            "updated_by": by,
        },
    )
    if created:
        if unknown := _unknown_codes(report, facts_of(report), report.content):
            raise lacking_codes(unknown)
        event = record("create_report", report, by=by, now=now, after={"content": report.content})
        ReportVersion.objects.create(report=report, version=report.version, event=event)
    return report


def _code(kind: Kind[Any], about: Subject) -> str:
    """The unit and the year in front are for people; what tells reports apart stands behind them, uncut."""
    tail = slugify(f"{kind.slug}-{about.token}")
    room = Report._meta.get_field("code").max_length - len(tail) - 1
    front = slugify(f"{about.unit.code}-{about.year}")[: max(room, 0)]
    return f"{front.rstrip('-')}-{tail}"


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
    """Store what people wrote. `seen` is the version the page showed; Changed if somebody saved since.

    What is stored already changes nothing, whatever was seen: who doesn't know whether a save arrived sends it
    again.
    """
    return _write(_locked(report, by), content, seen=seen, by=by, now=now)


@transaction.atomic
def restore_version(*, report: Report, version: int, seen: int, by: User, now: datetime) -> Report:
    """Store what stood in an earlier version as a new one; LookupError if there is none. Else as write_report."""
    locked = _locked(report, by)
    return _write(locked, content_at(locked, version), seen=seen, by=by, now=now, restored=version)


def _locked(report: Report, by: User) -> Report:
    locked = Report.objects.select_for_update().get(pk=report.pk)
    if not writes_report.test(by, locked):
        raise PermissionDenied
    return locked


def _write(
    locked: Report, content: dict[str, Any], *, seen: int, by: User, now: datetime, **more: int
) -> Report:
    settled = _settled(content, KINDS[locked.kind])
    if locked.content == settled:
        return locked
    if locked.version != seen:
        raise Changed(locked)
    before = locked.content
    # What was stored before stays storable, so that it can be moved elsewhere in peace.
    facts = facts_of(locked)
    if unknown := _unknown_codes(locked, facts, settled) - _unknown_codes(locked, facts, before):
        raise lacking_codes(unknown)
    locked.content, locked.version = settled, locked.version + 1
    locked.updated_at, locked.updated_by = now, by
    if locked.record:
        locked.year = locked.record.year  # it may have been recorded under a wrong one
    locked.save()
    old, new = differences(before, settled)
    event = record("write_report", locked, by=by, now=now, before=old, after={**new, **more})
    ReportVersion.objects.create(report=locked, version=locked.version, event=event)
    return locked


def _settled(content: dict[str, Any], kind: Kind[Any]) -> dict[str, Any]:
    try:
        return settle(content, kind.parts)
    except ContentRefused as error:
        raise Refusal(str(error)) from error


def _unknown_codes(report: Report, facts: Any, content: dict[str, Any]) -> set[str]:
    return KINDS[report.kind].unknown_codes(read_content(content), facts)
