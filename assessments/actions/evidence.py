"""What a unit shows for its points: files, links and cited documents, and the leaves they hang on."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction

from accounts.dates import VIETNAM
from accounts.models import User
from assessments.actions.receiving import Unusable, received
from assessments.actions.writing import leaf_of, open_sheet, record
from assessments.filetypes import EXTENSIONS
from assessments.models import Assessment, Attachment, Evidence
from assessments.models.evidence import evidence_path
from assessments.permissions import require
from assessments.queries.evidence import showing
from assessments.queries.explanations import asked_leaves
from assessments.workflow import Action, Refusal
from criteria.tree import Source

ADD, ATTACH, DETACH = "add_evidence", "attach_evidence", "detach_evidence"

_web_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True)
class Added:
    """`created` is False where the sheet had the very same already."""

    evidence: Evidence
    created: bool


def add_file(
    *,
    assessment: Assessment,
    criterion_id: int | None = None,
    upload: UploadedFile,
    title: str = "",
    by: User,
    now: datetime,
) -> Added:
    """Keep an uploaded file and attach it to a leaf; the same content is kept once per sheet.

    Without a title the file's own name serves. Unusable for what is too large or not of an allowed type.
    """
    # Asked before the upload is read, and again under the lock.
    require(showing(assessment), by=by, assessment=assessment, now=now, leaf=criterion_id)
    title = _title(title) or _title(Path(upload.name or "").name) or "Tài liệu"
    with received(upload) as file:
        found = Evidence(assessment=assessment, sha256=file.sha256)
        name = evidence_path(found, "")
        file.keep(name)
        with transaction.atomic():
            sheet = _open(assessment, criterion_id, by=by, now=now)
            evidence, created = Evidence.objects.get_or_create(
                assessment=sheet,
                kind=Evidence.Kind.FILE,
                sha256=file.sha256,
                defaults={
                    "title": title,
                    "file": name,
                    "media_type": file.type.media_type,
                    "size": file.size,
                    "added_at": now,
                    "added_by": by,
                },
            )
            _record_added(sheet, evidence, criterion_id, created=created, by=by, now=now)
    return Added(evidence, created)


@transaction.atomic
def add_link(
    *, assessment: Assessment, criterion_id: int | None = None, url: str, title: str, by: User, now: datetime
) -> Added:
    """Keep the address of a page and attach it to a leaf. Unusable unless it is http or https with a host."""
    return _add(
        assessment=assessment,
        criterion_id=criterion_id,
        kind=Evidence.Kind.LINK,
        values={"url": _address(url), "title": _required_title(title)},
        by=by,
        now=now,
    )


@transaction.atomic
def add_document(
    *,
    assessment: Assessment,
    criterion_id: int | None = None,
    number: str,
    symbol: str,
    issued_on: date,
    title: str,
    by: User,
    now: datetime,
) -> Added:
    """Keep a citation (số, ký hiệu, ngày, trích yếu) and attach it to a leaf."""
    if not (symbol := _line(symbol)):
        raise Unusable("symbol", "Hãy ghi ký hiệu văn bản, ví dụ KH-UBND.")
    if issued_on > now.astimezone(VIETNAM).date():
        raise Unusable("issued_on", "Ngày văn bản không thể sau hôm nay.")
    return _add(
        assessment=assessment,
        criterion_id=criterion_id,
        kind=Evidence.Kind.DOCUMENT,
        values={
            "document_number": _line(number),
            "document_symbol": symbol,
            "document_date": issued_on,
            "title": _required_title(title),
        },
        by=by,
        now=now,
    )


@transaction.atomic
def attach(*, evidence: Evidence, criterion_id: int, by: User, now: datetime) -> Attachment:
    """Show evidence of the sheet at one more of its leaves."""
    sheet = _open(evidence.assessment, criterion_id, by=by, now=now)
    return _attach(sheet, evidence, criterion_id, by=by, now=now)


@transaction.atomic
def detach(*, evidence: Evidence, criterion_id: int, by: User, now: datetime) -> None:
    """Take evidence off a leaf. It stays in the list of the sheet, and at its other leaves.

    What was shown when the sheet was sent stays where it is; while it is explained only what came since goes.
    """
    sheet = _open(evidence.assessment, criterion_id, by=by, now=now)
    leaf = leaf_of(sheet, criterion_id, {Source.UNIT})
    attached = Attachment.objects.filter(evidence=evidence, criterion=leaf.pk)
    if sheet.released_at is not None and attached.filter(attached_at__lte=sheet.released_at).exists():
        raise Refusal("Tài liệu này đã gửi cùng phiếu; ở bước giải trình chỉ gỡ được tài liệu vừa bổ sung.")
    removed, _ = attached.delete()
    if removed:
        record(
            DETACH, by=by, now=now, assessment=sheet, criterion_id=leaf.pk, before={"evidence": evidence.pk}
        )


def _open(assessment: Assessment, criterion_id: int | None, *, by: User, now: datetime) -> Assessment:
    action = showing(assessment)
    sheet = open_sheet(action, assessment=assessment, by=by, now=now, leaf=criterion_id)
    if action is Action.EXPLAIN and criterion_id not in asked_leaves(sheet):
        raise Refusal("Chỉ bổ sung tài liệu ở tiêu chí có điểm thẩm định thấp hơn điểm tự chấm.")
    return sheet


def _add(
    *,
    assessment: Assessment,
    criterion_id: int | None,
    kind: str,
    values: dict[str, Any],
    by: User,
    now: datetime,
) -> Added:
    sheet = _open(assessment, criterion_id, by=by, now=now)
    # A second click, or the same link at another leaf, finds the first.
    evidence = Evidence.objects.filter(assessment=sheet, kind=kind, **values).order_by("pk").first()
    created = evidence is None
    if evidence is None:
        evidence = Evidence.objects.create(assessment=sheet, kind=kind, added_at=now, added_by=by, **values)
    _record_added(sheet, evidence, criterion_id, created=created, by=by, now=now)
    return Added(evidence, created)


def _record_added(
    sheet: Assessment, evidence: Evidence, criterion_id: int | None, *, created: bool, by: User, now: datetime
) -> None:
    if created:
        record(ADD, by=by, now=now, assessment=sheet, criterion_id=criterion_id, after=_snapshot(evidence))
    if criterion_id is not None:
        _attach(sheet, evidence, criterion_id, by=by, now=now)


def _attach(
    sheet: Assessment, evidence: Evidence, criterion_id: int, *, by: User, now: datetime
) -> Attachment:
    leaf = leaf_of(sheet, criterion_id, {Source.UNIT})
    attachment, created = Attachment.objects.get_or_create(
        evidence=evidence, criterion_id=leaf.pk, defaults={"attached_at": now, "attached_by": by}
    )
    if created:
        after = {"evidence": evidence.pk, "title": evidence.title}
        record(ATTACH, by=by, now=now, assessment=sheet, criterion_id=leaf.pk, after=after)
    return attachment


def _snapshot(evidence: Evidence) -> dict[str, Any]:
    """Evidence as an event keeps it."""
    issued_on = evidence.document_date
    return {
        "evidence": evidence.pk,
        "kind": evidence.kind,
        "title": evidence.title,
        "sha256": evidence.sha256,
        "size": evidence.size,
        "url": evidence.url,
        "document": [evidence.document_number, evidence.document_symbol, issued_on and issued_on.isoformat()],
    }


def _line(text: str) -> str:
    """One line of composed letters without anything invisible."""
    shown = "".join(
        c if unicodedata.category(c)[0] != "C" else " " for c in unicodedata.normalize("NFC", text)
    )
    return " ".join(shown.split())


def _title(text: str) -> str:
    """A title without the extension: that one follows from the content."""
    title = _line(text)
    if title.lower().endswith(EXTENSIONS):
        title = title.rpartition(".")[0]
    return title[:300].strip()


def _required_title(text: str) -> str:
    if not (title := _line(text)[:300]):
        raise Unusable("title", "Hãy ghi tên hoặc trích yếu của tài liệu.")
    return title


def _address(url: str) -> str:
    url = url.strip()
    try:
        _web_address(url)
    except ValidationError:
        url = ""
    # A name before the host dresses one site up as another.
    if not url or "@" in re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0] or len(url) > 1000:
        raise Unusable(
            "url",
            "Đường dẫn phải bắt đầu bằng http:// hoặc https://, có tên trang và không có khoảng trắng. "
            "Hãy chép lại từ thanh địa chỉ của trình duyệt.",
        )
    return url
