"""Telling people, and noting that they have read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessments.models import Event, Notice
from assessments.queries.receivers import receivers
from assessments.queries.tellings import Telling, telling_of


def notify(event: Event) -> None:
    """Tell everybody whom it concerns of what was just done, in the transaction that did it."""
    if readers := receivers(event):
        tell(event.period_id, telling_of(event), readers, now=event.at)


def tell(period_id: int, told: Telling, readers: Iterable[int], *, now: datetime) -> int:
    """Store a notice for each of these people who has none of its key; returns how many those were."""
    known = Notice.objects.filter(user__in=(ids := set(readers)))
    if told.topic:
        ids -= _ids(known.filter(read_at=None, key__startswith=told.topic))
    ids -= _ids(known.filter(key=told.key))
    # Two that tell at the same moment both find nothing: the unique key decides.
    Notice.objects.bulk_create(
        (
            Notice(
                user_id=pk,
                period_id=period_id,
                key=told.key,
                title=told.title,
                text=told.text,
                address=told.address,
                created_at=now,
            )
            for pk in sorted(ids)
        ),
        ignore_conflicts=True,
    )
    return len(ids)


def _ids(notices) -> set[int]:
    return set(notices.order_by().values_list("user_id", flat=True))


@transaction.atomic
def mark_read(*, notice: Notice, by: User, now: datetime) -> None:
    Notice.objects.filter(pk=notice.pk, user=by, read_at=None).update(read_at=now)


@transaction.atomic
def mark_all_read(*, by: User, now: datetime) -> int:
    """Returns how many were unread."""
    return Notice.objects.filter(user=by, read_at=None).update(read_at=now)
