"""A session of the council, and what its minutes say, complete and ready to be put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.dates import VIETNAM
from criteria.points import canonical, parse_canonical

SEATS = {"chair": "Chủ trì", "secretary": "Thư ký", "member": "Thành viên"}
COLUMNS = ("held_at", "ended_at", "place", "threshold", "note")


@dataclass(frozen=True, slots=True)
class Member:
    seat: str
    full_name: str
    position: str = ""
    absent: bool = False

    @property
    def seat_label(self) -> str:
        return SEATS[self.seat]


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
        return {name: getattr(self, name) for name in COLUMNS}

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


@dataclass(frozen=True, slots=True)
class Voice:
    """What one layer said of a leaf: points (None: it doesn't count, or nobody answered), figures, reason, by whom."""

    points: Decimal | None
    excluded: bool
    reading: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """The unit's explanation; silence has no text and nobody who said it."""

    stance: str
    label: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """`before` and `points` are None where the leaf doesn't count."""

    before: Decimal | None
    points: Decimal | None
    reason: str
    by: str
    at: datetime

    @property
    def is_kept(self) -> bool:
        return self.before == self.points

    @property
    def change(self) -> Decimal | None:
        """None where the leaf came into the base or left it."""
        return None if self.before is None or self.points is None else self.points - self.before


@dataclass(frozen=True, slots=True)
class MinutesRow:
    """A leaf before the session with its whole thread. `round2` only where the unit had disagreed."""

    cohort: str
    unit_code: str
    unit: str
    code: str
    name: str
    max_points: Decimal
    why: str
    offices: tuple[str, ...]
    own: Voice | None
    round1: Voice | None
    answer: Answer | None
    round2: Voice | None
    decided: Decided | None


@dataclass(frozen=True, slots=True)
class UnitTotals:
    """Totals of one unit layer by layer, and how many of its leaves the session changed."""

    cohort: str
    unit_code: str
    unit: str
    own: Decimal | None
    appraised: Decimal | None
    council: Decimal | None
    changed: int
    is_final: bool


@dataclass(frozen=True)
class Minutes:
    """`totals` are those stored now: print the minutes before a later session changes them again."""

    host: str
    period: str
    year: int
    illustration: bool
    facts: SessionFacts
    chair: Member | None
    secretary: Member | None
    present: tuple[Member, ...]
    absent: tuple[Member, ...]
    rows: tuple[MinutesRow, ...]
    totals: tuple[UnitTotals, ...]

    @property
    def decided(self) -> int:
        return sum(row.decided is not None for row in self.rows)

    @property
    def kept(self) -> int:
        return sum(row.decided is not None and row.decided.is_kept for row in self.rows)

    @property
    def undecided(self) -> tuple[MinutesRow, ...]:
        return tuple(row for row in self.rows if row.decided is None)
