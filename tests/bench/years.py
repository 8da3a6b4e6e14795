"""An open period of communes on the illustrative set, every sheet filled in by its officer through the real actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import Role, Unit, User
from assessments.actions.cohorts import add_cohort, set_units
from assessments.actions.evidence import add_link
from assessments.actions.periods import create_period, open_period
from assessments.actions.scoring import save_score
from assessments.models import Assessment, AssignedTarget, Cohort
from assessments.queries.leaves import needs_target
from criteria.actions import ensure_set
from criteria.models import CriteriaSet
from criteria.queries import StoredTree, stored_tree
from criteria.schema import read_set
from criteria.tree import Source
from tests.calendars import overlapping
from tests.factories import ProvinceFactory, UnitFactory, user_with

NOTE = (
    "Theo báo cáo kết quả công tác cải cách hành chính năm của Ủy ban nhân dân xã, có bảng thống kê kèm theo."
)
TARGETS = {"7.3.1": Decimal("0.7"), "7.3.2": Decimal("0.5")}


@dataclass(frozen=True)
class Year:
    host: Unit
    coordinator: User
    cohort: Cohort
    stored: StoredTree
    sheets: list[Assessment]
    officers: dict[int, User]  # by unit
    now: datetime


def illustrative_set() -> CriteriaSet:
    text = (settings.BASE_DIR / "fixtures/sets/mau-xa-2-cap.yaml").read_text(encoding="utf-8")
    return ensure_set(read_set(text))[0]


def open_year(size: int) -> Year:
    """`size` communes with an officer each. Their sheets are still empty."""
    now = timezone.now()
    host = ProvinceFactory()
    coordinator = user_with(Role.COORDINATOR, host)
    units = [UnitFactory(parent=host) for _ in range(size)]
    act: dict[str, Any] = {"by": coordinator, "now": now}
    calendar = overlapping(now - timedelta(days=1), now + timedelta(days=30, minutes=30))
    period = create_period(host=host, year=now.year, name="Chỉ số CCHC", calendar=calendar, **act)
    cohort = add_cohort(period=period, name="Xã", criteria_set=illustrative_set(), **act)
    set_units(cohort=cohort, units=units, **act)
    open_period(period=period, **act)
    return Year(
        host=host,
        coordinator=coordinator,
        cohort=cohort,
        stored=stored_tree(cohort.criteria_set),
        sheets=list(Assessment.objects.in_context().filter(cohort=cohort).order_by("pk")),
        officers={unit.pk: user_with(Role.OFFICER, unit) for unit in units},
        now=now,
    )


def fill(year: Year, sheet: Assessment, *, with_evidence: bool = False) -> None:
    """Score every leaf that units score, as the first worked example of the set has it."""
    act: dict[str, Any] = {"by": year.officers[sheet.unit_id], "now": year.now}
    for leaf in year.stored.tree.leaves():
        pk = year.stored.ids[leaf.code]
        if needs_target(leaf):
            AssignedTarget.objects.create(assessment=sheet, criterion_id=pk, value=TARGETS[leaf.code])
        if leaf.source is not Source.UNIT:
            continue
        data = {key: value for key, value in leaf.examples[0].data.items() if key != "target"}
        save_score(assessment=sheet, criterion_id=pk, data=data, note=NOTE, seen=0, **act)
        if with_evidence and leaf.evidence_required:
            add_link(
                assessment=sheet,
                criterion_id=pk,
                url=f"https://example.vn/{leaf.code}",
                title=leaf.evidence[:300],
                **act,
            )
