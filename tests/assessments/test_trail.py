"""The trail read back: at its leaf, in its period, and by nobody whom it doesn't concern."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from assessments.actions.appraisal import judge
from assessments.actions.publication import publish
from assessments.actions.verdicts import Verdict
from assessments.actions.writing import record
from assessments.models import Event, Score
from assessments.workflow import Action
from tests.assessments.conftest import NOW, Year

pytestmark = pytest.mark.usefixtures("in_the_middle_of_the_year")


def lower(year: Year) -> None:
    judge(
        action=Action.APPRAISE,
        assessment=year.sheet(),
        criterion_id=year.criterion("1.1"),
        verdict=Verdict(Score.Basis.DATA, {"points": "1"}, reason="không có kế hoạch"),
        seen=0,
        by=year.appraiser,
        now=year.now,
    )


def history(client: Client, year: Year, person, code: str = "1.1") -> str:
    client.force_login(person)
    url = reverse("leaf_history", kwargs={"assessment": year.sheet().pk, "criterion": year.criterion(code)})
    return client.get(url).content.decode()


def test_a_leaf_shows_every_step_in_words(year: Year, client: Client):
    year.score("1.1", {"points": "2"}, note="đang làm")
    year.score("1.1", {"points": "3"}, note="đã xong")
    page = history(client, year, year.officers[year.units[0].pk])
    assert "3 điểm – đã xong" in page
    assert "Trước đó: 2 điểm – đang làm" in page


def test_before_publication_a_unit_sees_no_appraisers_step(year: Year, client: Client):
    year.score("1.1", {"points": "3"})
    year.submit()
    lower(year)
    assert "không có kế hoạch" not in history(client, year, year.officers[year.units[0].pk])
    for person in (year.appraiser, year.coordinator, year.leader):
        assert "không có kế hoạch" in history(client, year, person)


def test_the_coordinator_filters_the_periods_events(year: Year, client: Client):
    year.score("1.1", {"points": "3"}, 0)
    year.score("1.1", {"points": "2"}, 1, note="của đơn vị khác")
    client.force_login(year.coordinator)
    url = reverse("period_events", kwargs={"period": year.period.pk})
    assert "của đơn vị khác" in client.get(url).content.decode()
    narrowed = client.get(url, {"unit": year.units[0].pk, "action": "score"}).content.decode()
    assert "của đơn vị khác" not in narrowed
    assert "Không có sự kiện nào" in client.get(url, {"until": "2020-01-01"}).content.decode()
    assert client.get(url, {"unit": "x", "since": "hôm qua"}).status_code == 200


@pytest.mark.parametrize("events", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number_of_events(
    year: Year, client: Client, events: int, django_assert_num_queries
):
    for place in range(events):
        year.score("1.1", {"points": "3"}, place)
    client.force_login(year.coordinator)
    url = reverse("period_events", kwargs={"period": year.period.pk})
    client.get(url)
    with django_assert_num_queries(9):
        client.get(url)


def test_an_event_says_where_it_came_from(year: Year, client: Client):
    client.force_login(year.officers[year.units[0].pk])
    url = reverse("leaf", kwargs={"assessment": year.sheet().pk, "criterion": year.criterion("1.1")})
    client.post(url, {"points": "3", "note": "x", "version": "0"}, REMOTE_ADDR="192.0.2.7")
    assert Event.objects.get(action="score").address == "192.0.2.7"
    year.score("1.2", {"points": "3"})
    assert Event.objects.filter(action="score").latest("pk").address is None


def test_only_what_has_a_name_leaves_an_event(year: Year):
    with pytest.raises(ValueError, match="tidy_up"):
        record("tidy_up", by=year.coordinator, now=year.now, period=year.period)
    assert {action.value for action in Action} <= set(Event.Deed.values)


def test_other_events_are_told_in_words(year: Year, client: Client):
    year.submit()
    client.force_login(year.coordinator)
    page = client.get(reverse("period_events", kwargs={"period": year.period.pk})).content.decode()
    assert "lịch: tự chấm điểm từ 08:00 ngày 01 tháng 3 năm 2026" in page
    assert "tự chấm điểm đến 17:00 ngày 31 tháng 3 năm 2026, lãnh đạo đơn vị duyệt từ" in page
    assert f"nhóm Xã; cơ quan {year.appraiser.held[0].unit.code}" in page
    assert "tổng điểm 0; SHA-256" in page
    assert "số tiêu chí chưa chấm: 6" in page


def test_figures_and_dates_of_a_publication_are_written_the_vietnamese_way(year: Year, client: Client):
    year.play(0, "3")
    publish(
        period=year.period,
        decision_number="9/QĐ-UBND",
        decision_date=NOW.date(),
        decision_issuer="Ủy ban nhân dân tỉnh",
        by=year.coordinator,
        now=year.now,
    )
    client.force_login(year.coordinator)
    url = reverse("period_events", kwargs={"period": year.period.pk})
    page = client.get(url, {"action": "publish"}).content.decode()
    assert f"tổng điểm: {year.units[0].code} 9,029" in page
    assert "quyết định 9/QĐ-UBND, 02/3/2026, Ủy ban nhân dân tỉnh" in page
