"""`self_assessment` and `score_sheet`: what they say of the small year, to whom, and what they never say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Role
from assessments.actions.evidence import add_link
from assessments.actions.returning import return_sheet
from assessments.actions.rounds import explain
from assessments.actions.scoring import save_score
from assessments.models import Layer
from assessments.workflow import Action, Refusal
from criteria.actions import load_set
from criteria.schema import read_set
from reports.actions.writing import create_report
from reports.document import Document, Table, plain_text
from reports.kinds import KINDS, Name, Severity
from reports.models import Report
from reports.permissions import sees_report
from reports.queries.lists import visible_reports
from reports.queries.offers import offers
from reports.queries.reports import document_of, opened, reports
from reports.queries.subjects import Subject, subject_at
from tests.assessments.conftest import NOW, SMALL, Year, make_year
from tests.assessments.councils import KEEP, judge_leaf, points
from tests.factories import user_with
from tests.reports.test_formats import in_pdf, in_word, squeezed

pytestmark = pytest.mark.django_db

BOTH = (Name.SELF_ASSESSMENT, Name.SCORE_SHEET)


def show(year: Year, code: str, title: str, *, now=NOW) -> None:
    sheet = year.sheet()
    add_link(
        assessment=sheet, criterion_id=year.criterion(code), url="https://xa.example/1", title=title,
        by=year.officers[sheet.unit_id], now=now,
    )  # fmt: skip


@pytest.fixture
def sent(small_set) -> Year:
    """1.1 full with evidence, 1.2 without the evidence it must have, 2.1 empty, a bonus."""
    asking = read_set(
        SMALL.replace("code: nho", "code: nho-2").replace(
            "name: Kiểm tra,", "name: Kiểm tra, evidence: Báo cáo, evidence_required: true,"
        )
    )
    year = make_year(load_set(asking))
    year.open()
    year.score("1.1", {"points": "4"}, note="Kế hoạch số 12")
    show(year, "1.1", "Kế hoạch kiểm tra năm 2026")
    save_score(
        assessment=year.sheet(), criterion_id=year.criterion("1.2"), data={"points": "1.5"}, note="Kiểm tra một nửa",
        evidence_note="Biên bản đang lưu tại huyện.", seen=0, by=year.officers[year.units[0].pk], now=NOW,
    )  # fmt: skip
    year.score("2.2.1", {"points": "0"}, note="Chưa làm")
    year.score("2.2.2", {"points": "2"})
    year.score("T.1", {"points": "0.5"})
    year.submit()
    return year


def begun(year: Year, name: Name, place: int = 0) -> Report:
    sheet = year.sheet(place)
    about = Subject(sheet.unit, year.period.year, assessment=sheet)
    made = create_report(kind=name, about=about, by=year.officers[sheet.unit_id], now=NOW)
    return reports().get(pk=made.pk)


def document(year: Year, name: Name) -> Document:
    return document_of(begun(year, name))


def test_leaves_of_one_sort_are_told_at_once(sent):
    report = begun(sent, Name.SELF_ASSESSMENT)
    whole, kind = opened(report), KINDS[report.kind]
    facts = replace(whole.facts, rows=tuple(row for row in whole.facts.rows if row.code == "1.2"))
    text = plain_text(kind.build(whole.content, facts))
    assert "01 tiêu chí, tiêu chí thành phần đơn vị tự chấm thuộc các lĩnh vực đạt một phần điểm.\n" in text
    assert "Trong 01" not in text


def test_the_report_says_what_the_unit_gave_itself(sent):
    text = plain_text(document(sent, Name.SELF_ASSESSMENT))
    for said in (
        "tự chấm đạt 8 điểm, gồm 7,5 điểm của các lĩnh vực, điểm thưởng 0,5 điểm; "
        "điểm tối đa của phần đơn vị tự chấm là 17 điểm.",
        "Trong tổng số 20 điểm, 3 điểm do điều tra xã hội học và cơ quan thẩm định chấm. Điểm tự chấm",
        "1\tChỉ đạo, điều hành\t7\t5,5\t78,57%",
        "2\tDịch vụ công\t10\t2\t20,00%",
        "\tCộng các lĩnh vực\t17\t7,5\t44,12%",
        "\tĐiểm thưởng\t\t0,5\t",
        "Trong 05 tiêu chí, tiêu chí thành phần đơn vị tự chấm thuộc các lĩnh vực: 02 đạt điểm tối đa, "
        "01 đạt một phần điểm, 01 không có điểm và 01 chưa tự chấm.",
        "01 tiêu chí chưa có tài liệu kiểm chứng và lý do:\n- Tiêu chí 1.2. Kiểm tra: Biên bản đang lưu tại huyện.",
        "02 tiêu chí không bắt buộc kèm tài liệu chưa có tài liệu kiểm chứng.",
        "1.1\tKế hoạch\t4\t\t4\tKế hoạch số 12\t- Kế hoạch kiểm tra năm 2026",
        "1.2\tKiểm tra\t3\t\t1,5\tKiểm tra một nửa\tKhông có: Biên bản đang lưu tại huyện.",
        "1.3\tĐiều tra xã hội học\t3\tKhông tự chấm\t\t\t",
        "2.1\tHồ sơ trực tuyến\t6\tChưa tự chấm\t…\t\t",
        "2.2\tĐồng bộ dữ liệu\t4\t\t2\t\t",
    ):
        assert said in text


def test_what_is_not_applicable_is_told_apart_from_what_others_score(year):
    year.score("1.1", {"points": "4"})
    year.score("1.2", {"not_applicable": True})
    year.submit()
    text = plain_text(document(year, Name.SELF_ASSESSMENT))
    assert "điểm tối đa của phần đơn vị tự chấm là 14 điểm. Trong tổng số 20 điểm, 3 điểm do" in text
    assert "cơ quan thẩm định chấm và 3 điểm thuộc tiêu chí không áp dụng." in text
    assert "1.2\tKiểm tra\t3\tKhông áp dụng\t–\tghi chú\t" in text


def test_the_sheet_says_whose_it_is_and_every_leaf(sent):
    text = plain_text(document(sent, Name.SCORE_SHEET))
    for said in (
        "PHIẾU TỰ CHẤM ĐIỂM\nChỉ số cải cách hành chính năm 2026",
        f"Đơn vị: {sent.units[0].name}, nhóm Xã.",
        "Bộ tiêu chí: Bộ tiêu chí nhỏ (ban hành kèm theo Quyết định số 1/QĐ-UBND ngày 05 tháng 01 năm 2026 của UBND tỉnh).",
        f"Tình trạng: Đã gửi lúc 09:00 ngày 02 tháng 3 năm 2026; mã SHA-256 của phiếu: {sent.sheet().receipt}.",
        "Tổng điểm tự chấm: 8 điểm; điểm tối đa của phần đơn vị tự chấm: 17 điểm.",
        "1.2\tKiểm tra\t3\t\t1,5\tKiểm tra một nửa",
    ):
        assert said in text
    assert "./." not in text


@pytest.mark.parametrize("name", BOTH)
def test_nothing_of_what_comes_later_is_in_it(year, name):
    year.score("1.1", {"points": "4"})
    year.score("1.2", {"points": "3"})
    year.submit()
    before = plain_text(document(year, name))
    appraise_after(year)
    assert plain_text(document(year, name)) == before


def appraise_after(year: Year) -> None:
    """Round 1 takes points; the unit disagrees and shows something more."""
    judge_leaf(year, Action.APPRAISE, Layer.ROUND1, points("2", "Thiếu kế hoạch"), 0)
    year.release()
    sheet = year.sheet()
    show(year, "1.1", "Kế hoạch bổ sung", now=NOW + timedelta(minutes=5))
    explain(
        assessment=sheet, criterion_id=year.criterion("1.1"), agrees=False, text="Có", seen=0,
        by=year.officers[sheet.unit_id], now=year.now,
    )  # fmt: skip
    judge_leaf(year, Action.REVISE, Layer.ROUND2, KEEP, 0)
    year.accept()
    year.close()
    year.enter("1.3", {"counts": {"Hài lòng": "9", "Không hài lòng": "3"}})
    year.enter("P", {"count": "1"})
    year.finalise()


def test_the_report_waits_until_the_sheet_is_sent_and_the_sheet_does_not(year):
    officer = year.officers[year.units[0].pk]
    assert {kind.name for offer in offers(officer) for kind in offer.kinds} == {Name.SCORE_SHEET}
    with pytest.raises(Refusal, match="chưa gửi phiếu"):
        begun(year, Name.SELF_ASSESSMENT)
    text = plain_text(document(year, Name.SCORE_SHEET))
    assert "Tình trạng: Đang tự chấm: phiếu chưa gửi, số liệu còn có thể thay đổi." in text
    assert "Tổng điểm tự chấm: … điểm" in text
    year.submit()
    assert {kind.name for offer in offers(officer) for kind in offer.kinds} == set(BOTH) - {Name.SCORE_SHEET}


def test_a_sheet_has_no_end_mark_whatever_the_settings_say(year, settings):
    settings.DOCUMENT_END_MARK = "HẾT"
    sheet = document(year, Name.SCORE_SHEET)
    assert (sheet.end_mark, sheet.closed_body) == ("", sheet.body)
    year.submit()
    assert document(year, Name.SELF_ASSESSMENT).end_mark == "HẾT"


def test_no_sheet_is_offered_before_its_period_opens(preparing_year):
    officer = preparing_year.officers[preparing_year.units[0].pk]
    assert offers(officer) == []
    assert subject_at(KINDS[Name.SCORE_SHEET], "assessment", preparing_year.sheet().pk) is None


def test_a_sheet_that_was_returned_is_not_reported_on(sent):
    report = begun(sent, Name.SELF_ASSESSMENT)
    return_sheet(assessment=sent.sheet(), reason="Thiếu", by=sent.coordinator, now=NOW)
    [problem] = [p for p in opened(reports().get(pk=report.pk)).problems() if "trả lại" in p.text]
    assert problem.severity is Severity.BLOCKS


def test_what_is_missing_is_asked_for(sent):
    found = {problem.text for problem in opened(begun(sent, Name.SELF_ASSESSMENT)).problems()}
    assert "01 tiêu chí chưa tự chấm: 2.1." in found
    assert "Chưa ghi họ tên người ký." in found
    assert not any("lý do thiếu tài liệu" in text for text in found)
    [hint] = KINDS[Name.SELF_ASSESSMENT].suggestions(opened(begun(sent, Name.SELF_ASSESSMENT)).facts)
    assert hint.text == "Tiêu chí tự chấm dưới điểm tối đa: 1.2, 2.2.1 và T.1."


@pytest.mark.parametrize("name", BOTH)
def test_before_publication_only_the_unit_and_its_host_read_it(sent, name):
    report = begun(sent, name)
    above = user_with(
        Role.LEADER, sent.units[0]
    )  # follows the unit, but neither fills the sheet nor holds the year
    readers = {
        sent.officers[sent.units[0].pk]: True,
        sent.leaders[sent.units[0].pk]: True,
        sent.coordinator: True,
        sent.leader: True,
        above: False,
        sent.appraiser: False,
        sent.officers[sent.units[1].pk]: False,
    }
    for person, reads in readers.items():
        assert sees_report.test(person, report) == reads
        assert visible_reports(person).filter(pk=report.pk).exists() == reads
    sheet = sent.sheet()
    about = Subject(sheet.unit, 2026, assessment=sheet)
    for person in (sent.leaders[sheet.unit_id], sent.coordinator, sent.officers[sent.units[1].pk]):
        with pytest.raises(PermissionDenied):
            create_report(kind=name, about=about, by=person, now=NOW)


@pytest.mark.parametrize("name", BOTH)
def test_both_formats_say_the_same_and_every_row_fills_its_table(sent, name):
    made = document(sent, name)
    said = squeezed(plain_text(made))
    assert in_word(made) == said
    assert in_pdf(made) == said
    blocks = (*made.body, *(block for appendix in made.appendices for block in appendix.blocks))
    for table in (block for block in blocks if isinstance(block, Table)):
        assert sum(column.width for column in table.columns) == 100
