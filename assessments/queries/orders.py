"""How far the background is with a step that was ordered for a cohort."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from assessments.models import Cohort, Order, OrderedSheet
from assessments.queries.tasks import is_under_way

Outcome = OrderedSheet.Outcome


@dataclass(frozen=True)
class Progress:
    """`is_lost`: it was ordered, but nothing works on it any more, and some sheets may not have been reached."""

    order: Order
    done: int
    waiting: int
    refused: tuple[OrderedSheet, ...]
    is_lost: bool

    @property
    def total(self) -> int:
        return self.tried + self.waiting

    @property
    def tried(self) -> int:
        return self.done + len(self.refused)

    @property
    def is_running(self) -> bool:
        return self.order.finished_at is None and self.waiting > 0 and not self.is_lost


def last_progress(cohort: Cohort, step: str) -> Progress | None:
    """Of the last order of this step; None where there was none yet."""
    order = Order.objects.filter(cohort=cohort, step=step).select_related("by").order_by("-pk").first()
    return order and progress_of(order)


def progress_of(order: Order) -> Progress:
    counted = dict(order.sheets.order_by().values_list("outcome").annotate(number=Count("pk")))
    refused: tuple[OrderedSheet, ...] = ()
    if Outcome.REFUSED in counted:
        rows = order.sheets.filter(outcome=Outcome.REFUSED).select_related("assessment__unit")
        refused = tuple(rows.order_by("assessment__unit__sort_key", "assessment__unit__code"))
    waiting = counted.get(Outcome.WAITING, 0)
    return Progress(
        order=order,
        done=counted.get(Outcome.DONE, 0),
        waiting=waiting,
        refused=refused,
        is_lost=order.finished_at is None and waiting > 0 and not is_under_way(order.task_id),
    )


def waiting_sheets(order: Order) -> QuerySet[OrderedSheet]:
    """Those that the job has not come to yet, in the order in which everybody locks several."""
    return order.sheets.filter(outcome=Outcome.WAITING).order_by("assessment_id")
