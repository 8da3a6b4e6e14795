"""Units and people of the demonstration, added where they are missing; what is there stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Membership, Role, Unit, User
from parindex.demo.fixtures import read


@dataclass(frozen=True)
class Login:
    role: str
    username: str
    full_name: str
    unit: str


def add_units(declared: list[dict[str, str]]) -> int:
    """Units by code, those above before those below them; returns how many were added."""
    known = {unit.code: unit for unit in Unit.objects.filter(code__in=[row["code"] for row in declared])}
    missing = [row for row in declared if row["code"] not in known]
    for row in missing:
        known[row["code"]] = Unit.objects.create(
            code=row["code"],
            level=row["level"],
            short_name=row["short_name"],
            name=row.get("name", f"Ủy ban nhân dân {row['short_name']}"),
            place=row["place"],
            parent=known[row["parent"]] if "parent" in row else None,
            active_from=_day(row.get("from")),
            active_until=_day(row.get("until")),
        )
    return len(missing)


def add_people() -> int:
    """People by user name, all with the one password, which is hashed once."""
    declared = read("people")
    names = [person["username"] for person in declared["people"]]
    known = set(User.objects.filter(username__in=names).values_list("username", flat=True))
    missing = [person for person in declared["people"] if person["username"] not in known]
    password = make_password(declared["password"]) if missing else ""
    units = {unit.code: unit for unit in Unit.objects.all()}
    for person in missing:
        user = User.objects.create(
            username=person["username"],
            full_name=person["full_name"],
            position=person["position"],
            password=password,
            is_demo=True,
        )
        for role, unit in _roles(person):
            Membership.objects.create(user=user, role=role, unit=units[unit] if unit else None)
    return len(missing)


def password() -> str:
    return read("people")["password"]


def logins() -> list[Login]:
    """One log-in per role, of those that still exist and are active."""
    shown = read("people")["shown"]
    people = {
        user.username: user
        for user in User.objects.filter(username__in=shown, is_demo=True, is_active=True).prefetch_related(
            "memberships__unit"
        )
    }
    return [
        Login(
            role="; ".join(Role(membership.role).label for membership in held),
            username=name,
            full_name=people[name].full_name,
            unit="; ".join(membership.unit.short_name for membership in held if membership.unit),
        )
        for name in shown
        if name in people
        for held in [sorted(people[name].memberships.all(), key=lambda membership: membership.pk)]
    ]


def _roles(person: dict[str, Any]) -> list[tuple[str, str]]:
    return [(role, unit) for role, _, unit in (held.partition(" ") for held in person["roles"])]


def _day(spelled: str | None) -> date | None:
    return date.fromisoformat(spelled) if spelled else None
