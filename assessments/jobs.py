"""Steps for a whole cohort, taken in the background one sheet after the other."""

from __future__ import annotations

import logging
from datetime import datetime

from django.utils import timezone
from django_tasks import task

from accounts import origin
from accounts.models import User
from assessments.actions.orders import finish_order, give_up_ordered, place_order, take_ordered
from assessments.models import Cohort, Order
from assessments.queries.orders import waiting_sheets
from assessments.workflow import Action

logger = logging.getLogger("parindex.orders")


@task()
def take_steps(order_id: int) -> None:
    """Take an ordered step with every sheet that waits for it.

    Each is a transaction of its own that notes the outcome: a worker that is killed leaves a sheet either done or
    not, and whoever is given the task next goes on behind it.
    """
    order = Order.objects.get(pk=order_id)
    here = origin.address.set(order.address)
    try:
        for sheet in waiting_sheets(order):
            # Asked anew each time: what he may do can end in the middle.
            by = User.objects.get(pk=order.by_id)
            try:
                take_ordered(sheet=sheet, by=by, now=order.received_at)
            except Exception:
                # The sheets behind it don't wait for a programmer.
                logger.exception("order %s broke on sheet %s", order.pk, sheet.assessment_id)
                give_up_ordered(sheet=sheet)
    finally:
        origin.address.reset(here)
    finish_order(order=order, now=timezone.now())


def start_order(*, cohort: Cohort, action: Action, seen: str, by: User, now: datetime) -> Order:
    """Order a step for all sheets that are ready; its task is queued with it or not at all."""
    return place_order(
        cohort=cohort,
        action=action,
        seen=seen,
        enqueue=lambda pk: str(take_steps.enqueue(pk).id),
        by=by,
        now=now,
    )
