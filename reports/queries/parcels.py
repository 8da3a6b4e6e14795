"""The documents of a batch as one zip, with a list of what lies in it and what doesn't, and why."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from accounts.dates import VIETNAM
from assessments.queries.archive import listing, safe_name
from reports.kinds import KINDS
from reports.models import Batch, BatchItem

LIST = "danh-sach.xlsx"
WAITING = "Chưa tạo xong."
_AT_ONCE = 4  # documents read together: a province of them never lies in memory
_NAME_MAX = 80  # bytes
_COLUMNS = [
    ("Mã đơn vị", 16),
    ("Đơn vị", 36),
    ("Văn bản", 28),
    ("Tệp PDF", 36),
    ("SHA-256 của PDF", 68),
    ("Tệp Word", 36),
    ("SHA-256 của tệp Word", 68),
    ("Lý do chưa có tệp", 60),
]


def parcel_name(batch: Batch) -> str:
    year = batch.cohort.period.year
    return f"{safe_name(f'{batch.get_kind_display()} {batch.cohort.name} {year}', _NAME_MAX)}.zip"


def write_parcel(batch: Batch, target: BinaryIO) -> None:
    """Write the zip into a seekable file, one document after the other; equal batches give equal bytes."""
    rows: list[list[str]] = []
    last = batch.requested_at
    with zipfile.ZipFile(target, "w") as archive:
        for stem, item in _named(batch):
            files = _files(item)
            for ending, content, _ in files:
                archive.writestr(_entry(f"{stem}.{ending}", item.finished_at), content)
            last = max(last, item.finished_at or last)
            rows.append(_row(item, stem, {ending: digest for ending, _, digest in files}))
        archive.writestr(_entry(LIST, last), listing("Danh sách", _COLUMNS, rows, created=_local(last)))


def _named(batch: Batch) -> Iterator[tuple[str, BatchItem]]:
    """Every item in the order of units, each with a file name of its own."""
    slug = KINDS[batch.kind].slug
    items = batch.items.select_related("assessment__unit", "rendering").order_by("pk")
    taken: set[str] = set()
    for item in items.iterator(chunk_size=_AT_ONCE):
        stem = f"{safe_name(item.assessment.unit.code, _NAME_MAX) or 'don-vi'}-{slug}"
        if stem.casefold() in taken:
            stem = f"{stem}-{item.pk}"
        taken.add(stem.casefold())
        yield stem, item


def _files(item: BatchItem) -> list[tuple[str, bytes, str]]:
    """Ending, bytes and SHA-256 of each; the oldest documents of reports have no DOCX."""
    if item.state != BatchItem.State.DONE:
        return []
    kept = item.rendering or item
    files = [("pdf", kept.pdf, kept.sha256), ("docx", kept.docx, kept.docx_sha256)]
    return [(ending, bytes(content), digest) for ending, content, digest in files if content is not None]


def _row(item: BatchItem, stem: str, digests: dict[str, str]) -> list[str]:
    unit = item.assessment.unit
    named = [
        text
        for ending in ("pdf", "docx")
        for text in ((f"{stem}.{ending}", digests[ending]) if ending in digests else ("", ""))
    ]
    return [unit.code, unit.name, _what(item), *named, item.why or ("" if digests else WAITING)]


def _what(item: BatchItem) -> str:
    made = item.rendering
    if item.state != BatchItem.State.DONE:
        return ""
    if made is None:
        return "Phiếu hiện có"
    if made.issue_id is None:
        return f"Dự thảo, phiên bản {made.report_version}"
    return f"Đã ban hành, số {made.number}" if made.number else "Đã ban hành"


def _entry(name: str, moment: datetime) -> zipfile.ZipInfo:
    """PDF, DOCX and XLSX are packed already."""
    entry = zipfile.ZipInfo(name, date_time=_local(moment).timetuple()[:6])
    entry.external_attr = 0o644 << 16
    return entry


def _local(moment: datetime) -> datetime:
    """Without its zone, as workbooks and zips have it."""
    return moment.astimezone(VIETNAM).replace(tzinfo=None)
