"""A unit answers round 1 in a real browser: typed words outlive the line, and both of two officers are heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from assessments.models import Explanation
from tests.assessments import conftest as assessments
from tests.assessments.conftest import Year, make_year, small_set  # noqa: F401
from tests.assessments.explaining import say, told


@pytest.fixture
def year(transactional_db: None, small_set: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Year]:  # noqa: F811
    """The small year, now."""
    now = timezone.now()
    monkeypatch.setattr(assessments, "NOW", now)
    monkeypatch.setattr(assessments, "OPENS", now - timedelta(days=1))
    monkeypatch.setattr(assessments, "DEADLINE", now + timedelta(days=20))
    year = make_year(small_set)
    year.now = now
    year.open()
    told(year)
    return year


def test_words_typed_without_a_line_are_kept_and_sent(
    year: Year, log_in: Callable[..., Page], axe: Callable[[Page], None], shot: Callable[..., None]
):
    page = log_in(year.officers[year.units[0].pk])
    url = reverse("explanation", args=[year.sheet().pk])
    page.goto(url)
    leaf = page.locator(f"#leaf-{year.criterion('1.1')}")
    page.context.set_offline(True)
    leaf.get_by_role("radio", name="Không đồng ý, đề nghị xem lại").check()
    leaf.get_by_label("Nội dung giải trình").fill("Có văn bản số 12")
    leaf.get_by_role("button", name="Lưu").click()
    expect(leaf.locator(".save-state")).to_contain_text("Chưa lưu")
    page.context.set_offline(False)
    page.goto(url)
    expect(leaf.get_by_label("Nội dung giải trình")).to_have_value("Có văn bản số 12")
    expect(leaf.get_by_role("radio", name="Không đồng ý, đề nghị xem lại")).to_be_checked()
    leaf.get_by_role("button", name="Lưu").click()
    expect(leaf.locator(".save-state")).to_have_text("Đã lưu")
    expect(page.locator("#explained")).to_contain_text("1/3")
    assert Explanation.objects.get().text == "Có văn bản số 12"
    shot(page, "explanation")
    axe(page)


def test_the_later_of_two_chooses(year: Year, log_in: Callable[..., Page], axe: Callable[[Page], None]):
    page = log_in(year.leaders[year.units[0].pk])
    page.goto(reverse("explanation", args=[year.sheet().pk]))
    leaf = page.locator(f"#leaf-{year.criterion('1.1')}")
    say(year, "1.1", "của cán bộ")
    leaf.get_by_label("Đồng ý với điểm thẩm định").check()
    leaf.get_by_role("button", name="Lưu").click()
    expect(leaf).to_contain_text("Không đồng ý – của cán bộ")
    axe(page)
    leaf.get_by_role("link", name="Lấy nội dung đã lưu").click()
    expect(leaf.get_by_label("Nội dung giải trình")).to_have_value("của cán bộ")
    expect(leaf.get_by_role("radio", name="Không đồng ý, đề nghị xem lại")).to_be_checked()
