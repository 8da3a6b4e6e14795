"""A whole year in a real browser, with the clock moved: two offices, a dispute raised, one lowered, one silence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from accounts.dates import VIETNAM
from accounts.models import Role
from assessments.models import Assessment, Explanation, Period, Result, Score
from criteria.actions import load_set
from criteria.schema import read_set
from tests.factories import DepartmentFactory, ProvinceFactory, UnitFactory, user_with
from tests.journeys.conftest import follow
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
    owner: Sở Nội vụ
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
    owner: Sở Tài chính
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
    finance = DepartmentFactory(parent=host, short_name="Sở Tài chính", name="Sở Tài chính")
    names = ["Đồng Lâm", "Phú Mỹ"]
    units = [
        UnitFactory(parent=host, place=name, short_name=f"xã {name}", name=f"Ủy ban nhân dân xã {name}")
        for name in names
    ]
    load_set(read_set(SET))
    return {
        "officer": user_with(Role.OFFICER, units[0], full_name="Nguyễn Thị Hoa"),
        "unit_leader": user_with(Role.UNIT_LEADER, units[0], full_name="Đỗ Văn Kiên"),
        "appraiser": user_with(Role.APPRAISER, office, full_name="Lê Minh Triết"),
        "second_appraiser": user_with(Role.APPRAISER, finance, full_name="Ngô Xuân Bách"),
        "coordinator": user_with(Role.COORDINATOR, host, full_name="Phạm Thu Hường"),
        "leader": user_with(Role.LEADER, host, full_name="Trần Đình Khoát"),
    }


def leaf(page: Page, code: str):
    return page.locator(
        "article.leaf", has=page.locator(".code", has_text=re.compile(rf"^{re.escape(code)}$"))
    )


@dataclass
class Clock:
    """The year's clock, for the site and this test alike; the browser keeps its own."""

    traveller: Any
    opens: datetime = datetime(2027, 1, 4, 8, 0, tzinfo=VIETNAM)

    def at(self, day: int, hour: int = 9) -> None:
        self.traveller.move_to(self.opens.replace(hour=hour) + timedelta(days=day))


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(Clock.opens, tick=True) as traveller:
        yield Clock(traveller)


# Days after the opening on which calendar_from has each phase, with self-scoring until day 10.
SCORING, APPROVAL, ROUND1, EXPLANATION, ROUND2, COUNCIL, PUBLISHED = 1, 3, 18, 33, 40, 53, 67


def test_a_whole_year_from_an_empty_sheet_to_a_published_rank_and_an_official_pdf(
    people, log_in, look, clock: Clock, tmp_path: Path
):
    clock.at(0, 8)
    make_and_open_a_period(log_in(people["coordinator"]), clock, look)

    clock.at(SCORING)
    score_and_send(log_in(people["officer"]), look, tmp_path)
    clock.at(APPROVAL)
    approve(log_in(people["unit_leader"]), look)

    clock.at(ROUND1)
    appraise(log_in(people["appraiser"]), look)
    appraise_by_criterion(log_in(people["second_appraiser"]), look)
    release(log_in(people["coordinator"]), look)

    clock.at(EXPLANATION)
    explain(log_in(people["officer"]), look)
    clock.at(ROUND2)
    revise(log_in(people["appraiser"]), look)

    clock.at(COUNCIL)
    coordinator = log_in(people["coordinator"])
    close_and_finalise(coordinator, look)
    clock.at(PUBLISHED)
    publish(log_in(people["coordinator"]), look)

    officer = log_in(people["officer"])
    follow(officer.get_by_role("link", name="Kết quả", exact=True))
    look(officer, "results")
    officer.goto(f"/ket-qua/phieu/{Result.objects.get(rank=1).pk}/")
    expect(officer.locator("main")).to_contain_text("thiếu 2 nhiệm vụ chưa được nghiệm thu")
    look(officer, "result")
    write_the_report(officer, look)

    leader = log_in(people["leader"])
    look(leader, "leader")
    download_the_documents(leader, look)

    whatever_is_tampered_with_is_found()


def make_and_open_a_period(page: Page, clock: Clock, look) -> None:
    look(page, "periods-empty")
    page.get_by_role("link", name="Tạo kỳ đánh giá").click()
    page.get_by_label("Tên kỳ đánh giá").fill("Chỉ số CCHC năm nay")
    page.get_by_label("Tự chấm điểm từ").fill(f"{clock.opens:%Y-%m-%dT%H:%M}")
    deadline = clock.opens.replace(hour=17) + timedelta(days=10)
    page.get_by_label("Hạn tự chấm điểm").fill(f"{deadline:%Y-%m-%dT%H:%M}")
    look(page, "period-new")
    follow(page.get_by_role("button", name="Tạo kỳ đánh giá"))
    look(page, "calendar")
    page.get_by_role("button", name="Lưu lịch").click()
    page.get_by_role("link", name="Thêm nhóm").first.click()
    page.get_by_label("Tên nhóm xếp hạng").fill("Các xã")
    page.get_by_label("Bộ tiêu chí").select_option(index=1)
    for name in ("xã Đồng Lâm", "xã Phú Mỹ"):
        page.get_by_label(name).check()
    look(page, "cohort")
    page.get_by_role("button", name="Lưu nhóm").click()
    page.get_by_role("link", name=re.compile("^Phân công thẩm định")).click()
    follow(page.get_by_role("link", name=re.compile("theo bộ tiêu chí")))
    look(page, "assignments-proposed")
    page.get_by_role("button", name=re.compile("^Phân công")).click()
    expect(page.locator("main")).to_contain_text("Sở Tài chính")
    look(page, "assignments")
    follow(page.get_by_role("link", name="Chỉ số CCHC năm nay").first)
    look(page, "period-preparing")
    follow(page.get_by_role("link", name="Mở kỳ đánh giá").first)
    look(page, "period-open")
    page.get_by_role("button", name="Mở kỳ đánh giá").click()
    expect(page.locator("main")).to_contain_text("Đang thực hiện")
    look(page, "board")


def score_and_send(page: Page, look, tmp_path: Path) -> None:
    expect(page.locator("h1")).to_contain_text("xã Đồng Lâm")
    look(page, "sheet-empty")
    leaf(page, "1.1").get_by_label("Đúng hạn").check()
    expect(leaf(page, "1.1").locator(".leaf-result")).to_contain_text("20/20 điểm")

    ratio = leaf(page, "1.2")
    ratio.get_by_label("Số nhiệm vụ hoàn thành").fill("45")
    ratio.get_by_label("Tổng số nhiệm vụ").fill("12.5")
    ratio.get_by_role("button", name="Lưu").click()
    expect(ratio.locator(".leaf-result")).to_contain_text("dùng dấu phẩy")
    expect(ratio.get_by_label("Tổng số nhiệm vụ")).to_have_attribute("aria-invalid", "true")
    look(page, "sheet-error")
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

    direct.get_by_label("Điểm", exact=True).fill("7.5.")
    follow(page.get_by_role("link", name="Kiểm tra và trình lãnh đạo"))
    expect(page.locator("[data-unsent]")).to_contain_text("còn giữ 1 tiêu chí đã nhập nhưng chưa lưu")
    look(page, "submit-unsaved")
    page.get_by_role("link", name="Mở phiếu để lưu hoặc sửa").click()
    direct.get_by_label("Điểm", exact=True).fill("7,5")
    direct.get_by_role("button", name="Lưu").click()
    expect(direct.locator(".save-state")).to_have_text("Đã lưu")

    page.get_by_role("link", name="Kiểm tra và trình lãnh đạo").click()
    expect(page.locator("main")).to_contain_text("Thiếu tài liệu kiểm chứng bắt buộc")
    expect(page.locator("[data-unsent]")).to_be_hidden()
    look(page, "submit-blocked")
    page.get_by_role("link", name=re.compile("^1.1 ")).click()
    plan = tmp_path / "ke-hoach.pdf"
    plan.write_bytes(a_pdf())
    evidence = leaf(page, "1.1").locator(".leaf-evidence")
    evidence.get_by_role("link", name=re.compile("Thêm tài liệu")).or_(
        evidence.get_by_role("button", name=re.compile("Thêm tài liệu"))
    ).first.click()
    evidence.locator("input[type=file]").set_input_files(plan)
    look(page, "evidence")
    evidence.get_by_role("button", name=re.compile("Tải lên|Thêm tệp")).first.click()
    expect(evidence).to_contain_text("ke-hoach")

    follow(page.get_by_role("link", name="Kiểm tra và trình lãnh đạo"))
    look(page, "send-ready")
    page.get_by_role("button", name="Trình lãnh đạo duyệt").click()
    expect(page.locator("main")).to_contain_text("đang chờ lãnh đạo đơn vị duyệt")
    expect(page.locator("form[data-leaf]")).to_have_count(0)
    look(page, "sheet-waiting")


def approve(page: Page, look) -> None:
    """It is what the leader lands on."""
    look(page, "leader-sheet")
    follow(page.get_by_role("link", name="Duyệt và gửi").first)
    look(page, "approve")
    page.get_by_role("button", name="Duyệt và gửi phiếu").click()
    expect(page.locator("h1")).to_contain_text("Biên nhận")
    expect(page.locator("main")).to_contain_text(Assessment.objects.get(state="submitted").receipt)
    look(page, "receipt")
    page.get_by_role("link", name="Xem lại phiếu").click()
    expect(page.locator("form[data-leaf]")).to_have_count(0)
    look(page, "sheet-sent")


def appraise(page: Page, look) -> None:
    look(page, "appraisals")
    page.get_by_role("link", name="xã Đồng Lâm").click()
    ratio = leaf(page, "1.2")
    ratio.get_by_text("Chấm khác").click()
    ratio.get_by_label("Số nhiệm vụ hoàn thành").fill("43")
    ratio.get_by_role("button", name="Chấm theo số liệu này").click()
    expect(ratio.locator(".leaf-result").nth(1)).to_contain_text("Hãy ghi lý do")
    look(page, "appraisal-reason")
    ratio.get_by_label(re.compile("^Lý do")).fill("thiếu 2 nhiệm vụ chưa được nghiệm thu")
    ratio.get_by_role("button", name="Chấm theo số liệu này").click()
    expect(ratio.locator(".leaf-result").nth(1)).to_contain_text("25,8/30 điểm")
    direct = leaf(page, "1.3")
    direct.get_by_text("Chấm khác").click()
    direct.get_by_label("Điểm", exact=True).fill("6")
    direct.get_by_label(re.compile("^Lý do")).fill("biên bản đối thoại không có kết luận")
    direct.get_by_role("button", name="Lưu điểm").click()
    expect(direct.locator(".leaf-result").nth(1)).to_contain_text("6/10 điểm")
    page.get_by_role("button", name="Đồng ý cả lĩnh vực").click()
    expect(page.locator("#messages")).to_contain_text("Đã đồng ý 1 tiêu chí của lĩnh vực 1")
    expect(page.locator("article.leaf")).to_have_count(3)  # area 2 is another office's
    look(page, "appraisal-done")


def appraise_by_criterion(page: Page, look) -> None:
    follow(page.get_by_role("link", name="Thẩm định theo tiêu chí"))
    look(page, "by-criterion")
    page.get_by_role("link", name=re.compile("^2.1")).click()
    row = page.locator("tr", has_text="xã Đồng Lâm")
    row.get_by_label("Đủ danh mục").uncheck()
    row.get_by_label("Không đạt yêu cầu nào").check()
    row.get_by_label("Lý do").fill("danh mục công khai thiếu 4 thủ tục")
    row.get_by_role("button", name=re.compile("^Lưu")).click()
    expect(row).to_contain_text("3/10 điểm")
    look(page, "criterion")


def release(page: Page, look) -> None:
    look(page, "board-running")
    follow(page.get_by_role("link", name=re.compile("^Thông báo vòng 1")))
    look(page, "release")
    page.get_by_role("button", name="Thông báo cho 1 đơn vị").click()
    expect(page.locator("main")).to_contain_text("Đã thực hiện 1/1 phiếu")
    look(page, "released")


def explain(page: Page, look) -> None:
    """Two leaves are disputed, the third is passed over in silence."""
    page.get_by_role("link", name="Xem và giải trình").click()
    expect(page.locator("main")).to_contain_text("coi là đồng ý")
    look(page, "explanation")
    for code, words in (("1.2", "Biên bản nghiệm thu gửi kèm"), ("1.3", "Kết luận ở trang 2 biên bản")):
        one = leaf(page, code)
        one.get_by_role("radio", name=re.compile("^Không đồng ý")).check()
        one.get_by_label(re.compile("^Nội dung giải trình")).fill(words)
        one.get_by_role("button", name=re.compile("^Lưu")).click()
        expect(leaf(page, code)).to_contain_text("Nguyễn Thị Hoa,")
    look(page, "explained")


def revise(page: Page, look) -> None:
    """One disputed leaf is raised to what the unit declared, the other lowered still further."""
    follow(page.get_by_role("link", name="xã Đồng Lâm"))
    look(page, "round-2")
    for code, field, value, button, reason, points in (
        ("1.2", "Số nhiệm vụ hoàn thành", "45", "Chấm theo số liệu này", "đã có biên bản", "27/30 điểm"),
        ("1.3", re.compile("^Điểm$"), "5", "Lưu điểm", "trang 2 cũng không có", "5/10 điểm"),
    ):
        one = leaf(page, code)
        one.get_by_text("Chấm khác").click()
        one.get_by_label(field).fill(value)
        one.get_by_label(re.compile("^Lý do")).fill(reason)
        one.get_by_role("button", name=button).click()
        expect(one).to_contain_text(points)
    look(page, "round-2-done")


def close_and_finalise(page: Page, look) -> None:
    follow(page.get_by_role("link", name=re.compile("^Kết thúc thẩm định")))
    look(page, "close")
    page.get_by_role("button", name="Kết thúc thẩm định 1 phiếu").click()
    expect(page.locator("main")).to_contain_text("Đã thực hiện 1/1 phiếu")
    assert sorted(Explanation.objects.values_list("criterion__code", "stance")) == [
        ("1.2", "disagreed"),
        ("1.3", "disagreed"),
        ("2.1", "silent"),
    ]
    meet(page, look)
    assessment = Assessment.objects.get(state="appraised")
    page.goto(f"/tham-dinh/{assessment.pk}/")
    page.get_by_role("link", name="Nhập kết quả chấm tập trung").click()
    row = page.locator("tr, article, form", has_text="xã Đồng Lâm").first
    row.get_by_label(re.compile("Chỉ số đạt được")).fill("87,35")
    row.get_by_role("button", name=re.compile("Lưu")).click()
    expect(page.locator("main")).to_contain_text("26,205")
    look(page, "central")
    page.goto(f"/tham-dinh/{assessment.pk}/")
    look(page, "council")
    follow(page.get_by_role("link", name="Kiểm tra và chốt điểm"))
    look(page, "finalise")
    page.get_by_role("button", name=re.compile("Chốt 81,705 điểm")).click()
    expect(page.locator("main")).to_contain_text("Đã chốt điểm của xã Đồng Lâm")


def meet(page: Page, look) -> None:
    """The council settles what is still disputed."""
    page.goto(f"/ky-danh-gia/{Period.objects.get().pk}/")
    page.get_by_role("link", name="Hội đồng", exact=True).click()
    page.get_by_role("link", name="Lập phiên họp").click()
    page.get_by_label("Bắt đầu lúc").fill(f"{timezone.localtime():%Y-%m-%dT%H:%M}")
    page.get_by_label("Địa điểm").fill("Phòng họp số 2, UBND tỉnh")
    page.get_by_label(re.compile("lệch điểm tự chấm từ")).fill("3")
    page.get_by_label(re.compile("^Họ và tên")).first.fill("Trần Đình Khoát")
    page.get_by_label(re.compile("^Vai trò")).first.select_option("chair")
    look(page, "session-new")
    follow(page.get_by_role("button", name="Lưu phiên họp"))
    look(page, "session")
    one = leaf(page, "1.3")
    one.get_by_label(re.compile("^Ý kiến của Hội đồng")).fill("Hội đồng ghi nhận một phần")
    one.locator("summary", has_text="Điều chỉnh").click()
    one.get_by_label("Điểm", exact=True).fill("5,5")
    one.get_by_role("button", name="Ghi điểm này").click()
    expect(leaf(page, "1.3")).to_contain_text("5,5")
    look(page, "session-decided")


def publish(page: Page, look) -> None:
    page.get_by_role("link", name="Xếp hạng và công bố").click()
    page.get_by_label("Số quyết định").fill("214/QĐ-UBND")
    page.get_by_label("Ngày quyết định").fill(f"{timezone.localdate():%Y-%m-%d}")
    page.get_by_label("Cơ quan ban hành").fill("Ủy ban nhân dân tỉnh An Hải")
    page.get_by_label("Tôi xác nhận: 1 đơn vị chưa có điểm cuối cùng").check()
    look(page, "publish")
    follow(page.get_by_role("button", name="Công bố kết quả"))
    page.goto(f"/ket-qua/ky/{Period.objects.get().pk}/")
    expect(page.locator("main")).to_contain_text("81,705")
    expect(page.locator("main")).to_contain_text("Tốt")
    look(page, "ranking")


def whatever_is_tampered_with_is_found() -> None:
    """By hand in the database, past everything: a changed score is named, a changed event refused."""
    assert "khớp" in verified()
    score = Score.objects.get(layer="round2", criterion__code="1.3")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE assessments_score SET points = points + 10000 WHERE id = %s", [score.pk])
    with pytest.raises(CommandError):
        verified()
    report = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_results", "--all", stdout=report, skip_checks=True)
    assert "xã Đồng Lâm" in report.getvalue()
    assert "1.3" in report.getvalue()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE assessments_event SET reason = 'khác'")


def verified() -> str:
    out = StringIO()
    call_command("verify_results", "--all", stdout=out, skip_checks=True)
    return out.getvalue()


def write_the_report(page: Page, look) -> None:
    page.goto("/bao-cao/")
    look(page, "reports-officer")
    follow(page.get_by_role("link", name="Lập báo cáo"))
    look(page, "report-start")
    page.get_by_role("button", name=re.compile("Kết quả khắc phục")).first.click()
    page.get_by_label("Khó khăn, vướng mắc").fill("Đường truyền ở một số thôn còn yếu.")
    look(page, "report-edit")
    page.get_by_role("button", name="Lưu báo cáo").click()
    expect(page.locator("main")).to_contain_text("Đường truyền ở một số thôn còn yếu.")
    page.get_by_role("button", name="Tạo báo cáo PDF").click()
    expect(page.get_by_role("link", name=re.compile("Tải báo cáo PDF"))).to_be_visible()
    look(page, "report")


def download_the_documents(page: Page, look) -> None:
    page.get_by_role("link", name="Báo cáo", exact=True).click()
    page.get_by_role("link", name=re.compile("^Kết quả khắc phục")).first.click()
    link = page.get_by_role("link", name=re.compile("Tải báo cáo PDF"))
    look(page, "report-leader")
    answer = page.request.get(link.get_attribute("href"))
    assert answer.headers["content-type"] == "application/pdf"
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(answer.body())).pages)
    for words in ("BÁO CÁO", "81,705", "5,5", "87,35", "1/1", "Đường truyền ở một số thôn còn yếu"):
        assert words in text, words
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải báo cáo Word (DOCX)").click()
    assert download.value.suggested_filename.endswith(".docx")
    assert any("81,705" in line for line in word.lines(download.value.path().read_bytes()))


def a_pdf() -> bytes:
    from weasyprint import HTML

    return HTML(string="<p>Kế hoạch cải cách hành chính năm</p>").write_pdf()
