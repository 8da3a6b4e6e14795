"""The leader's part: the sheet that waits for him, approving it, giving it back with a remark."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role, User
from assessments.actions.cohorts import add_cohort, set_units
from assessments.actions.periods import create_period, open_period
from assessments.actions.returning import return_sheet
from assessments.models import Assessment
from assessments.workflow import State
from tests.assessments.conftest import DEADLINE, NOW, OPENS, Year
from tests.assessments.explaining import fill
from tests.assessments.showing import client_of, officer, text
from tests.calendars import overlapping

pytestmark = pytest.mark.usefixtures("in_the_middle_of_the_year")


@pytest.fixture
def leader(year: Year) -> User:
    return year.leaders[year.units[0].pk]


def url(name: str, year: Year) -> str:
    return reverse(name, args=[year.sheet().pk])


def confirmed(year: Year) -> dict[str, str]:
    return {"unanswered": "1", "confirm": "on"}


def another_year(year: Year) -> Assessment:
    """A second open period with the same unit."""
    period = create_period(
        host=year.host,
        year=2026,
        name="Chỉ số bổ sung",
        calendar=overlapping(OPENS, DEADLINE),
        by=year.coordinator,
        now=NOW,
    )
    cohort = add_cohort(
        period=period, name="Xã", criteria_set=year.criteria_set, by=year.coordinator, now=NOW
    )
    set_units(cohort=cohort, units=year.units[:1], by=year.coordinator, now=NOW)
    open_period(period=period, by=year.coordinator, now=NOW)
    return Assessment.objects.get(period=period)


def test_he_lands_on_the_sheet_that_waits_for_him(year: Year, leader: User):
    another_year(year)
    assert client_of(leader).get(reverse("sheets")).status_code == 200
    fill(year)
    year.send()
    assert client_of(leader).get(reverse("sheets")).url == url("sheet", year)
    listed = text(client_of(leader).get(reverse("sheets"), {"tat-ca": ""}))
    assert listed.count("Chờ bạn duyệt") == 1
    assert "Chờ bạn duyệt" not in text(client_of(officer(year)).get(reverse("sheets"), {"tat-ca": ""}))


def test_the_sheet_offers_him_what_the_officer_waits_for(year: Year, leader: User):
    fill(year)
    year.send()
    page = text(client_of(leader).get(url("sheet", year)))
    for shown in ("Duyệt và gửi", "Trả lại để sửa", "đang chờ bạn duyệt", officer(year).full_name):
        assert shown in page
    page = text(client_of(officer(year)).get(url("sheet", year)))
    assert "đang chờ lãnh đạo đơn vị duyệt" in page
    for offered in ("Duyệt và gửi", "Trả lại để sửa", "data-leaf", "Kiểm tra và trình"):
        assert offered not in page


def test_approved_late_is_refused_with_the_reason(year: Year, leader: User):
    fill(year)
    year.send()
    with time_machine.travel(DEADLINE + timedelta(seconds=1), tick=False):
        client = client_of(leader)
        page = text(client.get(url("sheet", year)))
        refused = client.post(url("submit", year), confirmed(year))
    assert "Đã hết hạn lãnh đạo đơn vị duyệt phiếu lúc 17:00" in page
    assert refused.status_code == 409
    assert year.sheet().state == State.REVIEW


def test_the_remark_is_read_until_the_sheet_is_put_before_him_again(year: Year, leader: User):
    fill(year)
    year.send()
    client_of(leader).post(url("send_back", year), {"remark": "Sửa <b>1.1</b>"})
    page = text(client_of(officer(year)).get(url("sheet", year)))
    assert "Lãnh đạo đơn vị trả lại để sửa" in page
    assert f"({leader.full_name}). Điều cần sửa: Sửa &lt;b&gt;1.1&lt;/b&gt;" in page
    year.send()
    assert "Điều cần sửa" not in text(client_of(officer(year)).get(url("sheet", year)))


def test_the_latest_return_is_the_one_shown(year: Year, leader: User):
    fill(year)
    year.submit()
    return_sheet(assessment=year.sheet(), reason="Thiếu biểu", by=year.coordinator, now=NOW)
    assert "Lý do: Thiếu biểu" in text(client_of(officer(year)).get(url("sheet", year)))
    year.send()
    client_of(leader).post(url("send_back", year), {"remark": "Còn sót"})
    page = text(client_of(officer(year)).get(url("sheet", year)))
    assert "Điều cần sửa: Còn sót" in page
    assert "Thiếu biểu" not in page


def test_who_is_officer_and_leader_goes_straight_on(year: Year):
    both = officer(year)
    both.memberships.create(role=Role.UNIT_LEADER, unit=year.units[0])
    fill(year)
    client = client_of(both)
    sent = client.post(url("send", year), confirmed(year))
    assert sent.url == url("submit", year)
    assert client.post(sent.url, confirmed(year)).url == url("receipt", year)
    assert year.sheet().state == State.SUBMITTED


@pytest.mark.parametrize("remark", ["", "   ", "x" * 1001])
def test_no_remark_or_too_long_a_one_sends_nothing_back(year: Year, leader: User, remark: str):
    fill(year)
    year.send()
    assert client_of(leader).post(url("send_back", year), {"remark": remark}).status_code == 409
    assert year.sheet().state == State.REVIEW


def test_the_second_of_two_approvals_is_told(year: Year, leader: User):
    fill(year)
    year.send()
    client = client_of(leader)
    client.post(url("submit", year), confirmed(year))
    again = client.post(url("submit", year), confirmed(year))
    assert again.status_code == 409
    assert "Phiếu đã gửi" in text(again)


def test_the_officer_approves_nothing(year: Year):
    fill(year)
    year.send()
    for name in ("submit", "send_back"):
        assert client_of(officer(year)).post(url(name, year), {"remark": "x"}).status_code == 403
