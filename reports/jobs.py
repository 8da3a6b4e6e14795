"""Work done in the background, one task per document."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django_tasks import task

from accounts.models import User
from assessments.models import Cohort
from assessments.permissions import coordinates
from assessments.workflow import Refusal
from reports.actions import batches
from reports.actions.rendering import fail_rendering, request_again, request_rendering, store_rendering
from reports.document import Document
from reports.kinds import KINDS, Name
from reports.models import Batch, BatchItem, Rendering, Report
from reports.pdf import render_pdf
from reports.queries.batches import items_to_print, prospects
from reports.queries.drafts import unwritten_report
from reports.queries.issues import latest_issue, numbered
from reports.queries.reports import digest, document_of, reports
from reports.queries.words import Filling, filling_of, print_word

# Whoever asks for one document doesn't wait for those of a whole province.
AFTER_ALL_OTHERS = -50


class Superseded(Refusal):
    """The report or its result was changed while its document waited; the present one is asked for anew."""


class Files(TypedDict):
    """As Rendering keeps them."""

    pdf: bytes
    docx: bytes
    docx_notice: str


@task()
def render(rendering_id: int) -> None:
    """Make the document that was asked for, and no other; nothing to do where it is made already.

    A worker that is killed leaves the rendering queued; whoever is given the task next makes it.
    """
    rendering = Rendering.objects.defer("pdf", "docx").get(pk=rendering_id)
    if rendering.state != Rendering.State.QUEUED:
        return
    try:
        files = _files_of(rendering)
    except Superseded:
        return
    store_rendering(rendering_id=rendering_id, **files, now=timezone.now())


def _files_of(rendering: Rendering) -> Files:
    """Whatever goes wrong is raised after the rendering has failed."""
    try:
        filling = filling_of(rendering)
        return _files(_document(rendering, filling), filling)
    except Exception:
        fail_rendering(rendering_id=rendering.pk, now=timezone.now())
        raise


def _files(document: Document, filling: Filling | None) -> Files:
    pdf, word = render_pdf(document, tagged=True), print_word(document, filling)
    return {"pdf": pdf, "docx": word.docx, "docx_notice": word.notice}


def _document(rendering: Rendering, filling: Filling | None) -> Document:
    """Of an issue from its own data alone, whatever became of the report."""
    if rendering.issue is not None:
        return numbered(rendering.issue.document, rendering.number, rendering.issued_on)
    report = reports().get(pk=rendering.report_id)
    document = document_of(report)
    asked_for = (rendering.report_version, rendering.text_sha256)
    if (report.version, digest(document, filling.mark if filling else "")) != asked_for:
        raise Superseded("Báo cáo vừa được sửa trong lúc tạo tệp.")
    return document


def start_rendering(*, report: Report, by: User, now: datetime) -> Rendering:
    """Ask for the document of a report from `queries.reports()`; its task is queued with it or not at all."""
    return request_rendering(report=report, enqueue=enqueue, by=by, now=now)


def enqueue(rendering_id: int) -> str:
    """The task that makes it."""
    return str(render.enqueue(rendering_id).id)


@task(priority=AFTER_ALL_OTHERS)
def print_item(item_id: int) -> None:
    """Make one document of a batch and keep it; what is to be printed is looked up only now.

    Nothing to do where it doesn't wait any more: made before the worker was killed, or stopped.
    """
    item = items_to_print().get(pk=item_id)
    if item.state != BatchItem.State.QUEUED:
        return
    try:
        _print(item)
    except (Refusal, PermissionDenied) as refused:
        why = str(refused) or "Người yêu cầu không còn được đọc báo cáo của đơn vị này."
        batches.fail_item(item_id=item_id, why=why, now=timezone.now())
    except Exception:
        why = "Không tạo được tệp. Hãy làm lại; nếu vẫn lỗi, báo quản trị hệ thống."
        batches.fail_item(item_id=item_id, why=why, now=timezone.now())
        raise


def _print(item: BatchItem) -> None:
    kind, sheet, by = KINDS[item.batch.kind], item.assessment, item.batch.requested_by
    prospect = prospects(kind, [sheet])[sheet.pk]
    if prospect.why_not:
        raise Refusal(prospect.why_not)
    if prospect.report is None:
        if not by.is_active or not coordinates.test(by, sheet):
            raise PermissionDenied
        made = _files(document_of(unwritten_report(kind, sheet)), None)
        batches.store_item(item_id=item.pk, rendering_id=None, **made, now=timezone.now())
        return
    report = reports().get(pk=prospect.report)
    rendering = _asked_for(report, item)
    if rendering.state == Rendering.State.DONE:
        batches.finish_item(item_id=item.pk, rendering_id=rendering.pk, now=timezone.now())
        return
    made = _files_of(rendering)
    batches.store_item(item_id=item.pk, rendering_id=rendering.pk, **made, now=timezone.now())


def _asked_for(report: Report, item: BatchItem) -> Rendering:
    """The document of what was issued last, with its number; of the draft where nothing was."""
    asked = {"enqueue": lambda pk: item.task_id, "by": item.batch.requested_by, "now": timezone.now()}
    issue = latest_issue(report)
    if issue is None:
        return request_rendering(report=report, **asked)
    rendering = issue.renderings.defer("pdf", "docx").order_by("ordinal").last()
    request_again(rendering=rendering, **asked)
    return issue.renderings.defer("pdf", "docx").get(pk=rendering.pk)


def start_batch(*, kind: Name, cohort: Cohort, by: User, now: datetime) -> Batch:
    return batches.start_batch(kind=kind, cohort=cohort, enqueue=_enqueue_item, by=by, now=now)


def retry_batch(*, batch: Batch, by: User, now: datetime) -> int:
    return batches.retry_batch(batch=batch, enqueue=_enqueue_item, by=by, now=now)


def _enqueue_item(item_id: int) -> str:
    return str(print_item.enqueue(item_id).id)
