"""Ask for the documents of a whole cohort, stop it, try the failed ones again, and keep what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from assessments.actions import writing
from assessments.models import Assessment, Cohort
from assessments.permissions import coordinates
from assessments.workflow import Refusal
from reports.actions.rendering import store_rendering
from reports.kinds import KINDS, Name
from reports.models import Batch, BatchItem, Rendering
from reports.queries.batches import kinds_in_bulk, lost_items, progress_of, prospects, unfinished, why_none

Enqueue = Callable[[int], str]
STOPPED = "Đã dừng theo yêu cầu."
DONE, FAILED, QUEUED = BatchItem.State.DONE, BatchItem.State.FAILED, BatchItem.State.QUEUED


@transaction.atomic
def start_batch(*, kind: Name, cohort: Cohort, enqueue: Enqueue, by: User, now: datetime) -> Batch:
    """One document of that kind for every unit of the cohort; the one that is under way is returned as it is.

    `enqueue` takes an item's id and returns its task's; all are stored in this transaction. Where there is
    nothing to print for a unit, its item has failed from the beginning.
    """
    locked = _lock(cohort, by)
    chosen = KINDS[kind]
    if chosen not in kinds_in_bulk():
        raise Refusal("Loại báo cáo này không in hàng loạt được.")
    if why_not := why_none(chosen, locked):
        raise Refusal(why_not)
    if running := unfinished(locked, chosen):
        return running
    sheets = list(Assessment.objects.in_context().filter(cohort=locked).order_by("unit__sort_key", "pk"))
    if not sheets:
        raise Refusal("Nhóm chưa có đơn vị nào.")
    batch = Batch.objects.create(cohort=locked, kind=kind, requested_at=now, requested_by=by)
    items = [BatchItem(batch=batch, assessment=sheet) for sheet in sheets]
    BatchItem.objects.bulk_create(items)
    _queue(items, enqueue=enqueue, now=now)
    _record("start_batch", batch, by=by, now=now, documents=len(items))
    return batch


@transaction.atomic
def stop_batch(*, batch: Batch, by: User, now: datetime) -> int:
    """Give up what still waits; returns how many. A document that is being made meanwhile is dropped."""
    _lock(batch.cohort, by)
    waiting = batch.items.filter(state=QUEUED)
    stopped = waiting.update(state=FAILED, why=STOPPED, finished_at=now)
    if stopped:
        _record("stop_batch", batch, by=by, now=now, stopped=stopped)
    return stopped


@transaction.atomic
def retry_batch(*, batch: Batch, enqueue: Enqueue, by: User, now: datetime) -> int:
    """Try again what failed or was lost; returns how many wait now. Refusal while others still wait."""
    cohort = _lock(batch.cohort, by)
    if progress_of(batch).waiting:
        raise Refusal("Lượt in này đang chạy. Hãy chờ xong hoặc dừng lại rồi mới làm lại.")
    if (running := unfinished(cohort, KINDS[batch.kind])) and running.pk != batch.pk:
        raise Refusal("Đang có một lượt in khác cùng loại cho nhóm này. Hãy chờ lượt đó xong.")
    items = [*batch.items.filter(state=FAILED), *lost_items(batch)]
    for item in items:
        item.state, item.why, item.finished_at = QUEUED, "", None
    queued = _queue(items, enqueue=enqueue, now=now)
    if items:
        _record("retry_batch", batch, by=by, now=now, documents=queued)
    return queued


@transaction.atomic
def store_item(
    *,
    item_id: int,
    rendering_id: int | None,
    pdf: bytes,
    docx: bytes,
    docx_notice: str = "",
    now: datetime,
) -> bool:
    """Keep a finished document, as its report's where it has one; False if the item waits no longer."""
    if rendering_id is not None:
        store_rendering(rendering_id=rendering_id, pdf=pdf, docx=docx, docx_notice=docx_notice, now=now)
        # Another worker may have been first, or have failed.
        if not Rendering.objects.filter(pk=rendering_id, state=Rendering.State.DONE).exists():
            raise Refusal("Báo cáo vừa được sửa trong lúc tạo tệp.")
        return finish_item(item_id=item_id, rendering_id=rendering_id, now=now)
    return _finish(
        item_id,
        now=now,
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
        docx=docx,
        docx_sha256=hashlib.sha256(docx).hexdigest(),
    )


def finish_item(*, item_id: int, rendering_id: int, now: datetime) -> bool:
    """The report's document was made already."""
    return _finish(item_id, now=now, rendering=rendering_id)


def fail_item(*, item_id: int, why: str, now: datetime) -> None:
    waiting = BatchItem.objects.filter(pk=item_id, state=QUEUED)
    waiting.update(state=FAILED, why=why[: BatchItem._meta.get_field("why").max_length], finished_at=now)


def _finish(item_id: int, *, now: datetime, **document: Any) -> bool:
    waiting = BatchItem.objects.filter(pk=item_id, state=QUEUED)
    return bool(waiting.update(state=DONE, finished_at=now, **document))


def _lock(cohort: Cohort, by: User) -> Cohort:
    """Whoever asks for documents of a cohort does so one after the other."""
    locked = Cohort.objects.select_for_update(of=("self",), no_key=True).select_related("period__host")
    found = locked.get(pk=cohort.pk)
    if not by.is_active or not coordinates.test(by, found):
        raise PermissionDenied
    return found


def _queue(items: Iterable[BatchItem], *, enqueue: Enqueue, now: datetime) -> int:
    """A task for each that has something to print; the others fail with their reason."""
    items = list(items)
    if not items:
        return 0
    kind = KINDS[items[0].batch.kind]
    sheets = Assessment.objects.in_context().filter(pk__in=[item.assessment_id for item in items])
    found = prospects(kind, list(sheets.order_by("pk")))
    queued = 0
    for item in items:
        if why_not := found[item.assessment_id].why_not:
            item.state, item.why, item.finished_at = FAILED, why_not, now
        else:
            item.task_id = enqueue(item.pk)
            queued += 1
    BatchItem.objects.bulk_update(items, ["state", "why", "finished_at", "task_id"])
    return queued


def _record(deed: str, batch: Batch, *, by: User, now: datetime, **counted: int) -> None:
    after = {"report": batch.get_kind_display(), "cohort": batch.cohort.name, "batch": batch.pk, **counted}
    writing.record(deed, by=by, now=now, period=batch.cohort.period, after=after)
