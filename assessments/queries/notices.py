"""Notices as their reader sees them, and what waits for the mail."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from accounts.models import User
from assessments.models import Notice

MAIL_WITHIN = timedelta(days=3)
"""What is older is no news any more: nobody gets a heap of old letters with his first address."""


def notices_of(user: User) -> QuerySet[Notice]:
    """Unread ones first, each part newest first."""
    is_read = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())
    return (
        Notice.objects.filter(user=user).annotate(is_read=is_read).order_by("is_read", "-created_at", "-pk")
    )


def unread_count(user: User) -> int:
    return Notice.objects.filter(user=user, read_at=None).count()


def to_mail(*, now: datetime) -> QuerySet[Notice]:
    """What nobody has begun to send, to people who can log in, have an address and haven't read it yet."""
    return (
        Notice.objects.filter(claimed_at=None, read_at=None, created_at__gt=now - MAIL_WITHIN)
        .filter(user__is_active=True)
        .exclude(user__email="")
        .order_by("created_at", "pk")
    )


def unsent() -> QuerySet[Notice]:
    """What was begun and, as far as is known, never sent."""
    return (
        Notice.objects.filter(claimed_at__isnull=False, mailed_at=None)
        .select_related("user")
        .order_by("claimed_at", "pk")
    )
