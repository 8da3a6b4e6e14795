"""A report is written in a real browser: the sheet follows, a dropped line loses nothing, two tabs are told."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Request, expect

from assessments.models import Event
from tests.factories import PASSWORD
from tests.journeys.conftest import follow
from tests.reports.conftest import LienSon, add_lien_son

LONG = "Đường truyền ở một số thôn còn yếu, máy của bộ phận một cửa đã cũ."


@pytest.fixture
def lien_son(transactional_db: None) -> LienSon:
    return add_lien_son()


@pytest.fixture
def page(lien_son: LienSon, log_in: Callable[..., Page]) -> Page:
    page = log_in(lien_son.officer)
    page.goto(edit(lien_son))
    return page


def edit(lien_son: LienSon) -> str:
    return reverse("report_edit", args=[lien_son.report.pk])


def saved(lien_son: LienSon, part: str) -> str:
    return lien_son.report.content["narrative"][part]


def is_wide(page: Page) -> bool:
    return page.viewport_size["width"] >= 1280


def to_the_sheet(page: Page) -> None:
    """Which stands beside the form or takes its place."""
    if not is_wide(page):
        page.get_by_role("button", name="Xem trước").click()


def go_on(page: Page) -> None:
    if not is_wide(page):
        page.get_by_role("button", name="Soạn tiếp").click()


def test_the_sheet_follows_and_everything_is_saved_as_it_is_typed(page, lien_son, look):
    sheet, state = page.locator("[data-preview]"), page.locator("[data-draft-state]")
    field = page.get_by_label("Khó khăn, vướng mắc")
    field.fill(f"{LONG}\n- Cán bộ **kiêm nhiệm**")
    expect(state).to_contain_text("Đã lưu lúc")
    assert saved(lien_son, "difficulties") == f"{LONG}\n- Cán bộ **kiêm nhiệm**"
    to_the_sheet(page)
    expect(sheet).to_contain_text(LONG)
    expect(sheet.locator("li b, li strong")).to_contain_text(["kiêm nhiệm"])
    look(page, "preview")
    go_on(page)
    if is_wide(page):
        expect(sheet.locator(".being-written")).to_be_in_viewport()
    field.fill("")
    expect(state).to_contain_text("Đã lưu lúc")
    to_the_sheet(page)
    expect(sheet).not_to_contain_text("kiêm nhiệm")
    look(page, "preview-emptied")
    go_on(page)
    follow(page.get_by_role("link", name="Các phiên bản"))
    look(page, "versions")
    page.get_by_text("lần lưu", exact=False).last.click()
    page.get_by_role("link", name="Phiên bản 2,").click()
    expect(page.locator("main")).to_contain_text("kiêm nhiệm")
    look(page, "version")
    page.get_by_role("button", name="Khôi phục phiên bản này").click()
    expect(page.locator("#messages")).to_contain_text("thành phiên bản 4")
    assert "kiêm nhiệm" in saved(lien_son, "difficulties")


def test_what_is_typed_without_a_line_is_sent_when_it_is_back(page, lien_son, look):
    state = page.locator("[data-draft-state]")
    before = saved(lien_son, "tasks")
    page.context.set_offline(True)
    page.get_by_label("Nhiệm vụ, giải pháp chung").fill(LONG)
    expect(state).to_contain_text("Chưa lưu được; bản nháp giữ trong trình duyệt này, sẽ tự lưu lại")
    assert saved(lien_son, "tasks") == before
    look(page, "offline")
    page.get_by_label("Nhiệm vụ, giải pháp chung").fill(f"{LONG} Thêm.")
    page.context.set_offline(False)
    expect(state).to_contain_text("Đã lưu lúc")
    assert saved(lien_son, "tasks") == f"{LONG} Thêm."
    page.reload()
    expect(page.locator("[data-draft-notice]")).to_be_hidden()
    expect(page.get_by_label("Nhiệm vụ, giải pháp chung")).to_have_value(f"{LONG} Thêm.")


def test_a_lost_answer_is_no_conflict_with_oneself(page, lien_son):
    """The server stored it, and nobody heard."""
    state = page.locator("[data-draft-state]")
    lost: list[Request] = []

    def lose(route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.request)
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(f"**{edit(lien_son)}", lose)
    page.get_by_label("Nhiệm vụ, giải pháp chung").fill(LONG)
    expect(state).to_contain_text("sẽ tự lưu lại")
    page.get_by_label("Khó khăn, vướng mắc").fill("Gõ tiếp trong khi chờ")
    page.get_by_role("button", name="Lưu báo cáo").click()
    expect(page.locator("#messages")).to_contain_text("Đã lưu báo cáo")
    assert (saved(lien_son, "tasks"), saved(lien_son, "difficulties")) == (LONG, "Gõ tiếp trong khi chờ")
    assert Event.objects.filter(action="write_report").count() == 2


def test_of_two_tabs_the_later_is_told_and_compares(page, lien_son, look):
    other = page.context.new_page()
    other.goto(edit(lien_son))
    other.get_by_label("Khó khăn, vướng mắc").fill("Của thẻ kia")
    expect(other.locator("[data-draft-state]")).to_contain_text("Đã lưu lúc")
    field = page.get_by_label("Khó khăn, vướng mắc")
    field.fill("Của thẻ này")
    expect(page.locator("[data-draft-state]")).to_contain_text("Chưa lưu: đã có bản khác được lưu trước")
    expect(page.locator("[data-problems]")).to_contain_text("Chưa có gì bị ghi đè")
    field.fill("Của thẻ này, gõ tiếp")
    page.wait_for_timeout(3000)  # nothing more is sent
    assert saved(lien_son, "difficulties") == "Của thẻ kia"
    look(page, "conflict")
    page.get_by_role("button", name="Đối chiếu hai bản").click()
    expect(page.locator(".saved-text").first).to_contain_text("Của thẻ kia")
    expect(field).to_have_value("Của thẻ này, gõ tiếp")
    field.fill("Của thẻ này, chọn")
    page.wait_for_timeout(3000)  # nor now: the person decides
    assert saved(lien_son, "difficulties") == "Của thẻ kia"
    look(page, "compared")
    page.get_by_role("button", name="Lưu báo cáo").click()
    expect(page.locator("#messages")).to_contain_text("Đã lưu báo cáo")
    assert saved(lien_son, "difficulties") == "Của thẻ này, chọn"


def test_mistakes_stand_at_their_field_and_what_is_wrong_waits_as_a_draft(page, lien_son, look):
    state, problems = page.locator("[data-draft-state]"), page.locator("[data-problems]")
    page.get_by_label("Địa danh").fill("")
    page.get_by_label("Khó khăn, vướng mắc").fill(LONG)
    expect(state).to_contain_text("Chưa lưu, còn chỗ phải sửa")
    expect(page.locator("#id_place_error")).to_be_visible()
    expect(page.get_by_label("Địa danh")).to_have_attribute("aria-invalid", "true")
    look(page, "mistake")
    page.reload()
    expect(page.get_by_label("Khó khăn, vướng mắc")).to_have_value(LONG)
    expect(page.get_by_label("Địa danh")).to_have_value("")
    page.get_by_label("Địa danh").fill("Liên Sơn")
    expect(state).to_contain_text("Đã lưu lúc")
    expect(problems).to_be_empty()
    assert saved(lien_son, "difficulties") == LONG


def test_documents_are_added_and_suggestions_taken_over_by_keyboard(page, lien_son, look):
    for _ in range(2):
        page.get_by_role("button", name="Thêm văn bản làm căn cứ").press("Enter")
    row = page.get_by_role("group", name="Văn bản làm căn cứ 5")
    expect(row.get_by_label("Loại văn bản")).to_be_focused()
    row.get_by_label("Loại văn bản").fill("Nghị quyết")
    row.get_by_label("Số, ký hiệu").fill("76/NQ-CP")
    row.get_by_label("Cơ quan ban hành").fill("Chính phủ")
    take = page.get_by_role("button", name=re.compile("^Đưa vào ô.*Các lĩnh vực đạt tỷ lệ thấp nhất"))
    take.focus()
    take.press("Enter")
    field = page.get_by_label("Nhiệm vụ, giải pháp chung")
    expect(field).to_be_focused()
    assert field.input_value().splitlines()[-1].startswith("- Các lĩnh vực đạt tỷ lệ thấp nhất: ")
    look(page, "added")
    expect(page.locator("[data-draft-state]")).to_contain_text("Đã lưu lúc")
    assert [cited["number"] for cited in lien_son.report.content["basis"]] == ["202/QĐ-UBND", "76/NQ-CP"]
    assert "- Các lĩnh vực đạt tỷ lệ thấp nhất: " in saved(lien_son, "tasks")


def test_a_draft_with_added_documents_comes_back(page, lien_son):
    page.context.set_offline(True)
    page.get_by_role("button", name="Thêm văn bản làm căn cứ").click()
    page.get_by_role("group", name="Văn bản làm căn cứ 4").get_by_label("Số, ký hiệu").fill("9/KH")
    expect(page.locator("[data-draft-state]")).to_contain_text("sẽ tự lưu lại")
    page.context.set_offline(False)
    page.goto(edit(lien_son))
    row = page.get_by_role("group", name="Văn bản làm căn cứ 4")
    expect(row.get_by_label("Số, ký hiệu")).to_have_value("9/KH")


def test_the_sheet_is_there_without_script(lien_son, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/")
    page.fill("input[name=username]", lien_son.officer.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main [type=submit]")
    page.goto(edit(lien_son))
    page.get_by_label("Khó khăn, vướng mắc").fill(LONG)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.locator("[data-preview]")).to_contain_text(LONG)
    expect(page.get_by_label("Khó khăn, vướng mắc")).to_have_value(LONG)
    assert saved(lien_son, "difficulties") != LONG
    follow(page.get_by_role("button", name="Lưu báo cáo"))
    assert saved(lien_son, "difficulties") == LONG
