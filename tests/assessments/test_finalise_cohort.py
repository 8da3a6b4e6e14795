"""Making all ready sheets of a cohort final at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.actions.council import finalise_ready
from assessments.models import Event
from tests.assessments.conftest import NOW, Year
from tests.assessments.councils import appraise
from tests.assessments.showing import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine: object) -> None:
    time_machine.move_to(NOW, tick=False)


def ready(year: Year, place: int) -> None:
    appraise(year, place)
    year.enter("1.3", {"not_applicable": True}, place)
    year.enter("P", {"count": "0"}, place)


def test_the_ready_ones_become_final_and_the_others_say_why(year: Year, as_: Callable) -> None:
    ready(year, 0)
    appraise(year, 1)
    browser, url = as_(year.coordinator), reverse("finalise_cohort", args=[year.cohort.pk])
    page = text(browser.get(url))
    assert f'value="{year.sheet(0).pk}" checked' in page
    assert f'value="{year.sheet(1).pk}"' not in page
    assert "Tiêu chí 1.3 chưa nhập kết quả chấm tập trung" in page
    assert "Đơn vị chưa gửi phiếu chấm điểm." in page
    chosen = {"sheet": [year.sheet(place).pk for place in range(3)]}
    seen = dict(re.findall(r'name="(seen-\d+)" value="([\d.]+)"', page))
    assert "Nội dung đã thay đổi" in text(browser.post(url, chosen, follow=True))
    year.enter("P", {"count": "1"})
    assert "Nội dung đã thay đổi" in text(browser.post(url, chosen | seen, follow=True))
    assert year.sheet().state == "appraised"
    year.enter("P", {"count": "0"})
    page = text(browser.post(url, chosen | seen, follow=True))
    assert "Đã chốt điểm của 1 đơn vị." in page
    assert [year.sheet(place).state for place in range(3)] == ["final", "appraised", "draft"]


def test_what_was_not_confirmed_stays_open(year: Year, as_: Callable) -> None:
    ready(year, 0)
    url = reverse("finalise_cohort", args=[year.cohort.pk])
    assert "Chưa chọn đơn vị nào" in text(as_(year.coordinator).post(url, follow=True))
    assert year.sheet().state == "appraised"


def test_one_that_fails_holds_up_no_other(year: Year) -> None:
    ready(year, 0)
    appraise(year, 1)
    ready(year, 2)
    finalised = finalise_ready(assessments=year.sheets(), by=year.coordinator, now=NOW)
    assert finalised.done == 2
    [(sheet, reason)] = finalised.left
    assert (sheet.pk, "1.3" in reason) == (year.sheet(1).pk, True)
    assert Event.objects.filter(period=year.period, action="finalise").count() == 2


def test_nobody_makes_his_own_unit_final(year: Year, as_: Callable) -> None:
    ready(year, 0)
    year.coordinator.memberships.create(role=Role.OFFICER, unit=year.units[0])
    url = reverse("finalise_cohort", args=[year.cohort.pk])
    page = text(as_(year.coordinator).post(url, {"sheet": [year.sheet().pk]}, follow=True))
    assert "Ông/bà công tác tại đơn vị này" in page
    assert year.sheet().state == "appraised"


def test_what_keeps_one_sheet_back_leads_to_where_it_is_entered(year: Year, as_: Callable) -> None:
    appraise(year, 0)
    browser, url = as_(year.coordinator), reverse("finalise", args=[year.sheet().pk])
    central = reverse("central", args=[year.cohort.pk])
    assert f'href="{central}"' in browser.get(url).content.decode()
    year.enter("1.3", {"not_applicable": True})
    year.enter("P", {"count": "0"})
    assert f'href="{central}"' not in browser.get(url).content.decode()


def test_a_page_that_showed_another_total_makes_nothing_final(year: Year, as_: Callable) -> None:
    ready(year, 0)
    browser, url = as_(year.coordinator), reverse("finalise", args=[year.sheet().pk])
    seen = re.search(r'name="seen" value="([\d.]+)"', browser.get(url).content.decode())[1]
    year.enter("P", {"count": "1"})
    for said in ({"seen": seen}, {}):
        assert "Nội dung đã thay đổi" in text(browser.post(url, said, follow=True))
    assert year.sheet().state == "appraised"
    seen = re.search(r'name="seen" value="([\d.]+)"', browser.get(url).content.decode())[1]
    assert "Đã chốt điểm" in text(browser.post(url, {"seen": seen}, follow=True))
