"""`minutes`: what they say of a session over the small year, and how they are signed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from assessments.actions.publication import publish
from assessments.minutes import Member
from assessments.models import CouncilSession
from reports.actions.writing import create_report
from reports.document import Document, Table, plain_text
from reports.docx import render_docx
from reports.kinds import KINDS, Name, Severity
from reports.kinds.wording import sentence
from reports.models import Report
from reports.pdf import render_pdf
from reports.permissions import sees_report
from reports.queries.facts import facts_of
from reports.queries.lists import visible_reports
from reports.queries.reports import document_of, guarded_reports, opened, reports
from reports.queries.subjects import subject_of
from tests.assessments.conftest import NOW, Year, make_year
from tests.assessments.councils import ABSENT, CHAIR, SECRETARY, appraise, meet, points, rule
from tests.factories import UnitFactory, user_with
from tests.reports import word
from tests.reports.test_formats import in_pdf, in_word, squeezed
from tests.reports.test_pdf import read

pytestmark = pytest.mark.django_db

KIND = KINDS[Name.MINUTES]
LONG = "xã An Nghiêm Thượng Khánh Trường Hòa Thuận Phước Lộc"


def begun(session: CouncilSession, year: Year) -> Report:
    thing = CouncilSession.objects.select_related("period__host").get(pk=session.pk)
    made = create_report(kind=Name.MINUTES, about=subject_of(thing), by=year.coordinator, now=NOW)
    return reports().get(pk=made.pk)


@pytest.fixture
def session(year: Year) -> CouncilSession:
    """One leaf decided otherwise, one kept undecided, one unit agreed with everything."""
    year.units[0].short_name = LONG
    year.units[0].save()
    appraise(year, 0, text="Có kế hoạch số 12", round2="3")
    appraise(year, 1, own="3", round1="1")
    appraise(year, 2, own="4", round1="4")
    held = meet(year, note="Thống nhất lịch công bố")
    rule(year, held, points("3.5", "Chấp nhận một phần."))
    return held


@pytest.fixture
def document(year: Year, session: CouncilSession) -> Document:
    return document_of(begun(session, year))


def test_the_minutes_say_who_met_and_what_was_decided(year, document):
    text = plain_text(document)
    first, second = sentence(LONG), sentence(year.units[1].short_name)
    office = year.appraiser.held[0].unit.short_name
    for said in (
        "BIÊN BẢN\nHọp Hội đồng thẩm định Chỉ số cải cách hành chính năm 2026\n"
        "Thời gian bắt đầu: 09:00 ngày 02 tháng 3 năm 2026.\nĐịa điểm: Phòng họp số 1.\n",
        "Thành phần tham dự: 02 thành viên có mặt.\n"
        "- Trần Thị Bình, Phó Chủ tịch Ủy ban nhân dân tỉnh – Chủ trì;\n"
        "- Lê Văn Cường, Sở Nội vụ – Thư ký.\n"
        "Vắng mặt: 01 thành viên.\n- Phạm Thị Dung, Sở Tài chính – Thành viên.\n"
        "Chủ trì: Trần Thị Bình, Phó Chủ tịch Ủy ban nhân dân tỉnh.\n"
        "Thư ký (người ghi biên bản): Lê Văn Cường, Sở Nội vụ.\nNội dung:\n",
        "Hội đồng xem xét 02 tiêu chí của 02 đơn vị: 01 tiêu chí thay đổi điểm và 01 tiêu chí chưa kết luận.",
        "II. NỘI DUNG KHÁC\nThống nhất lịch công bố\nBiên bản đã được đọc lại",
        "Cuộc họp kết thúc vào 12:00 ngày 02 tháng 3 năm 2026./.\nTHƯ KÝ\nLê Văn Cường\nCHỦ TRÌ\nTrần Thị Bình\nNơi nhận:",
        "/BB-UBND ngày 02 tháng 3 năm 2026 của ",
        f"{first} (Xã)\n1.1\tKế hoạch\t4\t4\t2\t3\t3,5\tLý do đưa ra: Đơn vị còn không đồng ý; Lệch so với tự chấm. "
        f"Tự chấm: ghi chú. Thẩm định vòng 1 ({office}): Thiếu kế hoạch. "
        f"Giải trình: Không đồng ý – Có kế hoạch số 12. Thẩm định vòng 2 ({office}): Xem lại hồ sơ. "
        "Hội đồng: +0,5 điểm; Chấp nhận một phần.",
        f"{second} (Xã)\n1.1\tKế hoạch\t4\t3\t1\t–\t\tLý do đưa ra: Lệch so với tự chấm.",
        f"1\t{first} (*)\t7\t6\t6,5\t1",
        f"2\t{second} (*)\t6\t4\t4\t",
        "(*) Chưa chốt điểm.",
    ):
        assert said in text, said
    assert "ngày\xa0" not in text.split("BIÊN BẢN")[0], "minutes have no day in their head"


def test_both_formats_say_the_same(document):
    said = squeezed(plain_text(document))
    assert in_word(document) == said
    assert in_pdf(document) == said
    for table in (block for one in document.appendices for block in one.blocks if isinstance(block, Table)):
        assert sum(column.width for column in table.columns) == 100


def test_secretary_and_chair_sign_beside_each_other_above_the_recipients(document):
    places: dict[str, tuple[float, float]] = {}

    def see(text, matrix, text_matrix, *_):
        if text.strip() in {"THƯ KÝ", "CHỦ TRÌ", "Nơi nhận:"}:
            places[text.strip()] = (text_matrix[4], text_matrix[5])

    for page in read(render_pdf(document)).pages[:2]:
        page.extract_text(visitor_text=see)
    assert places.keys() == {"THƯ KÝ", "CHỦ TRÌ", "Nơi nhận:"}
    left, right, _ = (places[key] for key in ("THƯ KÝ", "CHỦ TRÌ", "Nơi nhận:"))
    assert abs(left[1] - right[1]) < 1
    assert left[0] + 150 < right[0]
    signing = word.opened(render_docx(document)).tables[1]
    assert [[cell.paragraphs[0].text for cell in row.cells] for row in signing.rows] == [
        ["THƯ KÝ", "CHỦ TRÌ"],
        ["Nơi nhận:", ""],
    ]


def test_what_is_missing_is_named(year, session):
    report = begun(session, year)
    whole = opened(report)
    assert [problem.text for problem in whole.problems()] == ["01 tiêu chí đưa ra Hội đồng chưa có kết luận."]
    bare = replace(
        whole.facts, chair=None, secretary=None, rows=(), totals=(),
        facts=replace(whole.facts.facts, ended_at=None),
    )  # fmt: skip
    found = {problem.text: problem.severity for problem in KIND.checks(bare, whole.content)}
    assert found == {
        "Phiên họp chưa ghi người chủ trì.": Severity.BLOCKS,
        "Phiên họp chưa ghi thư ký.": Severity.BLOCKS,
        "Phiên họp chưa ghi giờ kết thúc.": Severity.WARNS,
    }
    document = KIND.build(whole.content, bare)
    text = plain_text(document)
    assert "Chủ trì: …." in text
    assert "Không có tiêu chí nào phải đưa ra Hội đồng.\n" in text
    assert "Cuộc họp kết thúc vào …………./." in text
    assert not document.appendices


def test_a_kept_leaf_and_one_that_stops_counting_are_told(year, session):
    whole = opened(begun(session, year))
    [row, other] = whole.facts.rows
    kept = replace(row, decided=replace(row.decided, points=row.decided.before))
    gone = replace(other, decided=replace(row.decided, points=None))
    unsaid = replace(kept, decided=replace(kept.decided, reason=""))
    assert "Hội đồng: giữ nguyên điểm.\n" in plain_text(
        KIND.build(whole.content, replace(whole.facts, rows=(unsaid, gone)))
    )
    text = plain_text(KIND.build(whole.content, replace(whole.facts, rows=(kept, gone))))
    assert "Hội đồng: giữ nguyên điểm; Chấp nhận một phần." in text
    assert "Hội đồng: không tính điểm; Chấp nhận một phần." in text
    assert "01 tiêu chí giữ nguyên điểm thẩm định và 01 tiêu chí thay đổi điểm." in text


def test_what_changed_is_suggested_for_the_conclusion(year, session):
    [hint] = KIND.suggestions(opened(begun(session, year)).facts)
    assert (hint.part, hint.text) == ("conclusion", f"Hội đồng thay đổi điểm của: {LONG}, tiêu chí 1.1.")


def test_the_coordinator_writes_them_and_the_units_do_not_read_them(year, session):
    report = begun(session, year)
    for person in (year.leader, year.appraiser, user_with(Role.OFFICER, year.host), *year.officers.values()):
        with pytest.raises(PermissionDenied):
            create_report(kind=Name.MINUTES, about=subject_of(report.session), by=person, now=NOW)
        assert sees_report.test(person, report) == (person == year.leader)
        assert visible_reports(person).exists() == (person == year.leader)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.LEADER])
def test_who_is_above_the_host_reads_them_after_the_publication(year, role):
    """They say every unit's points, round 1 and what the council makes of it."""
    year.host.parent = UnitFactory()
    year.host.save()
    above = user_with(role, year.host.parent)
    for place in range(3):
        year.play(place)
    pk = begun(meet(year), year).pk
    for is_published in (False, True):
        if is_published:
            publish(
                period=year.period, decision_number="123/QĐ-UBND", decision_date=year.now.date(),
                decision_issuer="Chủ tịch UBND tỉnh", by=year.coordinator, now=year.now,
            )  # fmt: skip
        for found in (reports(), guarded_reports()):
            assert sees_report.test(above, found.get(pk=pk)) == is_published
        assert visible_reports(above).filter(pk=pk).exists() == is_published
        assert sees_report.test(year.leader, reports().get(pk=pk))


@pytest.mark.parametrize("size", [1, 3])
def test_any_number_of_leaves_takes_as_many_queries(small_set, size):
    year = make_year(small_set, size)
    year.open()
    for place in range(size):
        appraise(year, place, text="Có")
    report = begun(meet(year, members=(CHAIR, SECRETARY, ABSENT, Member("member", "Đỗ Văn An"))), year)
    with CaptureQueriesContext(connection) as captured:
        said = facts_of(report)
    assert len(said.rows) == size
    assert len(captured) == 13
