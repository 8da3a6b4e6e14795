"""A small running year with one person for every role, on both sides of every fence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Role, Unit, User
from assessments.actions.cohorts import add_cohort, set_units
from assessments.actions.periods import create_period, open_period
from assessments.models import Assessment, Cohort, Period
from criteria.actions import load_set
from criteria.models import CriteriaSet
from criteria.schema import read_set
from tests.factories import DepartmentFactory, ProvinceFactory, UnitFactory, user_with

SET = """\
code: tiep-can
version: 1
name: Bộ tiêu chí để thử quyền
decision: {number: 1/QĐ-UBND, date: 2026-01-05, issuer: UBND tỉnh}
total: 10
decimals: 2
criteria:
  - code: 1
    name: Chỉ đạo
    max_points: 10
    children:
      - {code: 1.1, name: Kế hoạch, max_points: 6, rule: {kind: direct}}
      - {code: 1.2, name: Sáng kiến, max_points: 4, rule: {kind: direct}}
"""


@dataclass(frozen=True)
class World:
    """One host with one scored unit, and everybody who could come near it.

    A URL keyword is filled from the attribute of its name: <int:assessment> from `assessment`.
    """

    host: Unit
    unit: Unit
    period: Period
    cohort: Cohort
    criteria_set: CriteriaSet
    assessment: Assessment
    criterion: int
    now: datetime
    # Nobody is "anonymous". The names ending in _elsewhere hold the same role at another host or unit.
    persons: dict[str, User | None] = field(default_factory=dict)

    @property
    def user(self) -> User:
        return self.persons["officer"]


def make_world(now: datetime | None = None) -> World:
    now = now or timezone.now()
    host, other_host = ProvinceFactory(), ProvinceFactory()
    office, other_office = DepartmentFactory(parent=host), DepartmentFactory(parent=other_host)
    unit, other_unit = UnitFactory(parent=host), UnitFactory(parent=host)
    persons: dict[str, User | None] = {"anonymous": None}
    for role, place, elsewhere in [
        (Role.OFFICER, unit, other_unit),
        (Role.UNIT_LEADER, unit, other_unit),
        (Role.APPRAISER, office, other_office),
        (Role.COORDINATOR, host, other_host),
        (Role.LEADER, host, other_host),
    ]:
        persons[role.value] = user_with(role, place)
        persons[f"{role.value}_elsewhere"] = user_with(role, elsewhere)
    persons["administrator"] = user_with(Role.ADMINISTRATOR)

    coordinator = persons["coordinator"]
    criteria_set = load_set(read_set(SET))
    period = create_period(
        host=host, year=now.year, name="Năm nay", deadline=now + timedelta(days=30), by=coordinator, now=now
    )
    cohort = add_cohort(period=period, name="Xã", criteria_set=criteria_set, by=coordinator, now=now)
    set_units(cohort=cohort, units=[unit, other_unit], by=coordinator, now=now)
    period = open_period(period=period, by=coordinator, now=now)
    return World(
        host=host,
        unit=unit,
        period=period,
        cohort=cohort,
        criteria_set=criteria_set,
        assessment=Assessment.objects.in_context().get(period=period, unit=unit),
        criterion=criteria_set.criteria.get(code="1.1").pk,
        now=now,
        persons=persons,
    )
