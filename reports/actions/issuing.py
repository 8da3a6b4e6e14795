"""Issue a report, give it the number and date of the clerk, keep the paper that was signed.

All of it happens under the lock on the report's row, so that of two who do the same at once the second finds
what the first did. What is made here is never changed (`reports.apps`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.dates import VIETNAM, format_date
from accounts.models import User
from assessments.actions.receiving import Unusable, received
from assessments.filetypes import JPG, PDF, PNG
from assessments.workflow import Refusal
from reports.actions.rendering import queue
from reports.actions.trail import lacking_codes, record
from reports.actions.writing import Changed
from reports.contents.decree import number_complaint
from reports.document import Document
from reports.kinds import UnknownCodes
from reports.models import Issue, Rendering, Report, SignedCopy
from reports.models.issue import LONGEST_REASON, signed_path
from reports.permissions import writes_report
from reports.queries.issues import earliest_date, given_to, latest_issue, numbered, takes_number
from reports.queries.issuing import Draft, draft_of
from reports.queries.reports import digest, opened, reports
from reports.queries.words import Filling, filling_for, filling_of

SIGNED = "PDF và ảnh JPG, PNG"

Enqueue = Callable[[int], str]


class Unseen(Refusal):
    """What would be issued is no longer what the page showed."""


@transaction.atomic
def issue_report(
    *,
    report: Report,
    seen: int,
    fingerprint: str,
    has_seen_warnings: bool,
    reason: str = "",
    enqueue: Enqueue,
    by: User,
    now: datetime,
) -> Issue:
    """Store the report as it stands, for good, and have its files made.

    `seen` and `fingerprint` are the version and the Draft that the page showed: Changed or Unseen where it is
    another by now. From the second issue on `reason` says what is corrected. What is in force already is not
    issued again, but returned.
    """
    locked = _locked(report, by)
    if locked.version != seen:
        raise Changed(locked)
    try:
        draft = draft_of(locked, now=now)
    except UnknownCodes as error:
        raise lacking_codes(error.codes) from error
    before = latest_issue(locked)
    if before is not None and before.data_sha256 == draft.data_sha256:
        return before
    _check(draft, fingerprint=fingerprint, has_seen_warnings=has_seen_warnings)
    reason = _reason(reason, "Báo cáo đã được ban hành: hãy ghi lý do đính chính.") if before else ""
    head = draft.document.head
    issue = Issue.objects.create(
        report=locked,
        ordinal=before.ordinal + 1 if before else 1,
        reason=reason,
        report_version=locked.version,
        data=draft.data,
        data_sha256=draft.data_sha256,
        symbol=head.symbol,
        number=head.number,
        issued_on=head.issued_on,
        issued_at=now,
        issued_by=by,
    )
    filling = filling_for(locked, opened(locked))
    _have_made(issue, draft.document, filling, ordinal=0, enqueue=enqueue, by=by, now=now)
    told = {
        "ordinal": issue.ordinal,
        "data_sha256": issue.data_sha256,
        "warnings": [problem.text for problem in draft.warnings],
    }
    record("issue_report", locked, by=by, now=now, after=told, reason=reason)
    return issue


@transaction.atomic
def number_issue(
    *,
    issue: Issue,
    number: str,
    issued_on: date | None = None,
    reason: str = "",
    enqueue: Enqueue,
    by: User,
    now: datetime,
) -> Rendering:
    """Number and date as the clerk gave them: a copy of the same data with nothing else changed.

    Another number than the one it has needs a `reason`; the copies before stay. A document that bears the day of
    what it is about (minutes) keeps it, whatever `issued_on` says.
    """
    locked = _locked(issue.report, by)
    latest = latest_issue(locked)
    if latest is None or latest.pk != issue.pk:
        raise Refusal("Lần ban hành này đã được thay bằng bản đính chính nên không cấp số nữa.")
    document = issue.document
    if not takes_number(document):
        raise Refusal("Phụ lục mang số của văn bản mà nó kèm theo, không có số riêng.")
    number = _number(number)
    day = _day(issue, document, issued_on, now)
    made = list(issue.renderings.defer("pdf", "docx").order_by("ordinal"))
    given = given_to(issue, made)
    if (given.number, given.issued_on) == (number, day):
        return made[-1]
    reason = (
        _reason(reason, f"Đã có số {given.reference}: hãy ghi lý do đổi số, ngày.") if given.number else ""
    )
    copy = numbered(document, number, day)
    rendering = _have_made(
        issue,
        copy,
        filling_of(made[-1]),
        ordinal=made[-1].ordinal + 1,
        reason=reason,
        enqueue=enqueue,
        by=by,
        now=now,
    )
    told = {"ordinal": issue.ordinal, "number": number, "issued_on": day.isoformat()}
    before = {"number": given.number, "issued_on": given.issued_on and given.issued_on.isoformat()}
    record("number_report", locked, by=by, now=now, before=before, after=told, reason=reason)
    return rendering


def add_signed_copy(
    *, issue: Issue, upload: UploadedFile, reason: str = "", by: User, now: datetime
) -> SignedCopy:
    """Keep the signed and sealed paper; the same file once more is the one that is there.

    Another one than the last needs a `reason`, and the last stays. Unusable for what is too large or neither a
    PDF nor a picture.
    """
    if not writes_report.test(by, issue.report):  # asked before the upload is read, and again under the lock
        raise PermissionDenied
    with received(upload, taken=(PDF, JPG, PNG), allowed=SIGNED) as file:
        name = signed_path(SignedCopy(issue=issue, sha256=file.sha256), "")
        with transaction.atomic():
            locked = _locked(issue.report, by)
            last = issue.signed_copies.order_by("-ordinal").first()
            if last is not None and last.sha256 == file.sha256:
                return last
            reason = _reason(reason, "Đã có bản ký: hãy ghi lý do thay bằng bản khác.") if last else ""
            file.keep(name)
            copy = SignedCopy.objects.create(
                issue=issue,
                ordinal=last.ordinal + 1 if last else 1,
                reason=reason,
                file=name,
                sha256=file.sha256,
                media_type=file.type.media_type,
                size=file.size,
                added_at=now,
                added_by=by,
            )
            told = {"ordinal": issue.ordinal, "sha256": copy.sha256, "size": copy.size}
            record("add_signed_copy", locked, by=by, now=now, after=told, reason=reason)
    return copy


def _locked(report: Report, by: User) -> Report:
    """Read afresh with all that its document needs."""
    Report.objects.select_for_update().get(pk=report.pk)
    locked = reports().get(pk=report.pk)
    if not writes_report.test(by, locked):
        raise PermissionDenied
    return locked


def _check(draft: Draft, *, fingerprint: str, has_seen_warnings: bool) -> None:
    if draft.fingerprint != fingerprint:
        raise Unseen(
            "Số liệu hoặc các điểm cần xem lại đã thay đổi sau khi bạn mở trang. Chưa ban hành; "
            "hãy xem lại bản dưới đây rồi ban hành."
        )
    if draft.blocking:
        raise Refusal("Chưa ban hành được: " + " ".join(problem.text for problem in draft.blocking))
    if draft.warnings and not has_seen_warnings:
        raise Refusal("Hãy xem các điểm nêu dưới đây rồi đánh dấu “Đã xem các điểm nêu trên”.")


def _have_made(
    issue: Issue,
    document: Document,
    filling: Filling | None,
    *,
    ordinal: int,
    reason: str = "",
    enqueue: Enqueue,
    by: User,
    now: datetime,
) -> Rendering:
    rendering = Rendering.objects.create(
        report=issue.report,
        report_version=issue.report_version,
        issue=issue,
        ordinal=ordinal,
        number=document.head.number,
        issued_on=document.head.issued_on,
        reason=reason,
        text_sha256=digest(document, filling.mark if filling else ""),
        requested_at=now,
        requested_by=by,
        **(filling.columns if filling else {}),
    )
    queue(rendering, enqueue=enqueue)
    return rendering


def _reason(typed: str, lacking: str) -> str:
    reason = " ".join(typed.replace("\0", "").split())
    if not reason:
        raise Unusable("reason", lacking)
    if len(reason) > LONGEST_REASON:
        raise Unusable("reason", f"Lý do quá dài: tối đa {LONGEST_REASON} ký tự.")
    return reason


def _number(typed: str) -> str:
    """Without the zeros that the head of the document sets before it."""
    digits = typed.strip()
    if complaint := number_complaint(digits):
        raise Unusable("number", complaint)
    return str(int(digits))


def _day(issue: Issue, document: Document, typed: date | None, now: datetime) -> date:
    if not document.has_date_line and document.head.issued_on:
        return document.head.issued_on
    earliest, today = earliest_date(issue), now.astimezone(VIETNAM).date()
    if typed is None:
        raise Unusable("issued_on", "Hãy ghi ngày ban hành.")
    if not earliest <= typed <= today:
        days = f"từ {format_date(earliest)} đến {format_date(today)}"
        raise Unusable("issued_on", f"Ngày ban hành phải {days if earliest < today else 'là hôm nay'}.")
    return typed
