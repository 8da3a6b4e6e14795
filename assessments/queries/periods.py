"""Periods, their cohorts and the units that may be put into them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from accounts.models import Role, Unit, User
from accounts.queries import unit_ids_below
from assessments.models import AssignedTarget, Assignment, Cohort, Period
from assessments.models.periods import spelled
from assessments.workflow import PeriodState


def ids_below(host_id: int) -> set[int]:
    """Ids of every unit under the host, at any depth."""
    return unit_ids_below([host_id]) - {host_id}


def units_to_offer(period: Period, *, on: date, besides: Cohort | None = None) -> QuerySet[Unit]:
    """Active units below the host that stand in no other cohort of the period, in Vietnamese order."""
    taken = period.assessments.exclude(cohort=besides) if besides else period.assessments.all()
    return (
        Unit.objects.active(on)
        .filter(pk__in=ids_below(period.host_id))
        .exclude(pk__in=taken.values("unit"))
        .order_by("level", "sort_key", "code")
    )


def periods_of(user: User) -> QuerySet[Period]:
    """Periods of the hosts for which this person coordinates, leads or appraises, newest first."""
    hosts = user.units_as(Role.COORDINATOR, Role.LEADER) | user.appraised_hosts
    return (
        Period.objects.filter(host__in=hosts)
        .select_related("host")
        .annotate(unit_count=Count("assessments"))
        .order_by("-year", "host__sort_key", "name")
    )


def running_period(user: User) -> Period | None:
    """The open period that this person coordinates, if there is just one."""
    hosts = user.units_as(Role.COORDINATOR)
    found = Period.objects.filter(host__in=hosts, state=PeriodState.OPEN).order_by("pk")[:2]
    return found[0] if len(found) == 1 else None


def shown_calendar(period: Period) -> str:
    """The calendar as the page that moves it carries it along."""
    return " ".join(spelled(period.calendar).values())


def shown_cohort(cohort: Cohort) -> str:
    """Name and set of a cohort as the page that changes them carries them along."""
    return f"{cohort.criteria_set_id} {cohort.name}"


@dataclass(frozen=True)
class Contents:
    """All that goes when a cohort is taken out of its period, and its fingerprint."""

    units: tuple[str, ...]
    targets: int
    assignments: int
    fingerprint: str


def contents_of(cohort: Cohort) -> Contents:
    sheets = cohort.assessments.order_by("unit__sort_key", "unit__code").values_list(
        "unit", "unit__short_name"
    )
    units = list(sheets)
    targets = AssignedTarget.objects.filter(assessment__cohort=cohort).order_by("pk")
    given = [[pk, str(value)] for pk, value in targets.values_list("pk", "value")]
    assigned = list(Assignment.objects.filter(cohort=cohort).order_by("pk").values_list("pk", flat=True))
    told = [shown_cohort(cohort), units, given, assigned]
    sha256 = hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()
    return Contents(tuple(name for _, name in units), len(given), len(assigned), sha256)


def cohorts_of(period: Period) -> list[Cohort]:
    """Cohorts in order, each with its set and the number of its units."""
    return list(
        period.cohorts.select_related("criteria_set", "period__host")
        .annotate(unit_count=Count("assessments"))
        .order_by("position", "pk")
    )
