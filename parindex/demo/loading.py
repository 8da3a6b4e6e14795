"""The whole demonstration in one transaction: a run that is cut off leaves nothing half done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from parindex.demo.fixtures import read
from parindex.demo.history import add_history, add_sets
from parindex.demo.register import add_people, add_units
from parindex.demo.workdays import Workdays
from parindex.demo.year import add_years


@dataclass(frozen=True)
class Added:
    """How many of each."""

    sets: int
    units: int
    people: int
    records: int
    periods: int


@transaction.atomic
def load(*, now: datetime) -> Added | None:
    """Load the demonstration, once: where its people are, it has been loaded and nothing is touched (None).

    Units, criteria sets and records that somebody else entered before stay as they are.
    """
    if User.objects.filter(is_demo=True).exists():
        return None
    units, days = read("units"), Workdays(now)
    return Added(
        sets=add_sets(),
        units=add_units(units["history"]) + add_units(units["province"]),
        people=add_people(),
        records=add_history(days),
        periods=add_years(days),
    )
