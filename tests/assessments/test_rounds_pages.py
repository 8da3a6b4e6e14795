"""Releasing and closing for a whole cohort, and the list of what its units dispute."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from assessments.actions.rounds import release
from assessments.workflow import Action, State
from tests.assessments.conftest import NOW, Year
from tests.assessments.explaining import lower, say, sent, told
from tests.assessments.showing import client_of, officer, text

pytestmark = pytest.mark.usefixtures("in_the_middle_of_the_year")


@pytest.fixture
def coordinator(year: Year) -> Client:
    return client_of(year.coordinator)


def url(name: str, year: Year) -> str:
    return reverse(name, args=[year.cohort.pk])


def states(year: Year) -> list[str]:
    return [sheet.state for sheet in year.sheets()]


def test_those_that_are_ready_are_told_and_the_others_named(year: Year, coordinator: Client):
    sent(year)
    sent(year, 1)
    page = text(coordinator.get(url("release_all", year)))
    assert "Thông báo cho 2 đơn vị" in page
    assert "Đơn vị chưa gửi phiếu chấm điểm." in page
    after = text(coordinator.post(url("release_all", year), follow=True))
    assert "Đã thực hiện với 2/2 phiếu sẵn sàng." in after
    assert "Không có phiếu nào sẵn sàng" in after
    assert states(year) == [State.EXPLAINING, State.EXPLAINING, State.DRAFT]
    again = text(coordinator.post(url("release_all", year), follow=True))
    assert "Đã thực hiện với 0/0 phiếu sẵn sàng." in again


def test_one_that_changed_meanwhile_keeps_no_other_back(
    year: Year, coordinator: Client, monkeypatch: pytest.MonkeyPatch
):
    for place in range(2):
        sent(year, place)
    from assessments.views import rounds as views

    found = views.readiness(year.cohort, Action.RELEASE, now=NOW)
    release(assessment=year.sheet(), by=year.coordinator, now=NOW)
    monkeypatch.setattr(views, "readiness", lambda *args, **kwargs: found)
    coordinator.post(url("release_all", year))
    assert states(year)[:2] == [State.EXPLAINING, State.EXPLAINING]
    monkeypatch.undo()
    page = text(coordinator.get(url("release_all", year)))
    assert f"{year.units[0]}: Đã có kết quả thẩm định vòng 1" in page


def test_closing_a_cohort(year: Year, coordinator: Client):
    for place in range(2):
        told(year, place)
    year.accept()
    say(year, "1.1", "Có văn bản", place=1)
    page = text(coordinator.get(url("close_all", year)))
    assert "Kết thúc thẩm định 1 phiếu" in page
    assert "Còn 2 tiêu chí đơn vị chưa trả lời và vẫn trong thời gian giải trình." in page
    coordinator.post(url("close_all", year))
    assert states(year)[:2] == [State.APPRAISED, State.EXPLAINING]


@pytest.mark.parametrize("name", ["release_all", "close_all", "disputes"])
def test_an_empty_cohort_and_other_people(year: Year, coordinator: Client, name: str):
    page = text(coordinator.get(url(name, year)))
    assert "Không có phiếu nào sẵn sàng" in page or "Chưa có tiêu chí nào" in page
    for person in (officer(year), year.appraiser):
        assert client_of(person).get(url(name, year)).status_code == 403


def test_the_board_leads_there(year: Year, coordinator: Client):
    page = text(coordinator.get(reverse("period", args=[year.period.pk])))
    for name in ("release_all", "close_all", "disputes"):
        assert url(name, year) in page


def test_disputes_by_what_round_2_said(year: Year, coordinator: Client):
    told(year)
    say(year, "1.1", "Có văn bản một")
    say(year, "1.2", "Có văn bản hai")
    lower(year, "1.1", "4", action=Action.REVISE)
    page = text(coordinator.get(url("disputes", year)))
    for shown in ("Tất cả (2)", "Chưa quyết định (1)", "Đã quyết định (1)", "Nâng điểm", "Có văn bản hai"):
        assert shown in page
    left = text(coordinator.get(url("disputes", year), {"vong-2": "chua"}))
    assert ("Có văn bản hai" in left, "Có văn bản một" in left) == (True, False)
    rubbish = coordinator.get(url("disputes", year), {"vong-2": "x", "page": "-1"})
    assert rubbish.status_code == 200


@pytest.mark.parametrize("places", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("disputes", 14), ("close_all", 10)])
def test_constant_queries(year: Year, places: int, name: str, queries: int, django_assert_num_queries):
    for place in range(places):
        told(year, place)
        for code in ["1.1", "1.2"][:places]:
            say(year, code, "Có văn bản", place=place)
    client = client_of(year.coordinator)
    client.get(url(name, year))
    with django_assert_num_queries(queries):
        client.get(url(name, year))
