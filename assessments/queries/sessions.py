"""Meetings of the council: what is known of each, and how far a period's got."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from assessments.minutes import COLUMNS, Member, SessionFacts
from assessments.models import CouncilSession, Period


def facts_of(session: CouncilSession) -> SessionFacts:
    members = session.members.order_by("order")
    return SessionFacts(
        **{name: getattr(session, name) for name in COLUMNS},
        members=tuple(Member(m.seat, m.full_name, m.position, m.absent) for m in members),
    )


def sessions_of(period: Period) -> QuerySet[CouncilSession]:
    """Every session, newest first, with `present`, `invited` and `decided`."""
    return (
        CouncilSession.objects.filter(period=period)
        .annotate(
            invited=Count("members", distinct=True),
            present=Count("members", filter=Q(members__absent=False), distinct=True),
            decided=Count("decisions", distinct=True),
        )
        .order_by("-held_at", "-pk")
    )
