"""Meetings of the council: what is known of each, and how far a period's got."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.dates import VIETNAM
from assessments.models import CouncilMember, CouncilSession, Period
from criteria.points import canonical, parse_canonical


@dataclass(frozen=True, slots=True)
class Member:
    seat: str
    full_name: str
    position: str = ""
    absent: bool = False

    @property
    def seat_label(self) -> str:
        return str(CouncilMember.Seat(self.seat).label)


@dataclass(frozen=True)
class SessionFacts:
    """When and where the council met, who took part, and what it wanted put before it."""

    held_at: datetime
    ended_at: datetime | None
    place: str
    threshold: Decimal
    note: str
    members: tuple[Member, ...]

    @property
    def columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _COLUMNS}

    @property
    def spelled(self) -> dict[str, Any]:
        """One spelling per moment and number, for events and for what a page saw."""
        return {
            "held_at": self.held_at.astimezone(VIETNAM).isoformat(),
            "ended_at": self.ended_at and self.ended_at.astimezone(VIETNAM).isoformat(),
            "place": self.place,
            "threshold": canonical(self.threshold),
            "note": self.note,
            "members": [asdict(member) for member in self.members],
        }

    @classmethod
    def read(cls, spelled: Mapping[str, Any]) -> SessionFacts:
        """The inverse of `spelled`. Raises KeyError, TypeError or ValueError for anything else."""
        ended_at = spelled["ended_at"]
        return cls(
            held_at=datetime.fromisoformat(spelled["held_at"]),
            ended_at=ended_at and datetime.fromisoformat(ended_at),
            place=spelled["place"],
            threshold=parse_canonical(spelled["threshold"]),
            note=spelled["note"],
            members=tuple(Member(**member) for member in spelled["members"]),
        )


_COLUMNS = ("held_at", "ended_at", "place", "threshold", "note")


def facts_of(session: CouncilSession) -> SessionFacts:
    members = session.members.order_by("order")
    return SessionFacts(
        **{name: getattr(session, name) for name in _COLUMNS},
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
