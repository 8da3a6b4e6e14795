"""Publishing: once, from what the leaves add up to, frozen from then on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from assessments.actions.cohorts import set_units
from assessments.actions.periods import rename_period, reschedule
from assessments.actions.publication import publish
from assessments.models import AreaResult, Event, Layer, LayerTotal, Publication, Result
from assessments.workflow import Refusal
from criteria.actions import load_set
from criteria.schema import read_set
from tests.assessments.conftest import NOW, OPENS, SMALL, Year, later, make_year
from tests.calendars import overlapping

pytestmark = pytest.mark.django_db

DECISION = {
    "decision_number": "123/QĐ-UBND",
    "decision_date": date(2026, 3, 2),
    "decision_issuer": "Chủ tịch UBND tỉnh",
}


def do_publish(year: Year, **fields: object) -> Publication:
    return publish(**{"period": year.period, "by": year.coordinator, "now": NOW, **DECISION, **fields})


def test_results_are_copied_with_ranks_ties_and_bands(year: Year) -> None:
    for place in (0, 1, 2):
        year.play(place, points="3" if place == 2 else "4")
    do_publish(year)
    results = {result.assessment.unit_id: result for result in Result.objects.select_related("assessment")}
    first, second, third = (results[unit.pk] for unit in year.units)
    assert [(r.rank, r.group_size) for r in (first, second, third)] == [(1, 3), (1, 3), (3, 3)]
    # 4 + 2.25 of 7, 2 of 10 are 8.25 of 17: 9.706 of 20, and half a bonus point.
    assert (first.index, first.bonus, first.penalty) == (Decimal("9.706"), Decimal("0.5"), 0)
    assert (first.total, first.grade, first.reason) == (Decimal("10.206"), "Khá", "")
    assert first.self_total == LayerTotal.objects.get(assessment=first.assessment, layer=Layer.SELF).total
    assert (third.total, third.grade) == (Decimal("9.029"), "")
    areas = {area.criterion.code: area for area in third.areas.select_related("criterion")}
    assert set(areas) == {"1", "2"}
    assert (areas["1"].points, areas["1"].applicable, areas["1"].rank) == (Decimal("5.25"), 7, 3)
    assert (areas["2"].points, areas["2"].self_points, areas["2"].rank) == (2, 2, 1)
    year.period.refresh_from_db()
    assert year.period.state == "published"
    event = Event.objects.get(action="publish")
    assert event.after["totals"][year.units[0].code] == "10.206"


def test_an_area_that_no_unit_scores_has_no_self_points(db: None) -> None:
    text = SMALL.replace("total: 20", "total: 25").replace(
        "  - code: T\n",
        "  - {code: 3, name: Tác động, max_points: 5, source: external, rule: {kind: direct}}\n  - code: T\n",
    )
    year = make_year(load_set(read_set(text)), size=1)
    year.open()
    year.enter("3", {"points": "4"})
    year.play()
    do_publish(year)
    points = dict(AreaResult.objects.order_by("pk").values_list("criterion__code", "self_points"))
    assert points == {"1": 4, "2": 2, "3": None}


def test_units_without_final_points_are_listed_with_the_reason(year: Year) -> None:
    year.play(0)
    year.score("1.1", {"points": "4"}, 1)
    year.submit(1)
    do_publish(year)
    results = {result.assessment.unit_id: result for result in Result.objects.select_related("assessment")}
    assert (results[year.units[0].pk].rank, results[year.units[0].pk].group_size) == (1, 1)
    sent, draft = results[year.units[1].pk], results[year.units[2].pk]
    assert (sent.rank, sent.total, sent.self_total, sent.reason) == (None, None, 4, "Chưa thẩm định xong")
    assert (draft.rank, draft.self_total, draft.reason) == (None, None, "Chưa gửi phiếu tự chấm điểm")
    assert AreaResult.objects.values("result").distinct().count() == 1


def test_nothing_final_nothing_published(year: Year) -> None:
    with pytest.raises(Refusal, match="chưa có phiếu nào"):
        do_publish(year)
    assert not Publication.objects.exists()


@pytest.mark.parametrize("missing", list(DECISION))
def test_the_decision_is_needed(year: Year, missing: str) -> None:
    year.play()
    with pytest.raises(Refusal, match="Còn thiếu"):
        do_publish(year, **{missing: None if missing == "decision_date" else "  "})
    with pytest.raises(Refusal, match="sau hôm nay"):
        do_publish(year, decision_date=date(2026, 3, 3))


@pytest.mark.parametrize("stored", ["layer", "area"])
def test_totals_that_the_leaves_deny_are_not_published(year: Year, stored: str) -> None:
    year.play()
    if stored == "layer":
        LayerTotal.objects.filter(layer=Layer.COUNCIL).update(total=Decimal("11"))
    else:
        for total in LayerTotal.objects.filter(layer=Layer.COUNCIL):
            total.nodes["1"] = total.nodes["1"]._replace(points=Decimal("11"))
            total.save()
    with pytest.raises(Refusal, match=f"{year.units[0].short_name} không khớp"):
        do_publish(year)


def test_two_clicks_publish_once(year: Year) -> None:
    year.play()
    do_publish(year)
    with pytest.raises(Refusal, match="đã công bố"):
        do_publish(year)
    assert Publication.objects.count() == 1


def test_only_the_coordinator_publishes(year: Year) -> None:
    year.play()
    for person in (year.leader, year.appraiser, *year.officers.values()):
        with pytest.raises(PermissionDenied):
            do_publish(year, by=person)


def test_a_published_period_is_frozen(year: Year) -> None:
    year.play()
    do_publish(year)
    act = {"by": year.coordinator, "now": NOW}
    attempts = [
        lambda: year.score("1.1", {"points": "1"}, 1),
        lambda: year.enter("1.3", {"not_applicable": True}, 1),
        lambda: rename_period(period=year.period, name="x", **act),
        lambda: reschedule(
            period=year.period, calendar=overlapping(OPENS, later(days=99)), reason="x", **act
        ),
        lambda: set_units(cohort=year.cohort, units=[], **act),
        year.open,
    ]
    for attempt in attempts:
        with pytest.raises(Refusal, match="đã công bố"):
            attempt()
