"""Ranks from the leaves: against a second, plain recount on fractions."""

from __future__ import annotations

from fractions import Fraction
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import Layer, LayerTotal, Score
from assessments.queries.board import board
from assessments.queries.publication import publication_check
from assessments.queries.recounting import total_differences
from assessments.queries.standings import recount, standings
from criteria.models import CriteriaSet
from tests.assessments.conftest import NOW, Year, later, make_year

pytestmark = pytest.mark.django_db


def by_hand(year: Year, place: int) -> Fraction:
    """The council's total of the small set, reckoned from the rows without the engine."""
    rows = {
        row.criterion.code: row
        for row in Score.objects.filter(assessment=year.sheet(place), layer=Layer.COUNCIL).select_related(
            "criterion"
        )
    }

    def points(code: str) -> Fraction:
        return Fraction(rows[code].points or 0) if code in rows else Fraction(0)

    base = sum(points(code) for code in ("1.1", "1.2", "1.3", "2.1")) + max(points("2.2.1"), points("2.2.2"))
    applicable = 20 - sum(Fraction(row.max_points) for row in rows.values() if row.excluded)
    index = base if applicable == 20 else Fraction(int(base / applicable * 20 * 1000 + Fraction(1, 2)), 1000)
    return max(index + min(points("T.1"), Fraction(1)) - min(-points("P"), Fraction(2)), Fraction(0))


def test_totals_and_ranks_agree_with_a_recount_by_hand(small_set: CriteriaSet) -> None:
    year = make_year(small_set, 5)
    year.open()
    year.play(0, "4", faults="1")
    year.play(1, "3.125")
    year.play(2, "4", faults="1")
    year.play(3, "0", faults="9", satisfied="1")
    ranking = standings(year.cohort)
    rows = {row.assessment.unit_id: row for row in ranking.rows}
    totals = {place: by_hand(year, place) for place in range(4)}
    for place, total in totals.items():
        row = rows[year.units[place].pk]
        assert row.tally.total == total
        assert row.rank == 1 + sum(other > total for other in totals.values())
        assert row.reason == ""
    last = ranking.rows[-1]
    assert last.assessment.unit == year.units[4]
    assert (last.rank, last.reason, last.grade) == (None, "Chưa gửi phiếu tự chấm điểm", "")
    assert (ranking.ranked, ranking.unranked) == (4, 1)
    assert [row.is_tied for row in ranking.rows] == [
        row.rank == rows[year.units[0].pk].rank for row in ranking.rows
    ]


def test_an_area_decides_between_equal_totals(year: Year) -> None:
    for place, (first, second) in enumerate([("4", "1"), ("3", "2")]):
        year.score("1.1", {"points": first}, place)
        year.score("2.2.2", {"points": second}, place)
        year.submit(place)
        year.appraise(place)
        year.enter("1.3", {"not_applicable": True}, place)
        year.enter("P", {"count": "0"}, place)
        year.finalise(place)
    ranking = standings(year.cohort)
    assert [row.assessment.unit for row in ranking.rows[:2]] == [year.units[1], year.units[0]]
    assert [row.rank for row in ranking.rows[:2]] == [1, 2]
    assert not any(row.is_tied for row in ranking.rows)
    assert [row.area_ranks for row in ranking.rows[:2]] == [{"1": 2, "2": 1}, {"1": 1, "2": 2}]


def test_an_area_without_anything_applicable_has_no_rank(year: Year) -> None:
    year.play(0)
    scores = Score.objects.filter(assessment=year.sheet(), layer=Layer.COUNCIL, criterion__area__code="2")
    scores.update(points=None, excluded=True)
    [row, *_] = standings(year.cohort).rows
    assert row.area_ranks["2"] is None
    assert row.tally.applicable < 20


def test_every_layer_is_recounted_the_way_it_is_stored(year: Year) -> None:
    year.play(0)
    year.score("1.1", {"points": "2"}, 1)
    for layer in (Layer.SELF, Layer.ROUND1, Layer.COUNCIL):
        for pk, tally in recount(year.cohort, layer).items():
            stored = LayerTotal.objects.get(assessment=pk, layer=layer)
            assert (stored.total, stored.index, stored.applicable) == (
                tally.total,
                tally.index,
                tally.applicable,
            )
    assert total_differences(year.cohort) == []


class TestCheckTotals:
    def test_it_is_content_with_what_the_actions_store(self, year: Year) -> None:
        year.play(0)
        out = StringIO()
        call_command("check_totals", stdout=out)
        assert "khớp" in out.getvalue()

    def test_it_reports_every_difference_and_fails(self, year: Year) -> None:
        year.play(0)
        LayerTotal.objects.filter(layer=Layer.COUNCIL).update(answered=1)
        own = LayerTotal.objects.get(layer=Layer.SELF, assessment=year.sheet())
        del own.nodes["2"]
        own.nodes["9"] = own.nodes["1"]._replace(leaves=4)
        own.save()
        LayerTotal.objects.filter(layer=Layer.ROUND1).delete()
        out = StringIO()
        with pytest.raises(CommandError) as failed:
            call_command("check_totals", stdout=out)
        assert failed.value.returncode == 1
        text = out.getvalue()
        assert "council, answered: lưu 1" in text
        assert "self, 2 points: lưu None" in text
        assert "self, 9 leaves: lưu 4, tính lại None" in text
        assert "round1, total: lưu None" in text


class TestBoard:
    def test_it_says_where_every_unit_is(self, year: Year) -> None:
        year.play(0)
        year.score("1.1", {"points": "2"}, 1)
        [shown] = board(year.period, now=later(days=60)).cohorts
        rows = {row.assessment.unit_id: row for row in shown.rows}
        done, begun, empty = (rows[unit.pk] for unit in year.units)
        assert (done.is_late, done.council.total > 0, done.round1.answered) == (False, True, 6)
        assert (begun.is_late, begun.own.answered, begun.own.leaves, begun.own.total) == (True, 1, 6, 2)
        assert (empty.own.answered, empty.round1, empty.council) == (0, None, None)
        assert sum(row.is_late for row in shown.rows) == 2
        assert (shown.central_entered, shown.central_asked) == (2, 6)
        assert (shown.targets_assigned, shown.targets_asked) == (0, 3)
        assert not any(row.is_late for row in board(year.period, now=NOW).rows)

    def test_nobody_is_late_before_the_period_opens(self, preparing_year: Year) -> None:
        late = [row.is_late for row in board(preparing_year.period, now=later(days=60)).rows]
        assert late == [False, False, False]


@pytest.mark.parametrize("what", ["board", "publication_check"])
def test_queries_do_not_grow_with_units(small_set: CriteriaSet, what: str) -> None:
    counts = []
    for size in (1, 3):
        year = make_year(small_set, size)
        year.open()
        for place in range(size):
            year.play(place)
        with CaptureQueriesContext(connection) as queries:
            board(year.period, now=NOW) if what == "board" else publication_check(year.period, now=NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_order_is_vietnamese_among_units_without_a_rank(year: Year) -> None:
    for unit, name in zip(year.units, ("xã Đông", "xã An", "xã Ích"), strict=True):
        unit.short_name = name
        unit.save()
    assert [row.assessment.unit.short_name for row in standings(year.cohort).rows] == [
        "xã An",
        "xã Đông",
        "xã Ích",
    ]
