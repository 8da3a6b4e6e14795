"""The pages of reports: who reaches them, what stands on them, and what an officer saves there."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Role
from assessments.actions.sessions import convene
from assessments.minutes import Member, SessionFacts
from assessments.models import RecordedResult, RecordedRow
from reports import jobs
from reports.actions.writing import write_report
from reports.models import Rendering, Report
from tests.factories import UnitFactory, user_with
from tests.reports import word
from tests.reports.conftest import NOW, as_posted, printed, remediation, signed_in
from tests.reports.test_pdf import FIGURES

pytestmark = pytest.mark.django_db

READERS = ("officer", "second officer", "unit leader", "coordinator", "leader", "province")
OTHERS = ("neighbour", "neighbour's leader", "appraiser", "other host", "administrator")


def shown(answer, status=200) -> str:
    assert answer.status_code == status, answer.status_code
    return " ".join(answer.content.decode().split())


def start(source: str, pk: int) -> dict[str, object]:
    return {"kind": "remediation_result", "source": source, "pk": pk}


@pytest.fixture
def write_up(published, year) -> Report:
    """The first draft about a result of this software."""
    return remediation(published, year.officers[year.units[0].pk])


# Who


@pytest.mark.parametrize("who", READERS)
def test_the_unit_and_those_above_it_read_and_download(lien_son, go, who):
    rendering = printed(lien_son.report, lien_son.officer)
    person, pk = lien_son.people[who], lien_son.report.pk
    text = shown(go(person, "reports"))
    assert reverse("report", kwargs={"report": pk}) in text
    page = shown(go(person, "report", report=pk))
    assert ("Soạn phần lời" in page) == ("officer" in who)
    for file in ("report_pdf", "report_docx"):
        link = reverse(file, kwargs={"report": pk, "rendering": rendering.pk})
        assert link in text
        assert link in page
        assert signed_in(person).get(link).status_code == 200
    assert go(person, "report_edit", report=pk).status_code == (200 if "officer" in who else 403)
    assert go(person, "report_edit", {}, report=pk).status_code == (422 if "officer" in who else 403)


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_gets_near_it(lien_son, go, who):
    rendering = printed(lien_son.report, lien_son.officer)
    person, report = lien_son.people[who], lien_son.report
    assert "Liên Sơn" not in shown(go(person, "reports"))
    for name in ("report", "report_edit"):
        assert go(person, name, report=report.pk).status_code == 403
    for name in ("report_status", "report_pdf", "report_docx"):
        assert go(person, name, report=report.pk, rendering=rendering.pk).status_code == 403
    for name in ("report_edit", "report_render"):
        assert go(person, name, {}, report=report.pk).status_code == 403
    assert go(person, "report_new", {}, **start("record", lien_son.record.pk)).status_code == 403


def test_a_document_is_only_reached_through_its_own_report(lien_son, go, write_up):
    rendering = printed(lien_son.report, lien_son.officer)
    officer = write_up.updated_by
    for name in ("report_pdf", "report_docx", "report_status"):
        assert go(officer, name, report=write_up.pk, rendering=rendering.pk).status_code == 404
        assert go(officer, name, report=lien_son.report.pk, rendering=rendering.pk).status_code == 403


def test_what_is_unfinished_is_not_served(lien_son, go):
    rendering = jobs.start_rendering(report=lien_son.report, by=lien_son.officer, now=NOW)
    where = {"report": lien_son.report.pk, "rendering": rendering.pk}
    for name in ("report_pdf", "report_docx"):
        assert go(lien_son.officer, name, **where).status_code == 404


@pytest.mark.parametrize(
    ("kind", "source", "pk"),
    [
        ("remediation_result", "record", 10**6),
        ("remediation_result", "result", 10**6),
        ("remediation_result", "score", 1),
        ("remediation_result", "assessment", 1),
        ("khac", "record", 1),
    ],
)
def test_there_is_no_report_about_nothing(lien_son, go, kind, source, pk):
    assert go(lien_son.officer, "report_new", {}, kind=kind, source=source, pk=pk).status_code == 404


# The path from a result to its PDF


def test_an_officer_goes_from_the_result_to_a_pdf(published, year, go):
    officer = year.officers[year.units[0].pk]
    page = shown(go(officer, "result", result=published.pk))
    href = re.search(r'href="([^"]*)">Báo cáo về kết quả này', page)[1]
    listed = shown(signed_in(officer).get(href.replace("&amp;", "&")))
    begin = re.search(r'href="([^"]*)">Lập báo cáo', listed)[1]
    where = start("result", published.pk)
    assert reverse("report_new", kwargs=where) in shown(signed_in(officer).get(begin))
    answer = go(officer, "report_new", {}, **where)
    report = Report.objects.get(result=published)
    assert answer.url == reverse("report_edit", kwargs={"report": report.pk})
    assert reverse("report_new", kwargs=where) not in shown(go(officer, "report_start"))

    assert "Tạo báo cáo PDF" in shown(go(officer, "report", report=report.pk))
    go(officer, "report_render", {}, report=report.pk)
    rendering = Rendering.objects.get()
    status = reverse("report_status", kwargs={"report": report.pk, "rendering": rendering.pk})
    assert f'hx-get="{status}"' in shown(go(officer, "report", report=report.pk))
    jobs.render.call(rendering.pk)
    done = shown(signed_in(officer).get(status))
    assert "Tải báo cáo PDF" in done
    assert "Tải báo cáo Word (DOCX)" in done
    assert "hx-get" not in done


def test_a_leader_of_the_host_sees_where_the_pdfs_are(lien_son, go):
    leader = lien_son.people["leader"]
    for change, expected in [
        (lambda: None, "Chưa tạo"),
        (lambda: jobs.start_rendering(report=lien_son.report, by=leader, now=NOW), "Đang tạo"),
        (lambda: jobs.render.call(Rendering.objects.get().pk), "Tải PDF"),
        (lambda: RecordedResult.objects.update(entered_at=NOW.replace(hour=9)), "Đã sửa sau khi tạo"),
        (lambda: RecordedResult.objects.update(entered_at=NOW), "Tải PDF"),
        (
            lambda: write_report(
                report=lien_son.report,
                content=lien_son.settled(tasks="Mới"),
                seen=1,
                by=lien_son.officer,
                now=NOW,
            ),
            "Đã sửa sau khi tạo",
        ),
    ]:
        change()
        assert expected in shown(go(leader, "reports"))


def test_reports_are_found_by_unit_and_year(lien_son, go):
    leader = signed_in(lien_son.people["leader"])
    for query, is_found in [
        ("tim=lien+son&nam=2023", True),
        ("tim=XÃ+LIÊN", True),
        ("nam=2024", False),
        ("tim=khac", False),
        ("nam=abc&tim=%00&page=zz", True),
    ]:
        assert (
            "Tải" in (text := shown(leader.get(f"{reverse('reports')}?{query}"))) or "Chưa tạo" in text
        ) == is_found
        if not is_found:
            assert "Không có báo cáo nào như vậy" in text


def test_the_list_takes_as_many_queries_for_three_reports_as_for_one(lien_son, go):
    leader = lien_son.people["leader"]

    def queries() -> int:
        client = signed_in(leader)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            shown(client.get(reverse("reports")))
        return len(captured)

    printed(lien_son.report, lien_son.officer)
    one = queries()
    for year in (2021, 2022):
        record = RecordedResult.objects.create(
            unit=lien_son.unit,
            host=lien_son.host,
            year=year,
            max_total=100,
            entered_at=NOW,
            entered_by=leader,
        )
        report = remediation(record, lien_son.officer)
        jobs.start_rendering(report=report, by=lien_son.officer, now=NOW)
    assert queries() == one <= 15


def test_there_are_pages_of_many_reports(lien_son, go, monkeypatch):
    monkeypatch.setattr("reports.views.reading.PER_PAGE", 1)
    record = RecordedResult.objects.create(
        unit=lien_son.unit,
        host=lien_son.host,
        year=2022,
        max_total=100,
        entered_at=NOW,
        entered_by=lien_son.officer,
    )
    remediation(record, lien_son.officer)
    assert "Trang 1/2" in shown(go(lien_son.officer, "reports"))


# The document


def test_the_pdf_holds_every_figure_of_lien_son(lien_son, go):
    rendering = printed(lien_son.report, lien_son.officer)
    answer = go(lien_son.people["leader"], "report_pdf", report=lien_son.report.pk, rendering=rendering.pk)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="lien-son-2024-1.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert hashlib.sha256(answer.content).hexdigest() == rendering.sha256
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = unicodedata.normalize("NFC", " ".join(" ".join(page.extract_text() for page in pages).split()))
    names = dict(RecordedRow.objects.values_list("code", "name"))
    printed_rows = [row.split() for row in FIGURES.replace("|", "\n").strip().splitlines()]
    assert {code for code, *_ in printed_rows} == set(names)
    for code, *figures in printed_rows:
        line = " ".join([code, names[code], *(figure for figure in figures if figure != "-")])
        assert re.search(rf"(?<![\d.]){re.escape(line)}(?![\d,])", text), line


def test_the_docx_holds_the_same_and_is_saved_under_the_report_s_name(lien_son, go):
    rendering = printed(lien_son.report, lien_son.officer)
    where = {"report": lien_son.report.pk, "rendering": rendering.pk}
    answer = go(lien_son.people["leader"], "report_docx", **where)
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    assert answer["Content-Disposition"] == 'attachment; filename="lien-son-2024-1.docx"'
    assert answer["Cache-Control"] == "private, no-store"
    assert hashlib.sha256(answer.content).hexdigest() == rendering.docx_sha256
    assert "I. TỔ CHỨC TRIỂN KHAI VÀ KẾT QUẢ THỰC HIỆN" in word.lines(answer.content)


def test_a_document_from_before_there_was_docx_offers_its_pdf_alone(lien_son, go):
    rendering = printed(lien_son.report, lien_son.officer)
    Rendering.objects.update(docx=None, docx_sha256="", text_sha256="digest of the layout before")
    where = {"report": lien_son.report.pk, "rendering": rendering.pk}
    page = shown(go(lien_son.officer, "report", report=lien_son.report.pk))
    for text in (page, shown(go(lien_son.officer, "reports"))):
        assert reverse("report_pdf", kwargs=where) in text
        assert reverse("report_docx", kwargs=where) not in text
    assert "Tạo báo cáo PDF và Word" in page
    assert go(lien_son.officer, "report_docx", **where).status_code == 404


def test_a_published_result_is_reported_with_bonus_penalty_and_rebasing(write_up, go, published):
    text = shown(go(write_up.updated_by, "report", report=write_up.pk))
    for said in (
        "123/QĐ-UBND",
        "quy đổi về thang 20 điểm",
        "điểm thưởng 0,5 điểm và điểm trừ 0,5 điểm",
        "Phụ lục",
    ):
        assert said in text
    appendix = text[text.index("Phụ lục") :]
    for row in ("Điểm thưởng, điểm trừ (không nằm trong điểm tối đa)", ">T.1<", ">P<", ">-0,5<"):
        assert row in appendix


def test_older_documents_stay_within_reach(lien_son, go):
    first = printed(lien_son.report, lien_son.officer)
    write_report(
        report=lien_son.report, content=lien_son.settled(tasks="Mới"), seen=1, by=lien_son.officer, now=NOW
    )
    page = shown(go(lien_son.officer, "report", report=lien_son.report.pk))
    assert "Tạo báo cáo PDF" in page
    assert "Các bản trước (1)" in page
    for file in ("report_pdf", "report_docx"):
        assert reverse(file, kwargs={"report": lien_son.report.pk, "rendering": first.pk}) in page
    assert bytes(Rendering.objects.get(pk=first.pk).pdf) == bytes(first.pdf)


def test_a_result_that_lost_a_code_asks_for_its_text_to_be_moved(lien_son, go):
    RecordedRow.objects.filter(code="7.6").update(code="7.7")
    report = lien_son.report
    assert "không còn mã 7.6" in shown(go(lien_son.people["leader"], "report", report=report.pk))
    edit = shown(go(lien_son.officer, "report_edit", report=report.pk))
    assert "7.6 (không còn trong kết quả)" in edit
    assert "ngân hàng Agribank" in edit
    answer = signed_in(lien_son.officer).post(reverse("report_render", args=[report.pk]), follow=True)
    assert "Kết quả không có mã 7.6" in shown(answer)
    assert not Rendering.objects.exists()


def test_hostile_text_stays_text(lien_son, go):
    typed = '</textarea><script>alert(1)</script>{{ x }}<img src="http://x/">'
    content = lien_son.settled(organisation=typed)
    content["head"]["place"] = content["signature"]["name"] = typed
    write_report(report=lien_son.report, content=content, seen=1, by=lien_son.officer, now=NOW)
    RecordedRow.objects.filter(code="1.2").update(reason=typed, name=typed)
    for name in ("report", "report_edit"):
        text = shown(go(lien_son.officer, name, report=lien_son.report.pk))
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "&lt;script&gt;alert(1)" in text
    assert printed(lien_son.report, lien_son.officer).state == "done"


# Writing


def test_an_unchanged_save_is_no_new_version(lien_son, go):
    report = lien_son.report
    answer = go(lien_son.officer, "report_edit", as_posted(report), report=report.pk)
    assert answer.url == reverse("report", kwargs={"report": report.pk})
    after = lien_son.report
    assert (after.version, after.content) == (1, report.content)


def test_what_was_written_is_on_the_report(lien_son, go):
    report = lien_son.report
    data = as_posted(
        report, **{"difficulties": "Đường truyền còn yếu.", "remedies_by_code-1.2": "Đã gửi đủ báo cáo."}
    )
    assert go(lien_son.officer, "report_edit", data, report=report.pk).status_code == 302
    text = shown(go(lien_son.officer, "report", report=report.pk))
    assert "Đường truyền còn yếu." in text
    assert "Đã gửi đủ báo cáo." in text


def test_mistakes_are_told_and_what_was_typed_in_stays(lien_son, go):
    report = lien_son.report
    data = as_posted(report, place="", tasks="Việc đang gõ", **{"basis-1-issuer": "Chính phủ"})
    text = shown(go(lien_son.officer, "report_edit", data, report=report.pk), 422)
    assert "Chưa lưu được" in text
    assert "Việc đang gõ" in text
    assert "để trống cả văn bản này" in text
    assert 'Cần sửa: <a href="#id_place">' in text
    assert lien_son.report.version == 1


@pytest.mark.parametrize("data", [{}, {"version": "x"}, {"version": "-1"}, {"basis-TOTAL_FORMS": "x"}])
def test_a_torn_form_is_told_and_stores_nothing(lien_son, go, data):
    report = lien_son.report
    sent = {**as_posted(report), **data} if data else {}
    answer = go(lien_son.officer, "report_edit", sent, report=report.pk)
    assert answer.status_code in {302, 422}
    assert lien_son.report.content == report.content


def test_of_two_tabs_the_later_one_sees_both_versions_and_then_decides(lien_son, go):
    report = lien_son.report
    mine = as_posted(report, difficulties="Của tôi", **{"request-number": "830/UBND"})
    theirs = as_posted(report, difficulties="Của người kia")
    second = lien_son.people["second officer"]
    assert go(second, "report_edit", theirs, report=report.pk).status_code == 302
    answer = go(lien_son.officer, "report_edit", mine, report=report.pk)
    text = shown(answer, 409)
    for said in (
        "Của tôi",
        "Của người kia",
        "Bản đã lưu",
        second.full_name,
        "830/UBND",
        "Công văn số 829/UBND-NV",
    ):
        assert said in text
    assert text.count('class="saved-text"') == 1
    assert lien_son.report.content["narrative"]["difficulties"] == "Của người kia"

    again = {**mine, "version": str(answer.context["form"]["version"].value())}
    assert go(lien_son.officer, "report_edit", again, report=report.pk).status_code == 302
    assert lien_son.report.content["narrative"]["difficulties"] == "Của tôi"
    assert lien_son.report.version == 3


def begun_about(page: str) -> set[str]:
    """What the offered reports are about: a sheet can always be printed, a result only where there is one."""
    return set(re.findall(r"/bao-cao/lap/[a-z_]+/([a-z]+)/", page))


def test_a_unit_without_a_result_is_told(published, year, go):
    without = year.units[2]
    officer = year.officers[without.pk]
    assert begun_about(shown(go(officer, "report_start"))) == {"assessment"}
    where = start("result", without.assessments.get().results.get().pk)
    answer = go(officer, "report_new", {}, **where)
    assert answer.url == reverse("report_start")
    assert not Report.objects.exists()


def test_an_unpublished_result_has_no_address(year, go):
    year.play(0)
    officer = year.officers[year.units[0].pk]
    assert go(officer, "report_new", {}, **start("result", year.sheet().pk)).status_code == 404
    assert begun_about(shown(go(officer, "report_start"))) == {"assessment"}


def test_offers_are_chosen_by_kind_unit_and_year(lien_son, go):
    officer = lien_son.officer
    Report.objects.all().delete()
    link = reverse("report_new", kwargs=start("record", lien_son.record.pk))
    client = signed_in(officer)
    for query, is_found in [
        ("", True),
        ("loai=remediation_result&nam=2023", True),
        (f"don-vi={lien_son.unit.code}", True),
        ("nam=2022", False),
        ("loai=khac&don-vi=khac&nam=abc", True),
    ]:
        assert (link in shown(client.get(f"{reverse('report_start')}?{query}"))) == is_found, query


def recorded_in(lien_son, year: int, host=None) -> RecordedResult:
    record = RecordedResult.objects.create(
        unit=lien_son.unit,
        host=host or lien_son.host,
        year=year,
        max_total=100,
        declared_total=50,
        entered_at=NOW,
        entered_by=lien_son.officer,
    )
    area = {"code": "1", "name": "Chỉ đạo", "points": 5, "max_points": 10}
    RecordedRow.objects.create(result=record, position=1, **area)
    return record


def counted(user, name: str, **query: str) -> int:
    client = signed_in(user)
    with CaptureQueriesContext(connection) as captured:
        shown(client.get(reverse(name), query))
    return len(captured)


def test_pages_to_begin_a_report_take_as_many_queries_for_three_results_as_for_one(lien_son):
    recorded_in(lien_son, 2022)
    area = {"unit": lien_son.unit.code, "year": "2022"}
    one = counted(lien_son.officer, "report_start"), counted(lien_son.officer, "report_begin_area", **area)
    for _ in range(2):
        recorded_in(lien_son, 2022, host=UnitFactory())
    page = shown(signed_in(lien_son.officer).get(reverse("report_begin_area"), area))
    assert page.count("Điểm bị trừ của lĩnh vực") == 3
    assert one == (
        counted(lien_son.officer, "report_start"),
        counted(lien_son.officer, "report_begin_area", **area),
    )


def test_what_a_host_can_begin_takes_as_many_queries_for_three_sessions_as_for_one(year):
    def hold() -> None:
        convene(
            period=year.period,
            facts=SessionFacts(NOW, None, "Phòng họp", Decimal(1), "", (Member("chair", "Trần Thị Bình"),)),
            by=year.coordinator,
            now=year.now,
        )

    hold()
    one = counted(year.coordinator, "report_start")
    hold()
    hold()
    assert begun_about(shown(signed_in(year.coordinator).get(reverse("report_start")))) == {"session"}
    assert counted(year.coordinator, "report_start") == one


def test_who_works_for_no_unit_has_an_empty_list(lien_son, go):
    assert "Chưa có báo cáo" in shown(go(user_with(Role.OFFICER, UnitFactory()), "reports"))
