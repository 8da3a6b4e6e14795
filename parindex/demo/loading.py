"""The whole demonstration in one transaction: a run that is cut off leaves nothing half done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from parindex.demo.fixtures import read
from parindex.demo.history import add_history, add_sets
from parindex.demo.register import add_people, add_units
from parindex.demo.workdays import Workdays
from parindex.demo.year import add_years


@dataclass(frozen=True)
class Added:
    """How many of each were missing. All 0: everything was there and nothing was touched."""

    sets: int
    units: int
    people: int
    records: int
    periods: int

    def __bool__(self) -> bool:
        return any((self.sets, self.units, self.people, self.records, self.periods))


@transaction.atomic
def load(*, now: datetime) -> Added:
    """Add what is missing of the demonstration and leave everything that is there as it is."""
    units, days = read("units"), Workdays(now)
    return Added(
        sets=add_sets(),
        units=add_units(units["history"]) + add_units(units["province"]),
        people=add_people(),
        records=add_history(days),
        periods=add_years(days),
    )
