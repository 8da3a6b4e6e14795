"""Outcomes: what a published result says row by row and why, and all years of a unit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.actions.appraisal import judge
from assessments.actions.publication import publish
from assessments.actions.recorded import save_record
from assessments.actions.verdicts import Verdict
from assessments.models import Layer, Publication, Result, Score
from assessments.outcome import Decision, Outcome, OutcomeRow
from assessments.queries.history import history
from assessments.queries.outcomes import (
    outcome_of_result,
    outcomes_of_records,
    outcomes_of_results,
    published_results,
    recorded_results,
    sources_of,
)
from assessments.recorded import Record
from assessments.workflow import Action
from tests.assessments.conftest import NOW, Year

pytestmark = pytest.mark.django_db


def make_public(year: Year) -> Publication:
    return publish(
        period=year.period,
        decision_number="123/QĐ-UBND",
        decision_date=date(2026, 3, 2),
        decision_issuer="Chủ tịch UBND tỉnh",
        by=year.coordinator,
        now=NOW,
    )


def outcome_at(year: Year, place: int) -> Outcome:
    return outcome_of_result(published_results().get(assessment__unit=year.units[place]))


def rows_of(outcome: Outcome) -> dict[str, OutcomeRow]:
    return {row.code: row for row in (*outcome.rows(), *(r for top in outcome.extras for r in top.walk()))}


def test_rows_carry_every_layer_up_the_tree(year: Year) -> None:
    year.play(0, faults="1")
    year.play(1, points="3")
    make_public(year)
    outcome = outcome_at(year, 0)
    rows = rows_of(outcome)
    assert [(area.code, area.points, area.max_points, area.rank) for area in outcome.areas] == [
        ("1", Decimal("6.25"), 7, 1),
        ("2", 2, 10, 1),
    ]
    assert (rows["1"].self_points, rows["1"].appraised_points) == (4, 4)
    assert (rows["2.2"].points, rows["2.2"].max_points, rows["2.2"].depth) == (2, 4, 1)
    assert [row.code for row in rows["2.2"].children] == ["2.2.1", "2.2.2"]
    # Survey leaves are nobody's self-score; what is not applicable has no maximum.
    assert (rows["1.3"].self_points, rows["1.3"].points) == (None, Decimal("2.25"))
    assert (rows["1.2"].max_points, rows["1.2"].points, rows["1.2"].note) == (0, 0, "Không áp dụng")
    assert (outcome.total, outcome.rank, outcome.group_size) == (Decimal("9.706"), 1, 2)
    assert outcome.decision == Decision("123/QĐ-UBND", date(2026, 3, 2), "Chủ tịch UBND tỉnh")
    assert (outcome.bonus, outcome.penalty) == (Decimal("0.5"), Decimal("-0.5"))
    assert [top.code for top in outcome.extras] == ["T", "P"]
    assert rows["P"].points == Decimal("-0.5")
    assert {row.code for row in outcome.rows()}.isdisjoint({"T", "T.1", "P"})


def test_a_note_goes_on_behind_what_was_declared(year: Year) -> None:
    year.score("2.1", {"numerator": "1", "denominator": "4", "target": "0.5"}, note="Đang hoàn thiện hồ sơ")
    year.submit()
    year.appraise()
    year.enter("1.3", {"counts": {"Hài lòng": "9", "Không hài lòng": "3"}})
    year.enter("P", {"count": "0"})
    year.finalise()
    make_public(year)
    assert rows_of(outcome_at(year, 0))["2.1"].reason.endswith("; đang hoàn thiện hồ sơ")


def test_the_reason_is_that_of_the_layer_that_decided(year: Year) -> None:
    year.score("1.1", {"points": "4"}, note="")
    year.score("1.2", {"points": "1"}, note="chỉ kiểm tra một lần")
    year.score("2.2.2", {"points": "2"})
    year.submit()
    sheet = year.sheet()

    def say(action: Action, code: str, points: str, reason: str) -> None:
        layer = Layer.ROUND1 if action is Action.APPRAISE else Layer.COUNCIL
        saved = year.row(code, layer)
        judge(
            action=action,
            assessment=sheet,
            criterion_id=year.criterion(code),
            verdict=Verdict(Score.Basis.DATA, {"points": points}, reason=reason),
            seen=saved.version if saved else 0,
            by=year.appraiser if action is Action.APPRAISE else year.coordinator,
            now=NOW,
        )

    say(Action.APPRAISE, "1.1", "3", "thiếu minh chứng")
    say(Action.APPRAISE, "2.2.2", "1", "mới làm một nửa")
    year.appraise()
    say(Action.FIX, "2.2.2", "0.5", "Hội đồng không công nhận")
    year.enter("1.3", {"counts": {"Hài lòng": "9", "Không hài lòng": "3"}})
    year.enter("P", {"count": "0"})
    year.finalise()
    make_public(year)
    rows = rows_of(outcome_at(year, 0))
    assert rows["1.1"].reason == "thiếu minh chứng"
    assert (rows["1.1"].self_points, rows["1.1"].appraised_points, rows["1.1"].points) == (4, 3, 3)
    assert rows["1.2"].reason == "chỉ kiểm tra một lần"
    assert "“Hài lòng”: 9" in rows["1.3"].reason
    assert rows["2.2.2"].reason == "Hội đồng không công nhận"
    assert rows["2.2"].reason == "Hội đồng không công nhận"  # its best child explains it
    assert rows["2.1"].reason == "Đơn vị không tự chấm tiêu chí này"
    assert rows["P"].reason == ""
    assert outcome_at(year, 0).unexplained_rows == ()


def test_without_a_result_nothing_of_the_council_shows(year: Year) -> None:
    year.play(0)
    year.score("1.1", {"points": "4"}, 1)
    year.submit(1)
    make_public(year)
    outcome = outcome_at(year, 1)
    assert (outcome.total, outcome.rank) == (None, None)
    rows = rows_of(outcome)
    assert {row.points for row in rows.values()} == {None}
    assert {row.appraised_points for row in rows.values()} == {None}
    assert rows["1.1"].self_points == 4
    assert (outcome.lost, outcome.unexplained_rows) == (0, ())


def test_all_years_of_a_unit_newest_first(year: Year) -> None:
    year.play(0)
    make_public(year)
    unit = year.units[0]
    for earlier in (2023, 2025):
        area = OutcomeRow("1", "Chỉ đạo, điều  hành", 0, Decimal(12), None, Decimal(9))
        value = Record(year=earlier, areas=(area,), max_total=Decimal(100), total=Decimal(80))
        save_record(unit=unit, host=year.host, value=value, by=year.coordinator, now=NOW)
    outcomes = [outcome for _, outcome in sources_of(unit)]
    assert [(outcome.year, outcome.is_recorded) for outcome in outcomes] == [
        (2026, False),
        (2025, True),
        (2023, True),
    ]
    table = history(unit)
    assert [line.name for line in table.areas] == ["Chỉ đạo, điều hành", "Dịch vụ công"]
    assert [cell and cell.max_points for cell in table.areas[0].cells] == [7, 12, 12]
    assert [cell and cell.max_points for cell in table.areas[1].cells] == [10, None, None]


def count(call: object) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        call()
    return len(queries)


def test_queries_do_not_grow(year: Year) -> None:
    for place in range(3):
        year.play(place)
        area = OutcomeRow("1", "Một", 0, Decimal(100), None, Decimal(80))
        child = OutcomeRow("1.1", "Một một", 1, Decimal(100), None, Decimal(80))
        areas = (OutcomeRow(**{**vars(area), "children": (child,)}),)
        value = Record(year=2025, areas=areas, max_total=Decimal(100))
        save_record(unit=year.units[place], host=year.host, value=value, by=year.coordinator, now=NOW)
    make_public(year)
    outcome_at(year, 0)  # the tree is read once per process
    results, records = published_results().order_by("pk"), recorded_results().order_by("pk")
    assert count(lambda: outcomes_of_results(results[:1])) == count(lambda: outcomes_of_results(results)) == 3
    assert count(lambda: outcomes_of_records(records[:1])) == count(lambda: outcomes_of_records(records)) == 3
    assert Result.objects.count() == 3
