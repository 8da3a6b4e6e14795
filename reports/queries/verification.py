"""Whether everything that documents were stored as is still what it was, by its SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing

from reports.document import Unreadable, load
from reports.models import BatchItem, Issue, Rendering, Report, SignedCopy, WordTemplate


def verify(report: Report) -> Iterator[str]:
    """What does not agree, a sentence each; the bytes of one file at a time are in memory."""
    for issue in report.issues.order_by("ordinal").iterator(1):
        yield from _of_issue(issue)
    done = report.renderings.filter(state=Rendering.State.DONE).select_related("issue").defer("issue__data")
    for rendering in done.order_by("pk").iterator(1):
        yield from _of_rendering(rendering)
    for signed in SignedCopy.objects.filter(issue__report=report).select_related("issue").order_by("pk"):
        yield from _of_signed(signed)


def verify_printed() -> Iterator[str]:
    """Likewise of what was printed in bulk without a report."""
    done = BatchItem.objects.filter(state=BatchItem.State.DONE, rendering=None)
    for item in done.select_related("batch__cohort", "assessment__unit").order_by("pk").iterator(1):
        name = f"{item.batch}, {item.assessment.unit}"
        yield from _of_files(name, PDF=(item.pdf, item.sha256), Word=(item.docx, item.docx_sha256))


def verify_templates() -> Iterator[str]:
    """Likewise of the templates that offices brought."""
    for template in WordTemplate.objects.select_related("unit").order_by("pk").iterator(1):
        if _digest(template.content) != template.sha256:
            yield f"Mẫu Word của {template.unit} ({template}) không đúng SHA-256 đã lưu."


def _of_issue(issue: Issue) -> Iterator[str]:
    name = f"Dữ liệu của lần ban hành {issue.ordinal}"
    if _digest(issue.data.encode()) != issue.data_sha256:
        yield f"{name} không đúng SHA-256 đã lưu."
    try:
        load(issue.data)
    except Unreadable as error:
        yield f"{name} không đọc được: {error}"


def _of_rendering(rendering: Rendering) -> Iterator[str]:
    yield from _of_files(
        _named(rendering), PDF=(rendering.pdf, rendering.sha256), Word=(rendering.docx, rendering.docx_sha256)
    )


def _of_files(name: str, **stored: tuple[bytes | memoryview | None, str]) -> Iterator[str]:
    for kind, (content, digest) in stored.items():
        if (_digest(content) if content is not None else "") != digest:
            yield f"Tệp {kind} của {name} không đúng SHA-256 đã lưu."


def _of_signed(signed: SignedCopy) -> Iterator[str]:
    name = f"Bản đã ký {signed.ordinal} của lần ban hành {signed.issue.ordinal}"
    try:
        with closing(signed.file.open("rb")) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        yield f"{name} không còn tệp."
        return
    if digest != signed.sha256:
        yield f"{name} không đúng SHA-256 đã lưu."


def _named(rendering: Rendering) -> str:
    if rendering.issue is None:
        return f"bản nháp, phiên bản {rendering.report_version}"
    number = f", số {rendering.number}" if rendering.number else ""
    return f"lần ban hành {rendering.issue.ordinal}{number}"


def _digest(content: bytes | memoryview) -> str:
    return hashlib.sha256(content).hexdigest()
