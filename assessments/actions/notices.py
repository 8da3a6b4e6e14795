"""Telling people, and noting that they have read it."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessments.models import Event, Notice
from assessments.queries.receivers import receivers
from assessments.queries.tellings import Telling, telling_of


def notify(event: Event, *more: Event) -> None:
    """Tell everybody whom it concerns of what was just done, in the transaction that did it; once of `more` of
    the same."""
    if readers := receivers(event, *more):
        tell(event.period_id, [(telling_of(event), readers)], now=event.at)


def tell(period_id: int, tellings: Iterable[tuple[Telling, Set[int]]], *, now: datetime) -> int:
    """Store a notice for each reader who has none of that key; returns how many those were."""
    wanted = [(told, readers - _waiting(told)) for told, readers in tellings]
    known = Notice.objects.filter(period=period_id, key__in=[told.key for told, _ in wanted])
    has = set(known.order_by().values_list("user_id", "key"))
    missing = [
        Notice(
            user_id=pk,
            period_id=period_id,
            key=told.key,
            title=told.title,
            text=told.text,
            address=told.address,
            created_at=now,
        )
        for told, readers in wanted
        for pk in sorted(readers)
        if (pk, told.key) not in has
    ]
    # Two that tell at the same moment both find nothing: the unique key decides.
    Notice.objects.bulk_create(missing, batch_size=500, ignore_conflicts=True)
    return len(missing)


def _waiting(told: Telling) -> set[int]:
    """Who has not read yet what he was told of this last."""
    if not told.topic:
        return set()
    unread = Notice.objects.filter(read_at=None, key__startswith=told.topic)
    return set(unread.order_by().values_list("user_id", flat=True))


@transaction.atomic
def mark_read(*, notice: Notice, by: User, now: datetime) -> None:
    Notice.objects.filter(pk=notice.pk, user=by, read_at=None).update(read_at=now)


@transaction.atomic
def mark_all_read(*, by: User, now: datetime) -> int:
    """Returns how many were unread."""
    return Notice.objects.filter(user=by, read_at=None).update(read_at=now)
