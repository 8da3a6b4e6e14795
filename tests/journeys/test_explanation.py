"""A unit answers round 1 in a real browser: typed words outlive the line, and both of two officers are heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Role
from assessments.actions.assignments import share
from assessments.actions.extensions import extend
from assessments.models import Explanation
from assessments.workflow import Action
from tests.assessments import conftest as assessments
from tests.assessments.conftest import Year, make_year, small_set  # noqa: F401
from tests.assessments.explaining import fill, lower, say, sent, told
from tests.factories import user_with


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
    year: Year, log_in: Callable[..., Page], look: Callable[[Page, str], None]
):
    page = log_in(year.officers[year.units[0].pk])
    url = reverse("explanation", args=[year.sheet().pk])
    page.goto(url)
    leaf = page.locator(f"#leaf-{year.criterion('1.1')}")
    disagrees, words = leaf.get_by_label("Không đồng ý, đề nghị xem lại"), leaf.get_by_role("textbox")
    disagrees.check()
    words.fill("Có văn bản số 12")
    page.goto(url)
    expect(words).to_have_value("Có văn bản số 12")
    expect(disagrees).to_be_checked()
    expect(leaf.locator(".save-state")).to_contain_text("Đã khôi phục")
    assert not Explanation.objects.exists()
    page.context.set_offline(True)
    leaf.get_by_role("button", name="Lưu").click()
    expect(leaf.locator(".save-state")).to_contain_text("sẽ tự gửi lại")
    page.context.set_offline(False)
    expect(leaf.locator(".save-state")).to_have_text("Đã lưu")
    expect(page.locator("#explained")).to_contain_text("1/3")
    assert Explanation.objects.get().text == "Có văn bản số 12"
    look(page, "explanation")


def test_the_later_of_two_chooses(year: Year, log_in: Callable[..., Page], look: Callable[[Page, str], None]):
    page = log_in(year.leaders[year.units[0].pk])
    page.goto(reverse("explanation", args=[year.sheet().pk]))
    leaf = page.locator(f"#leaf-{year.criterion('1.1')}")
    say(year, "1.1", "của cán bộ")
    leaf.get_by_label("Đồng ý với điểm thẩm định").check()
    leaf.get_by_role("button", name="Lưu").click()
    expect(leaf).to_contain_text("Không đồng ý – của cán bộ")
    look(page, "conflict")
    leaf.get_by_role("link", name="Lấy nội dung đã lưu").click()
    expect(leaf.get_by_label("Nội dung giải trình")).to_have_value("của cán bộ")
    expect(leaf.get_by_label("Không đồng ý, đề nghị xem lại")).to_be_checked()


def test_every_page_of_the_rounds_fits_and_can_be_used_by_everybody(
    year: Year,
    log_in: Callable[..., Page],
    look: Callable[[Page, str], None],
):
    sheet, cohort = year.sheet(), year.cohort.pk
    say(year, "1.1", "Đơn vị đã ban hành kế hoạch đúng hạn, có văn bản số 12/KH-UBND kèm theo.")
    say(year, "1.2", agrees=True)
    lower(year, "1.1", "3", action=Action.REVISE)
    sent(year, 1)
    given = {"reason": "Mất điện kéo dài", "document": "Công văn 12/SNV-CCHC", "by": year.coordinator}
    extend(assessment=sheet, phase="explanation", until=year.now + timedelta(days=99), now=year.now, **given)
    colleague = user_with(Role.OFFICER, year.units[2])
    share(
        assessment=year.sheet(2),
        criterion_id=year.criterion("1"),
        officers=[colleague],
        by=colleague,
        now=year.now,
    )
    visits = {
        year.coordinator: {
            "release": reverse("release_all", args=[cohort]),
            "close": reverse("close_all", args=[cohort]),
            "disputes": reverse("disputes", args=[cohort]),
            "extend": reverse("extend", args=[year.sheet(1).pk]),
            "extensions": reverse("extensions", args=[year.period.pk]),
        },
        year.officers[year.units[0].pk]: {
            "explanation": reverse("explanation", args=[sheet.pk]),
            "agree": reverse("agree_rest", args=[sheet.pk]),
            "sheet-explaining": reverse("sheet", args=[sheet.pk]),
        },
        year.officers[year.units[2].pk]: {
            "sharing": reverse("sharing", args=[year.sheet(2).pk]),
            "sheet-shared": reverse("sheet", args=[year.sheet(2).pk]),
        },
    }
    for person, pages in visits.items():
        page = log_in(person)
        for name, url in pages.items():
            page.goto(url)
            look(page, name)


def test_the_leader_finds_what_waits_for_him(
    year: Year, log_in: Callable[..., Page], look: Callable[[Page, str], None]
):
    fill(year, 1)
    year.send(1)
    page = log_in(year.leaders[year.units[1].pk])
    page.get_by_role("navigation", name="Chức năng").get_by_role("link", name="Phiếu chấm điểm").click()
    expect(page.locator("main")).to_contain_text("đang chờ bạn duyệt")
    look(page, "waiting")
    page.get_by_role("link", name="Trả lại để sửa").click()
    page.get_by_label("Điều cần sửa").fill("Bổ sung 1.1")
    page.get_by_role("button", name="Trả lại để sửa").click()
    expect(page.locator("main")).to_contain_text("Điều cần sửa: Bổ sung 1.1")
