"""Reminding people: by the clock, or because a coordinator asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessments.actions.notices import tell
from assessments.actions.periods import lock_period
from assessments.actions.writing import record
from assessments.models import Assessment, Notice, Period
from assessments.queries.reminders import called_for, nudges, periods_under_way
from assessments.workflow import PeriodAction, Refusal


def tell_by_clock(*, now: datetime) -> int:
    """Tell of the phases that have opened and the deadlines that are near; returns how many notices are new.

    Each period for itself. May be called as often as one likes, also by two at once.
    """
    return sum(_tell_period(period, now) for period in periods_under_way())


@transaction.atomic
def _tell_period(period: Period, now: datetime) -> int:
    return tell(period.pk, called_for(period, now=now), now=now)


@transaction.atomic
def remind_units(*, period: Period, sheets: Iterable[Assessment], by: User, now: datetime) -> int:
    """Remind the people of those units that have something to do; each unit once a day. Returns how many.

    Refusal where nobody is left to be reminded.
    """
    locked = lock_period(PeriodAction.REMIND, period, by=by, now=now)
    own = Assessment.objects.in_context().filter(period=locked, pk__in=[sheet.pk for sheet in sheets])
    waiting = nudges(locked, own.order_by("pk"), now=now)
    known = Notice.objects.filter(period=locked, key__in=[told.key for _, told, _ in waiting])
    done = set(known.order_by().values_list("key", flat=True))
    reminded = [
        (sheet, told, readers - {by.pk})
        for sheet, told, readers in waiting
        if readers - {by.pk} and told.key not in done
    ]
    if not reminded:
        raise Refusal(
            "Không còn đơn vị nào để nhắc: đã xong việc, đã được nhắc hôm nay, hoặc chưa có cán bộ nào hoạt động."
        )
    tell(locked.pk, [(told, readers) for _, told, readers in reminded], now=now)
    codes = [sheet.unit.code for sheet, _, _ in reminded]
    record(PeriodAction.REMIND, by=by, now=now, period=locked, after={"units": codes})
    return len(reminded)
