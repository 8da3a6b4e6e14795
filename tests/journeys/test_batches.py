"""A coordinator prints for a whole group and sees what is missing."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from criteria.actions import load_set
from criteria.schema import read_set
from reports import jobs
from reports.actions.writing import create_report
from reports.kinds import Name
from reports.queries import words
from reports.queries.subjects import subject_of
from tests.assessments.conftest import SMALL, Year, make_year
from tests.journeys.conftest import follow
from tests.reports.conftest import NOW
from tests.reports.test_batches import work


@pytest.fixture
def year(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Year:
    """Three units; two sent their sheets and one of these wrote its report on it."""
    monkeypatch.setattr(jobs, "render_pdf", lambda document, *, tagged: b"%PDF")
    monkeypatch.setattr(words, "render_docx", lambda document: b"PK")
    made = make_year(load_set(read_set(SMALL)))
    made.open()
    made.submit(0)
    made.submit(1)
    sheet = made.sheet(0)
    by = made.officers[sheet.unit_id]
    create_report(kind=Name.SELF_ASSESSMENT, about=subject_of(sheet), by=by, now=NOW)
    return made


def test_a_coordinator_prints_for_a_group(
    year: Year,
    log_in: Callable[[User], Page],
    look: Callable[[Page, str], None],
) -> None:
    page = log_in(year.coordinator)
    page.get_by_role("link", name="Báo cáo", exact=True).click()
    follow(page.get_by_role("link", name="In hàng loạt"))
    look(page, "begin")
    page.get_by_label("Phiếu chấm điểm – mọi đơn vị").check()
    page.get_by_role("button", name="Bắt đầu in").click()
    expect(page.get_by_role("heading", name="Đang tạo 0/3")).to_be_visible()
    work(limit=1)
    expect(page.get_by_role("heading", name="Đang tạo 1/3")).to_be_visible()
    look(page, "under-way")
    page.get_by_role("button", name="Dừng").click()
    expect(page.get_by_text("Đã dừng theo yêu cầu.")).to_have_count(2)
    follow(page.get_by_role("button", name="Làm lại 2 đơn vị còn thiếu"))
    work()
    expect(page.get_by_role("heading", name="Đã xong", exact=True)).to_be_visible()

    page.get_by_role("link", name="In hàng loạt").click()
    page.get_by_label("Kết quả tự đánh giá, chấm điểm – báo cáo đơn vị đã lập").check()
    follow(page.get_by_role("button", name="Bắt đầu in"))
    work()
    expect(page.get_by_role("heading", name="Đã xong, còn thiếu 2/3 đơn vị")).to_be_visible()
    expect(page.get_by_text("Đơn vị chưa lập báo cáo này.")).to_be_visible()
    look(page, "done")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Tải tất cả (.zip)").click()
    with zipfile.ZipFile(Path(fetched.value.path())) as archive:
        assert len(archive.namelist()) == 3
    follow(page.get_by_role("link", name="In hàng loạt"))
    look(page, "listed")
