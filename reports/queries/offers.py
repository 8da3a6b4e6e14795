"""Which reports somebody could still write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import Unit, User
from reports.kinds import KINDS, Kind
from reports.models import Report
from reports.queries.subjects import SOURCES, sources_of, writer_of


@dataclass(frozen=True)
class Offer:
    """A thing with the kinds of report that nobody has written about it yet."""

    source: str
    pk: int
    unit: Unit
    year: int
    label: str
    kinds: tuple[Kind[Any], ...]


def offers(user: User, *, kind: str = "", unit: int | None = None, year: int | None = None) -> list[Offer]:
    """About what the units this person writes for did, newest first."""
    wanted = [found for found in KINDS.values() if kind in ("", found.name)]
    found = [
        offer
        for source in SOURCES
        if (kinds := [k for k in wanted if source in sources_of(k)])
        for offer in _about(source, kinds, user)
        if unit in (None, offer.unit.pk) and year in (None, offer.year)
    ]
    return sorted(found, key=lambda offer: (-offer.year, offer.unit.sort_key, -offer.pk))


def _about(source: str, kinds: list[Kind[Any]], user: User) -> Iterable[Offer]:
    """Those of `kinds` that nobody has written; all of them have the same writer."""
    units = user.units_as(writer_of(kinds[0].name))
    if not units:
        return
    about = SOURCES[source]
    rows = Report.objects.filter(unit__in=units, **{f"{source}__isnull": False}).order_by("pk")
    written = set(rows.values_list("kind", source))
    for thing in about.things().filter(**{f"{about.unit}__in": units}).order_by("pk"):
        subject = about.subject(thing)
        lacking = tuple(
            kind for kind in kinds if (kind.name, thing.pk) not in written and not subject.why_not(kind)
        )
        if lacking:
            yield Offer(source, thing.pk, subject.unit, subject.year, about.label(thing), lacking)


def writing_units(user: User) -> list[Unit]:
    """Those this person may write some kind of report for."""
    roles = {writer_of(kind) for kind in KINDS}
    units = {held.unit for held in user.held if held.role in roles and held.unit is not None}
    return sorted(units, key=lambda unit: (unit.sort_key, unit.pk))


def units_writing(kind: str, user: User) -> QuerySet[Unit]:
    """Those this person may write reports of that kind for."""
    return Unit.objects.filter(pk__in=user.units_as(writer_of(kind))).order_by("sort_key", "code")


def writable_kinds(user: User) -> list[Kind[Any]]:
    return [kind for kind in KINDS.values() if user.units_as(writer_of(kind.name))]
