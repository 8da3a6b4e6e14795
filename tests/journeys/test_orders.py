"""A coordinator has a step taken for a whole cohort and follows it; of one sheet he is asked first."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from assessments import jobs
from assessments.actions.orders import take_ordered
from assessments.models import Order
from tests.assessments.conftest import Year, small_set  # noqa: F401
from tests.assessments.explaining import lower, sent
from tests.journeys.test_explanation import year  # noqa: F401


def test_a_step_for_a_cohort_is_followed_to_its_end(
    year: Year,  # noqa: F811
    log_in: Callable[..., Page],
    look: Callable[[Page, str], None],
):
    for place in (1, 2):
        sent(year, place)
    address = reverse("release_all", args=[year.cohort.pk])
    page = log_in(year.coordinator)
    page.goto(address)
    look(page, "asked")
    page.get_by_role("button", name="Thông báo cho 2 đơn vị").dblclick()
    expect(page.get_by_role("status")).to_contain_text("0/2 phiếu")
    order = Order.objects.get()
    second_tab = page.context.new_page()
    second_tab.goto(address)
    expect(second_tab.get_by_role("button", name="Thông báo cho")).to_have_count(0)
    second_tab.close()
    first, second = order.sheets.order_by("assessment")
    take_ordered(sheet=first, by=year.coordinator, now=order.received_at)
    expect(page.get_by_role("status")).to_contain_text("1/2 phiếu")
    look(page, "running")
    lower(year, "2.2.2", "1", place=2, seen=year.row("2.2.2", "round1", 2).version)
    jobs.take_steps.call(order.pk)
    expect(page.get_by_role("heading", name="Lần thực hiện gần nhất")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Nội dung đã thay đổi sau khi mở trang này")
    look(page, "done")
    assert second.assessment.unit == year.units[2]


def test_of_one_sheet_he_is_told_what_follows(
    year: Year,  # noqa: F811
    log_in: Callable[..., Page],
    look: Callable[[Page, str], None],
):
    sent(year, 1)
    year.accept()
    page = log_in(year.coordinator)
    for place, name, said in (
        (1, "Thông báo kết quả vòng 1", "Đã thông báo kết quả vòng 1"),
        (0, "Kết thúc thẩm định", "Đã kết thúc thẩm định"),
    ):
        page.goto(reverse("appraisal", args=[year.sheet(place).pk]))
        page.get_by_role("link", name=name).click()
        expect(page.locator("main")).to_contain_text("Không hoàn lại được")
        look(page, name)
        page.get_by_role("button", name=name).click()
        expect(page.locator("#messages")).to_contain_text(said)
