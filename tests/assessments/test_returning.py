"""A sent sheet given back to its unit before anybody has appraised it."""

from __future__ import annotations

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from assessments.actions.appraisal import agree_with_area
from assessments.actions.returning import return_sheet
from assessments.models import Event
from assessments.workflow import Refusal
from tests.assessments.appraising import fresh
from tests.assessments.conftest import NOW, Year


def give_back(year: Year, reason: str = "thiếu báo cáo quý III", by=None) -> None:
    return_sheet(assessment=year.sheet(), reason=reason, by=by or year.coordinator, now=year.now)


@pytest.fixture
def sent(year: Year) -> Year:
    year.score("1.1", {"points": "3"})
    year.submit()
    return year


def test_the_unit_may_write_and_send_again(sent: Year):
    receipt = sent.sheet().receipt
    give_back(sent)
    returned = sent.sheet()
    assert (returned.state, returned.remark, returned.receipt) == ("returned", "thiếu báo cáo quý III", "")
    assert (returned.sent_at, returned.sent_by, returned.submitted_at, returned.submitted_by) == (None,) * 4
    event = Event.objects.get(action="return")
    assert (event.before["receipt"], event.reason) == (receipt, "thiếu báo cáo quý III")
    sent.score("1.1", {"points": "4"})
    sent.submit()
    again = sent.sheet()
    assert (again.state, again.remark) == ("submitted", "")
    assert again.receipt not in {"", receipt}


def test_only_with_a_reason_and_before_any_appraisal(sent: Year):
    with pytest.raises(Refusal, match="lý do"):
        give_back(sent, reason="  ")
    agree_with_area(seen=0, assessment=sent.sheet(), area_code="2", by=sent.appraiser, now=sent.now)
    with pytest.raises(Refusal, match="Đã bắt đầu thẩm định"):
        give_back(sent)
    assert sent.sheet().state == "submitted"


def test_only_by_the_hosts_coordinator_and_only_what_was_sent(year: Year):
    with pytest.raises(Refusal, match="chưa gửi"):
        give_back(year)
    year.submit()
    for person in (year.appraiser, year.leader, year.officers[year.units[0].pk]):
        with pytest.raises(PermissionDenied):
            give_back(year, by=person)


def test_nobody_returns_the_sheet_of_his_own_unit(sent: Year):
    sent.coordinator.memberships.create(role=Role.OFFICER, unit=sent.units[0])
    with pytest.raises(PermissionDenied):
        give_back(sent, by=fresh(sent.coordinator))


def test_the_officer_reads_the_reason_on_his_sheet(sent: Year, client: Client):
    with time_machine.travel(NOW, tick=False):
        client.force_login(sent.coordinator)
        url = reverse("return_sheet", kwargs={"assessment": sent.sheet().pk})
        assert "Trả lại phiếu" in client.get(url).content.decode()
        assert client.post(url, {"reason": ""}).status_code == 409
        assert client.post(url, {"reason": "thiếu tài liệu 1.1"}).status_code == 302
        client.force_login(sent.officers[sent.units[0].pk])
        page = client.get(reverse("sheet", kwargs={"assessment": sent.sheet().pk})).content.decode()
        assert "Lý do: thiếu tài liệu 1.1" in page


def test_the_last_to_give_it_back_is_the_one_who_is_read(sent: Year, client: Client):
    give_back(sent, reason="thiếu tài liệu 1.1")
    sent.send()
    with time_machine.travel(NOW, tick=False):
        client.force_login(sent.leaders[sent.units[0].pk])
        url = reverse("send_back", kwargs={"assessment": sent.sheet().pk})
        assert client.post(url, {"remark": "chưa sửa 1.2"}).status_code == 302
        page = client.get(reverse("sheet", kwargs={"assessment": sent.sheet().pk})).content.decode()
    assert "Điều cần sửa: chưa sửa 1.2" in page
    assert "thiếu tài liệu 1.1" not in page
