"""A step for all sheets of a cohort that are ready: asked for by a page, taken in the background."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts import origin
from accounts.models import User
from assessments.actions.rounds import Step, close_appraisal, release
from assessments.actions.writing import Changed, record
from assessments.models import Cohort, Event, Order, OrderedSheet
from assessments.permissions import coordinates, require
from assessments.queries.orders import progress_of
from assessments.queries.rounds import readiness
from assessments.workflow import Action, Refusal

_STEPS: Mapping[str, Step] = {Action.RELEASE: release, Action.CLOSE_APPRAISAL: close_appraisal}
_BROKEN = "Có lỗi ngoài dự kiến; phiếu vẫn như cũ. Hãy làm lại; nếu vẫn lỗi, báo quản trị hệ thống."
_NO_LONGER_HIS = "Người yêu cầu không còn quyền thực hiện việc này."


@transaction.atomic
def place_order(
    *, cohort: Cohort, action: Action, seen: str, enqueue: Callable[[int], str], by: User, now: datetime
) -> Order:
    """Order the step for every sheet that is ready; the one that is being worked on where there is one.

    `seen` is the fingerprint of what the page showed. `enqueue` takes the order's id and returns its task's; both
    are stored in this transaction. Refusal where nothing is ready, and Changed where it is no longer what was seen.
    """
    if not by.is_active or not coordinates.test(by, cohort):  # also of one that is only given back
        raise PermissionDenied
    running = Order.objects.filter(cohort=cohort, step=action, finished_at=None).order_by("pk").first()
    if running is not None and progress_of(running).is_running:
        return running
    found = readiness(cohort, action, now=now)
    for ready in found.ready:
        require(action, by=by, assessment=ready.assessment, now=now)
    if not found.ready:
        raise Refusal("Không có phiếu nào sẵn sàng.")
    if found.fingerprint != seen:
        raise Changed
    if running is not None:
        finish_order(order=running, now=now)
    # Of two who ask at once one stores the order; the other is given it.
    order, is_new = Order.objects.get_or_create(
        cohort=cohort,
        step=action,
        finished_at=None,
        defaults={"received_at": now, "by": by, "address": origin.address.get()},
    )
    if is_new:
        OrderedSheet.objects.bulk_create(
            OrderedSheet(order=order, assessment=ready.assessment, leaves=ready.leaves)
            for ready in found.ready
        )
        codes = sorted(ready.assessment.unit.code for ready in found.ready)
        after = {"cohort": cohort.name, "step": action, "units": codes}
        record(Event.Deed.ORDER, by=by, now=now, period=cohort.period, after=after)
        order.task_id = enqueue(order.pk)
        order.save(update_fields=["task_id"])
    return order


@transaction.atomic
def take_ordered(*, sheet: OrderedSheet, by: User, now: datetime) -> None:
    """Take the step with one sheet of an order, or note why it can't be taken; nothing where that is done already.

    `now` is when the order was received. The sheet's own gate is asked again, under its lock.
    """
    locked = OrderedSheet.objects.select_for_update(of=("self",)).select_related("order", "assessment")
    ordered = locked.get(pk=sheet.pk)
    if ordered.outcome != OrderedSheet.Outcome.WAITING:
        return
    step = _STEPS[ordered.order.step]
    try:
        step(assessment=ordered.assessment, seen=ordered.leaves, by=by, now=now)
    except (Refusal, PermissionDenied) as refused:
        ordered.outcome = OrderedSheet.Outcome.REFUSED
        ordered.refusal = str(refused) if isinstance(refused, Refusal) else _NO_LONGER_HIS
    else:
        ordered.outcome = OrderedSheet.Outcome.DONE
    ordered.save(update_fields=["outcome", "refusal"])


def give_up_ordered(*, sheet: OrderedSheet) -> None:
    """Note that the step broke on this sheet, of which nothing was stored; nothing where its outcome is known."""
    waiting = OrderedSheet.objects.filter(pk=sheet.pk, outcome=OrderedSheet.Outcome.WAITING)
    waiting.update(outcome=OrderedSheet.Outcome.REFUSED, refusal=_BROKEN)


def finish_order(*, order: Order, now: datetime) -> None:
    """Nothing works on it any more; another may be placed."""
    Order.objects.filter(pk=order.pk, finished_at=None).update(finished_at=now)
