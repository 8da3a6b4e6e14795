"""The Word templates of an office: those in use, and all their versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import Unit, User
from reports.kinds import KINDS, Kind
from reports.models import WordTemplate
from reports.queries.offers import writing_units
from reports.queries.subjects import writer_of


@dataclass(frozen=True)
class KindOfUnit:
    """A kind that somebody writes for a unit, with what its Word files are made by."""

    unit: Unit
    kind: Kind[Any]
    active: WordTemplate | None
    latest: WordTemplate | None


def active_template(unit_id: int, kind: str) -> WordTemplate | None:
    return word_templates().filter(unit=unit_id, kind=kind, is_active=True).first()


def word_templates() -> QuerySet[WordTemplate]:
    """Without their bytes."""
    return WordTemplate.objects.select_related("unit", "uploaded_by").defer("content", "trial")


def versions_of(unit: Unit, kind: Kind[Any]) -> QuerySet[WordTemplate]:
    return word_templates().filter(unit=unit, kind=kind.name)


def kinds_of_units(user: User) -> Iterable[KindOfUnit]:
    """All kinds this person writes, by unit."""
    units = writing_units(user)
    found: dict[tuple[int, str], list[WordTemplate]] = {}
    for template in word_templates().filter(unit__in=units):
        found.setdefault((template.unit_id, template.kind), []).append(template)
    for unit in units:
        for kind in KINDS.values():
            if user.holds(writer_of(kind.name), unit.pk):
                held = found.get((unit.pk, kind.name), [])
                active = next((one for one in held if one.is_active), None)
                yield KindOfUnit(unit, kind, active, held[0] if held else None)
