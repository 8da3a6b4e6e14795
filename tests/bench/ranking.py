"""(c) Totals and ranks of a whole cohort from its stored leaf points."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Role, Unit
from accounts.vietnamese import fold, sort_key
from assessments.models import Assessment, Cohort, Layer, Period, Score
from assessments.models.periods import calendar_values
from assessments.queries.standings import Standings, ranks_of, recount, standings
from assessments.workflow import PeriodState, State
from criteria.queries import stored_tree
from criteria.tree import NotApplicable
from criteria.tree import Role as Part
from tests.bench.ratios import Measured, each, in_ms, in_turn, seconds
from tests.bench.years import illustrative_set
from tests.calendars import overlapping
from tests.factories import ProvinceFactory, user_with

SEED = 2026
ONE_SUM = """
    SELECT sheet.unit_id, leaf.area_id, SUM(score.points)
    FROM assessments_score score
    JOIN assessments_assessment sheet ON sheet.id = score.assessment_id
    JOIN criteria_criterion leaf ON leaf.id = score.criterion_id
    WHERE sheet.cohort_id = %s AND score.layer = %s
    GROUP BY sheet.unit_id, leaf.area_id
"""


def measure(units: int = 3321, rounds: int = 12) -> Measured:
    """The recount and the ranks made of it against one SUM of the same rows."""
    cohort, expected = final_cohort(units)
    _require_right(standings(cohort), expected)

    def floor() -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(ONE_SUM, [cohort.pk, Layer.COUNCIL])
            return cursor.fetchall()

    tree = stored_tree(cohort.criteria_set).tree
    assert len(floor()) == units * len(tree.areas)
    ours, floors = in_turn(lambda: ranks_of(tree, recount(cohort)), floor, rounds)
    with_units = [seconds(lambda: standings(cohort)) for _ in range(5)]
    leaves = Score.objects.filter(assessment__cohort=cohort).count()
    return Measured(
        f"(c) totals and ranks of {units} units, time",
        "≤ 4",
        each(ours, floors),
        [
            f"ours: {in_ms(ours)}, {leaves} leaf points",
            f"floor: {in_ms(floors)}",
            f"with units and grades, in the order of the ranking: {in_ms(with_units)}",
        ],
    )


def final_cohort(size: int) -> tuple[Cohort, dict[int, Fraction]]:
    """A finished cohort with random valid points at every leaf of the areas, and each sheet's total by hand."""
    chance = random.Random(SEED)
    now = timezone.now()
    host = ProvinceFactory()
    by = user_with(Role.COORDINATOR, host)
    criteria_set = illustrative_set()
    stored = stored_tree(criteria_set)
    period = Period.objects.create(
        host=host,
        year=now.year - 1,
        name="Mọi xã",
        **calendar_values(overlapping(now - timedelta(days=30), now - timedelta(days=1))),
        state=PeriodState.OPEN,
        opened_at=now,
        opened_by=by,
    )
    cohort = Cohort.objects.create(period=period, name="Xã", criteria_set=criteria_set)
    steps = ("sent", "submitted", "released", "appraised", "finalised")
    done = {f"{step}_at": now for step in steps} | {f"{step}_by": by for step in steps}
    sheets = [
        Assessment(
            period=period, cohort=cohort, unit=unit, state=State.FINAL, submitted_total=0, receipt="-", **done
        )
        for unit in _communes(host, size)
    ]
    leaves = [leaf for leaf in stored.tree.leaves() if leaf.role is Part.BASE]
    expected: dict[int, Fraction] = {}
    with transaction.atomic():
        for sheet in Assessment.objects.bulk_create(sheets):
            points = applicable = Fraction(0)
            rows = []
            for leaf in leaves:
                excluded = leaf.not_applicable is NotApplicable.EXCLUDE and chance.random() < 0.1
                given = Decimal(chance.randint(0, int(leaf.max_points * 1000))).scaleb(-3)
                if not excluded:
                    points += Fraction(given)
                    applicable += Fraction(leaf.max_points)
                rows.append(
                    Score(
                        assessment=sheet,
                        criterion_id=stored.ids[leaf.code],
                        layer=Layer.COUNCIL,
                        points=None if excluded else given,
                        excluded=excluded,
                        max_points=leaf.max_points,
                        updated_at=now,
                        updated_by=by,
                    )
                )
            Score.objects.bulk_create(rows)
            expected[sheet.pk] = _rounded(points * 100 / applicable)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the databases do by themselves after a while
    return cohort, expected


def _communes(host: Unit, size: int) -> list[Unit]:
    units = []
    for number in range(size):
        name = f"xã Vạn Phúc {number}"
        facts = {
            "code": f"vp-{number}",
            "name": f"Ủy ban nhân dân {name}",
            "short_name": name,
            "place": name[3:],
        }
        search = fold(f"{facts['code']} {facts['name']} {name}")
        units.append(
            Unit(parent=host, level=Unit.Level.COMMUNE, search=search, sort_key=sort_key(name), **facts)
        )
    return Unit.objects.bulk_create(units)


def _rounded(exact: Fraction) -> Fraction:
    """To three places, halves up."""
    return Fraction((exact * 1000 + Fraction(1, 2)).__floor__(), 1000)


def _require_right(ranking: Standings, expected: dict[int, Fraction]) -> None:
    """Every total equals the sum by hand, and each rank the number of better totals and one."""
    totals = {row.assessment.pk: Fraction(row.tally.total) for row in ranking.rows}
    assert totals == expected
    best_first = sorted(expected.values(), reverse=True)
    places: dict[Fraction, int] = {}
    for place, total in enumerate(best_first, start=1):
        places.setdefault(total, place)
    assert all(row.rank == places[expected[row.assessment.pk]] for row in ranking.rows)
