"""The main job in a real browser: from an empty sheet to a published rank and an official PDF."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from accounts.models import Role
from assessments.models import Assessment, Result
from criteria.actions import load_set
from criteria.schema import read_set
from tests.factories import DepartmentFactory, ProvinceFactory, UnitFactory, user_with
from tests.reports import word

SET = """\
code: hanh-trinh
version: 1
name: Bộ tiêu chí hành trình
decision: {number: 1/QĐ-UBND, date: 2026-01-05, issuer: UBND tỉnh}
total: 100
grades: [{from: 80, label: Tốt}, {from: 0, label: Chưa tốt}]
criteria:
  - code: 1
    name: Chỉ đạo, điều hành
    max_points: 60
    children:
      - code: 1.1
        name: Ban hành kế hoạch đúng thời hạn
        max_points: 20
        evidence: Kế hoạch của UBND xã
        evidence_required: true
        rule: {kind: choice, options: [{key: dat, label: Đúng hạn, points: 20}, {key: cham, label: Chậm, points: 0}]}
      - code: 1.2
        name: Tỷ lệ hoàn thành nhiệm vụ
        max_points: 30
        rule: {kind: ratio, numerator: Số nhiệm vụ hoàn thành, denominator: Tổng số nhiệm vụ}
      - {code: 1.3, name: Đối thoại, max_points: 10, rule: {kind: direct}}
  - code: 2
    name: Dịch vụ công
    max_points: 40
    children:
      - code: 2.1
        name: Công khai thủ tục
        max_points: 10
        rule: {kind: checklist, per_missing: 3.5, items: [{key: a, label: Đủ danh mục}, {key: b, label: Có mã tra cứu}]}
      - {code: 2.2, name: Sự hài lòng, max_points: 30, source: survey, rule: {kind: index, scale: 100}}
"""


@pytest.fixture(autouse=True)
def jobs_run_at_once(settings):
    """The journey has no worker beside it; tests/parindex shows the real one."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def people(transactional_db):
    host = ProvinceFactory(place="An Hải", short_name="tỉnh An Hải", name="Ủy ban nhân dân tỉnh An Hải")
    office = DepartmentFactory(parent=host, short_name="Sở Nội vụ", name="Sở Nội vụ")
    names = ["Đồng Lâm", "Phú Mỹ"]
    units = [
        UnitFactory(parent=host, place=name, short_name=f"xã {name}", name=f"Ủy ban nhân dân xã {name}")
        for name in names
    ]
    load_set(read_set(SET))
    return {
        "officer": user_with(Role.OFFICER, units[0], full_name="Nguyễn Thị Hoa"),
        "appraiser": user_with(Role.APPRAISER, office, full_name="Lê Minh Triết"),
        "coordinator": user_with(Role.COORDINATOR, host, full_name="Phạm Thu Hường"),
        "leader": user_with(Role.LEADER, host, full_name="Trần Đình Khoát"),
    }


def leaf(page: Page, code: str):
    return page.locator(
        "article.leaf", has=page.locator(".code", has_text=re.compile(rf"^{re.escape(code)}$"))
    )


def test_from_an_empty_sheet_to_a_published_rank_and_an_official_pdf(
    people, log_in, axe, fits, shot, tmp_path: Path
):
    def looked_at(page: Page, name: str) -> None:
        page.wait_for_timeout(150)  # a click returns before the page it leads to has begun to come
        page.wait_for_load_state()
        expect(page.locator("footer.site-footer")).to_be_attached()
        shot(page, name)
        fits(page)
        axe(page)

    coordinator = log_in(people["coordinator"])
    make_and_open_a_period(coordinator, looked_at)

    officer = log_in(people["officer"])
    score_and_submit(officer, looked_at, tmp_path)

    appraiser = log_in(people["appraiser"])
    appraise(appraiser, looked_at)

    finalise_and_publish(coordinator, looked_at)

    officer.goto("/")
    officer.get_by_role("link", name="Kết quả", exact=True).click()
    looked_at(officer, "results")
    officer.goto(f"/ket-qua/phieu/{Result.objects.get(rank=1).pk}/")
    expect(officer.locator("main")).to_contain_text("thiếu 2 nhiệm vụ chưa được nghiệm thu")
    looked_at(officer, "result")
    write_the_report(officer, looked_at)

    leader = log_in(people["leader"])
    looked_at(leader, "leader")
    download_the_documents(leader, looked_at)


def make_and_open_a_period(page: Page, looked_at) -> None:
    looked_at(page, "periods-empty")
    page.get_by_role("link", name="Tạo kỳ đánh giá").click()
    page.get_by_label("Tên kỳ đánh giá").fill("Chỉ số CCHC năm nay")
    deadline = timezone.localtime() + timedelta(days=9)
    page.get_by_label("Hạn tự chấm điểm").fill(f"{deadline:%Y-%m-%dT%H:%M}")
    looked_at(page, "period-new")
    page.get_by_role("button", name="Tạo kỳ đánh giá").click()
    page.get_by_role("link", name="Thêm nhóm").first.click()
    page.get_by_label("Tên nhóm xếp hạng").fill("Các xã")
    page.get_by_label("Bộ tiêu chí").select_option(index=1)
    for name in ("xã Đồng Lâm", "xã Phú Mỹ"):
        page.get_by_label(name).check()
    looked_at(page, "cohort")
    page.get_by_role("button", name="Lưu nhóm").click()
    looked_at(page, "period-preparing")
    page.get_by_role("link", name="Mở kỳ đánh giá").first.click()
    looked_at(page, "period-open")
    page.get_by_role("button", name="Mở kỳ đánh giá").click()
    expect(page.locator("main")).to_contain_text("Đang thực hiện")
    looked_at(page, "board")


def score_and_submit(page: Page, looked_at, tmp_path: Path) -> None:
    expect(page.locator("h1")).to_contain_text("xã Đồng Lâm")
    looked_at(page, "sheet-empty")
    leaf(page, "1.1").get_by_label("Đúng hạn").check()
    expect(leaf(page, "1.1").locator(".leaf-result")).to_contain_text("20/20 điểm")

    ratio = leaf(page, "1.2")
    ratio.get_by_label("Số nhiệm vụ hoàn thành").fill("45")
    ratio.get_by_label("Tổng số nhiệm vụ").fill("12.5")
    ratio.get_by_role("button", name="Lưu").click()
    expect(ratio.locator(".leaf-result")).to_contain_text("dùng dấu phẩy")
    expect(ratio.get_by_label("Tổng số nhiệm vụ")).to_have_attribute("aria-invalid", "true")
    looked_at(page, "sheet-error")
    ratio.get_by_label("Tổng số nhiệm vụ").fill("50")
    ratio.get_by_role("button", name="Lưu").click()
    expect(ratio.locator(".leaf-result")).to_contain_text("27/30 điểm")
    expect(ratio.locator(".leaf-result")).to_contain_text("45/50 = 90,00%")

    direct = leaf(page, "1.3")
    direct.get_by_label("Điểm", exact=True).fill("7,5")
    direct.get_by_label(re.compile("Ghi chú của đơn vị")).fill("mới đối thoại một lần")
    direct.get_by_role("button", name="Lưu").click()
    expect(direct.locator(".leaf-result")).to_contain_text("7,5/10 điểm")
    leaf(page, "2.1").get_by_label("Đủ danh mục").check()
    expect(leaf(page, "2.1").locator(".leaf-result")).to_contain_text("6,5/10 điểm")
    expect(page.locator("#totals")).to_contain_text("61")
    expect(page.locator("#totals")).to_contain_text("4/4 tiêu chí, chưa gồm 30 điểm chấm tập trung")

    page.get_by_role("link", name="Kiểm tra và gửi phiếu").click()
    expect(page.locator("main")).to_contain_text("Thiếu tài liệu kiểm chứng bắt buộc")
    looked_at(page, "submit-blocked")
    page.get_by_role("link", name=re.compile("^1.1 ")).click()
    plan = tmp_path / "ke-hoach.pdf"
    plan.write_bytes(a_pdf())
    evidence = leaf(page, "1.1").locator(".leaf-evidence")
    evidence.get_by_role("link", name=re.compile("Thêm tài liệu")).or_(
        evidence.get_by_role("button", name=re.compile("Thêm tài liệu"))
    ).first.click()
    evidence.locator("input[type=file]").set_input_files(plan)
    looked_at(page, "evidence")
    evidence.get_by_role("button", name=re.compile("Tải lên|Thêm tệp")).first.click()
    expect(evidence).to_contain_text("ke-hoach")

    page.get_by_role("link", name="Kiểm tra và gửi phiếu").click()
    expect(page.get_by_role("button", name="Gửi phiếu chấm điểm")).to_be_visible()
    looked_at(page, "submit-ready")
    page.get_by_role("button", name="Gửi phiếu chấm điểm").click()
    expect(page.locator("h1")).to_contain_text("Biên nhận")
    expect(page.locator("main")).to_contain_text(Assessment.objects.get(state="submitted").receipt)
    looked_at(page, "receipt")
    page.get_by_role("link", name="Xem lại phiếu").click()
    expect(page.locator("form[data-leaf]")).to_have_count(0)
    looked_at(page, "sheet-sent")


def appraise(page: Page, looked_at) -> None:
    looked_at(page, "appraisals")
    page.get_by_role("link", name="xã Đồng Lâm").click()
    ratio = leaf(page, "1.2")
    ratio.get_by_text("Chấm khác").click()
    ratio.get_by_label("Số nhiệm vụ hoàn thành").fill("43")
    ratio.get_by_role("button", name="Chấm theo số liệu này").click()
    expect(ratio.locator(".leaf-result").nth(1)).to_contain_text("Hãy ghi lý do")
    looked_at(page, "appraisal-reason")
    ratio.get_by_label(re.compile("^Lý do")).fill("thiếu 2 nhiệm vụ chưa được nghiệm thu")
    ratio.get_by_role("button", name="Chấm theo số liệu này").click()
    expect(ratio.locator(".leaf-result").nth(1)).to_contain_text("25,8/30 điểm")
    leaf(page, "1.3").get_by_role("button", name="Đồng ý").click()
    expect(leaf(page, "1.3").locator(".leaf-result").nth(1)).to_contain_text("7,5/10 điểm")
    for area, left in (("1", 1), ("2", 0)):
        page.get_by_role("button", name="Đồng ý cả lĩnh vực").first.click()
        expect(page.locator("#messages")).to_contain_text(f"Đã đồng ý 1 tiêu chí của lĩnh vực {area}")
        expect(page.get_by_role("button", name="Đồng ý cả lĩnh vực")).to_have_count(left)
    expect(page.locator("#totals")).to_contain_text("4/4 tiêu chí")
    looked_at(page, "appraisal-done")


def finalise_and_publish(page: Page, looked_at) -> None:
    page.goto("/")
    page.get_by_role("link", name="Chỉ số CCHC năm nay").click()
    looked_at(page, "board-running")
    page.get_by_role("link", name="xã Đồng Lâm").first.click()
    page.get_by_role("button", name="Kết thúc thẩm định").click()
    expect(page.locator("h1")).to_contain_text("Điểm Hội đồng")
    page.get_by_role("link", name="Nhập kết quả chấm tập trung").click()
    row = page.locator("tr, article, form", has_text="xã Đồng Lâm").first
    row.get_by_label(re.compile("Chỉ số đạt được")).fill("87,35")
    row.get_by_role("button", name=re.compile("Lưu")).click()
    expect(page.locator("main")).to_contain_text("26,205")
    looked_at(page, "central")
    assessment = Assessment.objects.get(state="appraised")
    page.goto(f"/tham-dinh/{assessment.pk}/")
    looked_at(page, "council")
    page.get_by_role("link", name="Kiểm tra và chốt điểm").click()
    looked_at(page, "finalise")
    page.get_by_role("button", name=re.compile("Chốt 86,005 điểm")).click()
    expect(page.locator("main")).to_contain_text("Đã chốt điểm của xã Đồng Lâm")
    page.goto(f"/ky-danh-gia/{assessment.period_id}/cong-bo/")
    page.get_by_label("Số quyết định").fill("214/QĐ-UBND")
    page.get_by_label("Ngày quyết định").fill(f"{timezone.localdate():%Y-%m-%d}")
    page.get_by_label("Cơ quan ban hành").fill("Ủy ban nhân dân tỉnh An Hải")
    page.get_by_label("Tôi xác nhận: 1 đơn vị chưa có điểm cuối cùng").check()
    looked_at(page, "publish")
    page.get_by_role("button", name="Công bố kết quả").click()
    page.goto(f"/ket-qua/ky/{assessment.period_id}/")
    expect(page.locator("main")).to_contain_text("86,005")
    expect(page.locator("main")).to_contain_text("Tốt")
    looked_at(page, "ranking")


def write_the_report(page: Page, looked_at) -> None:
    page.goto("/bao-cao/")
    looked_at(page, "reports-officer")
    page.get_by_role("button", name=re.compile("Lập báo cáo")).first.click()
    page.get_by_label("Khó khăn, vướng mắc").fill("Đường truyền ở một số thôn còn yếu.")
    looked_at(page, "report-edit")
    page.get_by_role("button", name="Lưu báo cáo").click()
    expect(page.locator("main")).to_contain_text("Đường truyền ở một số thôn còn yếu.")
    page.get_by_role("button", name="Tạo báo cáo PDF").click()
    expect(page.get_by_role("link", name=re.compile("Tải báo cáo PDF"))).to_be_visible()
    looked_at(page, "report")


def download_the_documents(page: Page, looked_at) -> None:
    page.get_by_role("link", name="Báo cáo", exact=True).click()
    page.get_by_role("link", name=re.compile("khắc phục", re.I)).first.click()
    link = page.get_by_role("link", name=re.compile("Tải báo cáo PDF"))
    looked_at(page, "report-leader")
    answer = page.request.get(link.get_attribute("href"))
    assert answer.headers["content-type"] == "application/pdf"
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(answer.body())).pages)
    for words in ("BÁO CÁO", "86,005", "25,8", "87,35", "1/1", "Đường truyền ở một số thôn còn yếu"):
        assert words in text, words
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải báo cáo Word (DOCX)").click()
    assert download.value.suggested_filename.endswith(".docx")
    assert any("86,005" in line for line in word.lines(download.value.path().read_bytes()))


def a_pdf() -> bytes:
    from weasyprint import HTML

    return HTML(string="<p>Kế hoạch cải cách hành chính năm</p>").write_pdf()
