"""An officer gives the office a Word template of its own: begin, upload, mend, look, use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Role
from tests.factories import ProvinceFactory, UnitFactory, user_with
from tests.journeys.conftest import follow
from tests.reports import word
from tests.reports.packages import KIND, saying

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_office_brings_its_own_template(
    log_in: Callable[..., Page],
    look: Callable[[Page, str], None],
    tmp_path: Path,
):
    unit = UnitFactory(
        name="Ủy ban nhân dân xã Liên Sơn",
        short_name="xã Liên Sơn",
        place="Liên Sơn",
        parent=ProvinceFactory(),
    )
    page = log_in(user_with(Role.OFFICER, unit))

    page.goto("/bao-cao/")
    follow(page.get_by_role("link", name="Mẫu Word"))
    look(page, "list")
    follow(page.get_by_role("link", name=KIND.title))
    look(page, "kind")
    with page.expect_download() as download:
        page.get_by_role("link", name="mẫu khởi đầu").click()
    starter, wrong = tmp_path / "mau.docx", tmp_path / "sai.docx"
    download.value.save_as(starter)
    wrong.write_bytes(saying("Người ký: {{ sginer }}", instead_of="{{ signer }}"))

    page.get_by_label("Tệp mẫu Word").set_input_files(wrong)
    page.get_by_role("button", name="Tải lên và kiểm tra").click()
    expect(page.get_by_role("alert", name="Chưa nhận được mẫu")).to_contain_text("Có phải là “signer”?")
    look(page, "refused")
    page.get_by_label("Tệp mẫu Word").set_input_files(starter)
    page.get_by_role("button", name="Tải lên và kiểm tra").click()
    expect(page.get_by_text("Đã nhận phiên bản 1")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải bản thử").click()
    assert "Nguyễn Văn Mẫu" in word.lines(download.value.path().read_bytes())
    look(page, "taken")
    page.get_by_role("button", name="Dùng mẫu này").click()
    expect(page.get_by_text("Đang dùng")).to_be_visible()
    page.get_by_role("button", name="Ngừng dùng").click()
    expect(page.get_by_text("Đang dùng")).to_have_count(0)
