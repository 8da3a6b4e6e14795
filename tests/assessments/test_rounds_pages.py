"""Releasing and closing for a whole cohort, and the list of what its units dispute."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from assessments import jobs
from assessments.actions.orders import take_ordered
from assessments.actions.rounds import release
from assessments.models import Order
from assessments.workflow import Action, State
from tests.assessments.conftest import NOW, Year
from tests.assessments.explaining import LATE, lower, say, sent, told
from tests.assessments.showing import client_of, officer, text

pytestmark = pytest.mark.usefixtures("in_the_middle_of_the_year")


@pytest.fixture
def coordinator(year: Year) -> Client:
    return client_of(year.coordinator)


def url(name: str, year: Year) -> str:
    return reverse(name, args=[year.cohort.pk])


def states(year: Year) -> list[str]:
    return [sheet.state for sheet in year.sheets()]


def seen(page: str) -> dict[str, str]:
    """What the form on a page says that it showed."""
    return {"seen": re.search(r'name="seen" value="([^"]*)"', page)[1]}


def work() -> None:
    """As a worker would, now."""
    for task in DBTaskResult.objects.ready().order_by("enqueued_at"):
        jobs.take_steps.call(*task.args_kwargs["args"])
        DBTaskResult.objects.filter(pk=task.pk).update(status="SUCCESSFUL")


def test_those_that_are_ready_are_told_and_the_others_named(year: Year, coordinator: Client):
    sent(year)
    sent(year, 1)
    address = url("release_all", year)
    page = text(coordinator.get(address))
    for shown in (
        "Thông báo cho 2 đơn vị",
        "với 6 tiêu chí thấp hơn điểm tự chấm",
        f"{year.units[0]}: 3 tiêu chí",
    ):
        assert shown in page
    assert "Đơn vị chưa gửi phiếu chấm điểm." in page
    running = text(coordinator.post(address, seen(page), follow=True))
    assert "Đang thực hiện: <strong>0/2 phiếu" in running
    assert "<form" not in running.partition("<main")[2]
    assert states(year) == [State.SUBMITTED, State.SUBMITTED, State.DRAFT]
    work()
    after = text(coordinator.get(address))
    assert "Đã thực hiện 2/2 phiếu" in after
    assert "Không có phiếu nào sẵn sàng" in after
    assert states(year) == [State.EXPLAINING, State.EXPLAINING, State.DRAFT]
    again = coordinator.post(address, seen(page))
    assert (again.status_code, "Không có phiếu nào sẵn sàng." in text(again)) == (409, True)


@pytest.mark.parametrize("said", ["", "0" * 64])
def test_what_changed_since_it_was_seen_is_shown_anew(year: Year, coordinator: Client, said: str):
    sent(year)
    address = url("release_all", year)
    before = seen(text(coordinator.get(address)))
    sent(year, 1)
    for shown in (before, {"seen": said}):
        answer = coordinator.post(address, shown)
        page = text(answer)
        assert answer.status_code == 409
        assert "Nội dung đã thay đổi sau khi mở trang này" in page
        assert "Thông báo cho 2 đơn vị" in page
        assert not Order.objects.exists()
    coordinator.post(address, seen(page))
    assert Order.objects.get().sheets.count() == 2


def test_one_that_changed_meanwhile_keeps_no_other_back(year: Year, coordinator: Client):
    for place in range(2):
        sent(year, place)
    address = url("release_all", year)
    coordinator.post(address, seen(text(coordinator.get(address))))
    release(assessment=year.sheet(), by=year.coordinator, now=NOW)
    work()
    assert states(year)[:2] == [State.EXPLAINING, State.EXPLAINING]
    page = text(coordinator.get(address))
    assert "Đã thực hiện 1/2 phiếu" in page
    assert f"{year.units[0]}</a>: Đã có kết quả thẩm định vòng 1" in page


def test_closing_a_cohort(year: Year, coordinator: Client):
    for place in range(2):
        told(year, place)
    year.accept()
    say(year, "1.1", "Có văn bản", place=1)
    page = text(coordinator.get(url("close_all", year)))
    assert "Kết thúc thẩm định 1 phiếu" in page
    assert "Còn 2 tiêu chí đơn vị chưa trả lời và vẫn trong thời gian giải trình." in page
    coordinator.post(url("close_all", year), seen(page))
    work()
    assert states(year)[:2] == [State.APPRAISED, State.EXPLAINING]


def test_progress_is_followed_until_it_is_done(year: Year, coordinator: Client):
    sent(year)
    sent(year, 1)
    address = url("release_all", year)
    coordinator.post(address, seen(text(coordinator.get(address))))
    order = Order.objects.get()
    follow = reverse("order_progress", args=[year.cohort.pk, order.pk])
    assert follow in text(coordinator.get(address))
    first = order.sheets.order_by("pk").first()
    take_ordered(sheet=first, by=year.coordinator, now=order.received_at)
    half = coordinator.get(follow, headers={"HX-Request": "true"})
    assert "Đang thực hiện: <strong>1/2 phiếu</strong>" in half.content.decode()
    assert "Xem lại tiến độ" in half.content.decode()
    work()
    done = coordinator.get(follow, headers={"HX-Request": "true"})
    assert (done.headers["HX-Refresh"], done.content) == ("true", b"")
    assert coordinator.get(reverse("order_progress", args=[year.cohort.pk, order.pk + 1])).status_code == 404


def test_an_order_whose_worker_is_gone_for_good_can_be_taken_up_again(year: Year, coordinator: Client):
    for place in range(2):
        sent(year, place)
    address = url("release_all", year)
    coordinator.post(address, seen(text(coordinator.get(address))))
    lost = Order.objects.get()
    take_ordered(sheet=lost.sheets.order_by("pk").first(), by=year.coordinator, now=NOW)
    DBTaskResult.objects.update(status="FAILED")
    page = text(coordinator.get(address))
    assert "bị ngắt giữa chừng: 1 phiếu chưa được thực hiện" in page
    coordinator.post(address, seen(page))
    assert Order.objects.count() == 2
    work()
    assert states(year)[:2] == [State.EXPLAINING, State.EXPLAINING]
    assert "Đã thực hiện 1/1 phiếu" in text(coordinator.get(address))


# One sheet


def one(name: str, year: Year, place: int = 0) -> str:
    return reverse(name, args=[year.sheet(place).pk])


def test_telling_one_unit_names_what_follows(year: Year, coordinator: Client):
    sent(year)
    link = f'href="{one("release", year)}"'
    assert link in coordinator.get(reverse("appraisal", args=[year.sheet().pk])).content.decode()
    page = text(coordinator.get(one("release", year)))
    for shown in (
        "3 tiêu chí</strong> được chấm thấp hơn điểm tự chấm",
        "Không hoàn lại được",
        "30 tháng 5 năm 2026",
    ):
        assert shown in page
    assert states(year)[0] == State.SUBMITTED
    after = text(coordinator.post(one("release", year), seen(page), follow=True))
    assert f"Đã thông báo kết quả vòng 1 cho {year.units[0]}." in after
    assert states(year)[0] == State.EXPLAINING
    again = coordinator.post(one("release", year), seen(page))
    assert (again.status_code, "phiếu đang ở bước giải trình" in text(again)) == (409, True)
    assert "phiếu đã qua bước này" in text(coordinator.get(one("release", year)))


def test_closing_one_sheet_names_what_follows(year: Year, coordinator: Client):
    told(year)
    assert "vẫn trong thời gian giải trình" in text(coordinator.get(one("close_appraisal", year)))
    year.accept()
    page = text(coordinator.get(one("close_appraisal", year)))
    assert "đơn vị không giải trình được nữa" in page
    assert "Đơn vị đã trả lời mọi tiêu chí" in page
    after = text(coordinator.post(one("close_appraisal", year), seen(page), follow=True))
    assert "Đã kết thúc thẩm định." in after
    assert states(year)[0] == State.APPRAISED


def test_silence_is_named_before_it_counts(year: Year):
    told(year)
    year.period.round2_closes = year.period.council_closes = LATE + timedelta(days=1)
    year.period.save()
    with time_machine.travel(LATE, tick=False):
        coordinator = client_of(year.coordinator)
        for name in ("close_appraisal", "close_all"):
            address = one(name, year) if name == "close_appraisal" else url(name, year)
            assert re.search(
                r"3 tiêu chí(</strong> thấp hơn điểm tự chấm mà)? đơn vị không trả lời",
                text(coordinator.get(address)),
            )


@pytest.mark.parametrize("said", [{}, {"seen": "2"}, {"seen": "-1"}, {"seen": "x"}])
def test_one_sheet_is_told_only_what_was_shown(year: Year, coordinator: Client, said: dict[str, str]):
    sent(year)
    answer = coordinator.post(one("release", year), said)
    assert answer.status_code == 409
    assert "Nội dung đã thay đổi sau khi mở trang này" in text(answer)
    assert states(year)[0] == State.SUBMITTED


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
@pytest.mark.parametrize(("name", "queries"), [("disputes", 13), ("close_all", 10)])
def test_constant_queries(year: Year, places: int, name: str, queries: int, django_assert_num_queries):
    for place in range(places):
        told(year, place)
        for code in ["1.1", "1.2"][:places]:
            say(year, code, "Có văn bản", place=place)
    client = client_of(year.coordinator)
    client.get(url(name, year))
    with django_assert_num_queries(queries):
        client.get(url(name, year))
