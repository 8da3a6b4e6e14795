"""Enter in a field of a judgement stores what was typed there, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from assessments.models import Layer
from tests.assessments.conftest import Year, small_set  # noqa: F401
from tests.factories import PASSWORD
from tests.journeys.test_explanation import year  # noqa: F401

PLACE = 1  # of the units, whose sheet nobody has appraised


@pytest.fixture
def sent(year: Year) -> Year:  # noqa: F811
    year.score("1.1", {"points": "4"}, PLACE)
    year.submit(PLACE)
    return year


def test_enter_presses_the_button_of_its_field(sent: Year, log_in: Callable[..., Page], look: Callable):
    page = log_in(sent.appraiser)
    page.goto(reverse("appraisal", args=[sent.sheet(PLACE).pk]))
    given = page.locator(f"#leaf-{sent.criterion('1.1')}")
    given.get_by_text("Chấm khác").click()
    given.get_by_label("Lý do").fill("thiếu hồ sơ")
    given.get_by_label("Điểm", exact=True).fill("1,5")
    given.get_by_label("Điểm", exact=True).press("Enter")
    expect(given.locator(".save-state")).to_have_text("Đã lưu")
    assert (sent.row("1.1", Layer.ROUND1, PLACE).basis, sent.row("1.1", Layer.ROUND1, PLACE).points) == (
        "data",
        1.5,
    )

    by_hand = page.locator(f"#leaf-{sent.criterion('2.1')}")
    by_hand.get_by_text("Chấm khác").click()
    by_hand.get_by_label("Lý do").fill("số liệu chưa kiểm chứng")
    by_hand.get_by_label("Hoặc ấn định điểm", exact=True).fill("0,5")
    by_hand.get_by_label("Hoặc ấn định điểm", exact=True).press("Enter")
    expect(by_hand.locator(".save-state")).to_have_text("Đã lưu")
    row = sent.row("2.1", Layer.ROUND1, PLACE)
    assert (row.basis, str(row.points.normalize())) == ("override", "0.5")
    look(page, "judged")


def test_down_a_column_enter_presses_it_too_and_goes_on(sent: Year, log_in: Callable[..., Page]):
    sent.submit(2)
    page = log_in(sent.appraiser)
    page.goto(reverse("criterion_appraisal", args=[sent.cohort.pk, sent.criterion("2.1")]))
    row = page.locator(f"#leaf-{sent.sheet(PLACE).pk}")
    row.get_by_label("Lý do").fill("số liệu chưa kiểm chứng")
    row.get_by_text("Ấn định điểm").click()
    row.get_by_label("Điểm ấn định").fill("0,5")
    row.get_by_label("Điểm ấn định").press("Enter")
    expect(row.locator(".save-state")).to_have_text("Đã lưu")
    assert sent.row("2.1", Layer.ROUND1, PLACE).basis == "override"
    page.goto(reverse("criterion_appraisal", args=[sent.cohort.pk, sent.criterion("1.1")]))
    points = row.get_by_label(re.compile("^Điểm"))
    points.fill("1,5")
    row.get_by_label("Lý do").fill("thiếu hồ sơ")
    points.press("Enter")
    expect(row.locator(".save-state")).to_have_text("Đã lưu")
    expect(page.locator(f"#leaf-{sent.sheet(2).pk}").get_by_label(re.compile("^Điểm"))).to_be_focused()
    assert sent.row("1.1", Layer.ROUND1, PLACE).points == 1.5


def test_without_script_enter_stores_nothing(sent: Year, new_context: Callable[..., BrowserContext]):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/")
    page.fill("input[name=username]", sent.appraiser.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main [type=submit]")
    address = reverse("appraisal", args=[sent.sheet(PLACE).pk])
    page.goto(address)
    leaf = page.locator(f"#leaf-{sent.criterion('1.1')}")
    leaf.get_by_text("Chấm khác").click()
    leaf.get_by_label("Điểm", exact=True).fill("1")
    leaf.get_by_label("Điểm", exact=True).press("Enter")
    page.goto(address)
    assert sent.row("1.1", Layer.ROUND1, PLACE) is None
    leaf.get_by_role("button", name="Đồng ý tiêu chí 1.1").click()
    page.goto(address)
    assert sent.row("1.1", Layer.ROUND1, PLACE).points == 4
