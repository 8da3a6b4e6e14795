"""(e) The pages that everybody waits for, in a province of 170 communes with 120 leaves each."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from assessments.actions.assignments import Duty, assign
from assessments.actions.cohorts import add_cohort, set_units
from assessments.actions.periods import create_period, open_period
from assessments.actions.totals import store_totals
from assessments.models import Assessment, Cohort, Layer, Score
from assessments.workflow import State
from criteria.actions import ensure_set
from criteria.queries import stored_tree
from criteria.schema import read_set
from tests.bench.page import compared
from tests.bench.ratios import Measured
from tests.calendars import overlapping
from tests.factories import DepartmentFactory, ProvinceFactory, UnitFactory, user_with

AREAS = 8


def measure(units: int = 170, leaves: int = 120, rounds: int = 20) -> list[Measured]:
    """Half of the communes have sent their sheets and have been appraised in half of their areas."""
    cohort, people = province(units, leaves)
    size = f"{units} units × {leaves} leaves"
    first = Assessment.objects.filter(cohort=cohort, state=State.DRAFT).order_by("pk").first()
    leaf = stored_tree(cohort.criteria_set).ids["1.1"]
    pages = [
        (
            "sheet of a unit",
            "≤ 100 ms",
            reverse("sheet", args=[first.pk]),
            people["officer"],
            "assessments/sheet.html",
        ),
        (
            "table of a criterion",
            "≤ 300 ms",
            reverse("criterion_appraisal", args=[cohort.pk, leaf]),
            people["appraiser"],
            "assessments/appraisal/criterion.html",
        ),
        (
            "board",
            "≤ 300 ms",
            reverse("period", args=[cohort.period_id]),
            people["coordinator"],
            "assessments/period/board.html",
        ),
    ]
    return [
        compared(
            f"(e) {name}, {size}, time",
            f"ours {aim}",
            address=address,
            reader=reader,
            template=template,
            rounds=rounds,
        )
        for name, aim, address, reader, template in pages
    ]


def province(size: int, leaves: int) -> tuple[Cohort, dict[str, User]]:
    """Leaves are stored as the actions store them, but all at once."""
    now = timezone.now()
    host = ProvinceFactory()
    office = DepartmentFactory(parent=host)
    people = {
        "coordinator": user_with(Role.COORDINATOR, host),
        "appraiser": user_with(Role.APPRAISER, office),
    }
    act: dict[str, Any] = {"by": people["coordinator"], "now": now}
    units = [UnitFactory(parent=host) for _ in range(size)]
    people["officer"] = user_with(Role.OFFICER, units[0])
    calendar = overlapping(now - timedelta(days=1), now + timedelta(days=30))
    period = create_period(host=host, year=now.year, name="Chỉ số CCHC", calendar=calendar, **act)
    criteria_set, _ = ensure_set(read_set(wide_set(leaves)))
    cohort = add_cohort(period=period, name="Xã", criteria_set=criteria_set, **act)
    set_units(cohort=cohort, units=units, **act)
    for area in criteria_set.criteria.filter(parent=None).order_by("position"):
        assign(cohort=cohort, criterion_id=area.pk, duties=[Duty(office)], **act)
    open_period(period=period, **act)
    sheets = list(Assessment.objects.for_gate().filter(cohort=cohort).order_by("pk"))
    score(sheets, sheets[1 : len(sheets) // 2 + 1], people["officer"], people["appraiser"], now)
    return Cohort.objects.in_context().get(pk=cohort.pk), people


def score(sheets: list[Assessment], sent: list[Assessment], officer: User, appraiser: User, now: Any) -> None:
    stored = stored_tree(sheets[0].cohort.criteria_set)
    leaves = list(stored.tree.leaves())
    judged = leaves[: len(leaves) // 2]
    rows = [
        Score(
            assessment=sheet,
            layer=layer,
            criterion_id=stored.ids[leaf.code],
            data={"points": "0.5"},
            points=Decimal("0.5"),
            max_points=leaf.max_points,
            note="Theo báo cáo kết quả công tác cải cách hành chính năm của Ủy ban nhân dân xã.",
            updated_at=now,
            updated_by=person,
        )
        for layer, these, of, person in (
            (Layer.SELF, sheets, leaves, officer),
            (Layer.ROUND1, sent, judged, appraiser),
        )
        for sheet in these
        for leaf in of
    ]
    Score.objects.bulk_create(rows, batch_size=500)
    Assessment.objects.filter(pk__in=[sheet.pk for sheet in sent]).update(
        state=State.SUBMITTED,
        sent_at=now,
        sent_by=officer,
        submitted_at=now,
        submitted_by=officer,
        submitted_total=Decimal(len(leaves)) / 2,
        receipt="0" * 64,
    )
    store_totals(sheets, Layer.SELF)
    store_totals(sent, Layer.ROUND1)


def wide_set(leaves: int) -> str:
    """A set of as many leaves of one point each, in areas of the same size."""
    per_area = leaves // AREAS
    lines = [
        "code: tinh-lon",
        "version: 1",
        "name: Bộ tiêu chí lớn",
        "decision: {number: 1/QĐ-UBND, date: 2026-01-05, issuer: UBND tỉnh}",
        f"total: {per_area * AREAS}",
        "criteria:",
    ]
    for area in range(1, AREAS + 1):
        lines += [
            f"  - code: {area}",
            f"    name: Lĩnh vực số {area}",
            f"    max_points: {per_area}",
            "    children:",
            *(
                f"      - {{code: {area}.{leaf}, name: Tiêu chí {area}.{leaf}, max_points: 1, "
                "rule_text: Cho điểm theo mức độ hoàn thành, rule: {kind: direct}}"
                for leaf in range(1, per_area + 1)
            ),
        ]
    return "\n".join(lines) + "\n"
