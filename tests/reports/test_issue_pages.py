"""The pages on which a report is issued, numbered and signed, and those where it is read afterwards."""

from __future__ import annotations

import hashlib

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from assessments.models import RecordedRow
from reports.actions.rendering import fail_rendering, store_rendering
from reports.actions.writing import write_report
from reports.models import Issue, Rendering, SignedCopy
from tests.reports.conftest import (
    NOW,
    corrected,
    given_number,
    issued,
    printed,
    remediation,
    signed_copy,
    signed_in,
    unnumbered,
)
from tests.reports.test_issuing import second_report
from tests.reports.test_pages import shown
from tests.worlds import PDF

pytestmark = pytest.mark.django_db


def typed(answer, **changed: str) -> dict[str, str]:
    """What the browser sends back from the page where it is confirmed."""
    form = answer.context["form"]
    hidden = {field.name: str(field.value()) for field in form.hidden_fields()}
    return {**hidden, "has_seen_warnings": "on", "reason": "", **changed}


def rewritten(lien_son, words="Đã sửa", by=None):
    report = lien_son.report
    content, seen = lien_son.settled(tasks=words), report.version
    return write_report(report=report, content=content, seen=seen, by=by or lien_son.officer, now=NOW)


def finished(issue: Issue) -> None:
    """Cheaply: nobody looks into the files."""
    for rendering in issue.renderings.filter(state="queued"):
        store_rendering(rendering_id=rendering.pk, pdf=b"%PDF", docx=b"PK", now=NOW)


@pytest.fixture
def issue(lien_son) -> Issue:
    issue = issued(unnumbered(lien_son), lien_son.officer)
    finished(issue)
    return issue


# Issuing


def test_an_officer_issues_what_he_looked_at(lien_son, go):
    officer, pk = lien_son.officer, lien_son.report.pk
    page = shown(go(officer, "report", report=pk))
    assert "Báo cáo chưa ban hành" in page
    assert reverse("report_issue", kwargs={"report": pk}) in page
    asked = go(officer, "report_issue", report=pk)
    text = shown(asked)
    assert "Đã xem các điểm nêu trên" in text
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert f"{reverse('record', kwargs={'record': lien_son.record.pk})}#ma-7.6" in text
    answer = go(officer, "report_issue", typed(asked), report=pk)
    assert answer.url == reverse("report", kwargs={"report": pk})
    page = shown(go(officer, "report", report=pk))
    assert "Nội dung đang soạn chính là bản đang có hiệu lực" in page
    assert "Đang tạo tệp PDF và Word" in page
    again = go(officer, "report_issue", typed(asked), report=pk)  # a second click
    assert again.status_code == 302
    assert (Issue.objects.count(), DBTaskResult.objects.count()) == (1, 1)
    assert "đã được ban hành ở lần 1" in shown(go(officer, "report_issue", report=pk))


def test_without_the_tick_nothing_is_issued(lien_son, go):
    pk = lien_son.report.pk
    data = typed(go(lien_son.officer, "report_issue", report=pk))
    del data["has_seen_warnings"]
    text = shown(go(lien_son.officer, "report_issue", data, report=pk), 422)
    assert "đánh dấu “Đã xem các điểm nêu trên”" in text
    assert not Issue.objects.exists()


def test_of_two_tabs_the_later_one_sees_what_was_saved_and_then_decides(lien_son, go):
    pk, other = lien_son.report.pk, lien_son.people["second officer"]
    asked = go(lien_son.officer, "report_issue", report=pk)
    rewritten(lien_son, "Việc người kia ghi", by=other)
    answer = go(lien_son.officer, "report_issue", typed(asked), report=pk)
    text = shown(answer, 409)
    assert other.full_name in text
    assert "Việc người kia ghi" in text
    assert "checked" not in text
    assert not Issue.objects.exists()
    assert go(lien_son.officer, "report_issue", typed(answer), report=pk).status_code == 302
    assert "Việc người kia ghi" in Issue.objects.get().data


def test_figures_corrected_in_the_meantime_are_seen_first(lien_son, go):
    pk = lien_son.report.pk
    asked = go(lien_son.officer, "report_issue", report=pk)
    RecordedRow.objects.filter(result=lien_son.record, code="1.2").update(reason="Lý do đã sửa")
    answer = go(lien_son.officer, "report_issue", typed(asked), report=pk)
    assert "đã thay đổi sau khi bạn mở trang" in shown(answer, 409)
    assert go(lien_son.officer, "report_issue", typed(answer), report=pk).status_code == 302


def test_what_must_be_mended_is_linked_and_cannot_be_confirmed(lien_son, go):
    content = lien_son.report.content
    unsigned = {**content, "signature": {**content["signature"], "name": ""}}
    write_report(report=lien_son.report, content=unsigned, seen=1, by=lien_son.officer, now=NOW)
    pk = lien_son.report.pk
    asked = go(lien_son.officer, "report_issue", report=pk)
    text = shown(asked)
    assert "Còn 1 điểm phải sửa" in text
    assert f"{reverse('report_edit', kwargs={'report': pk})}#id_signer" in text
    assert 'name="fingerprint"' not in text
    assert "Chưa ghi họ tên người ký" in shown(
        go(lien_son.officer, "report_issue", typed(asked), report=pk), 422
    )
    assert not Issue.objects.exists()


@pytest.mark.parametrize("data", [{}, {"version": "x"}, {"version": "1"}, {"fingerprint": "x" * 65}])
def test_a_torn_form_issues_nothing(lien_son, go, data):
    assert go(lien_son.officer, "report_issue", data, report=lien_son.report.pk).status_code == 422
    assert not Issue.objects.exists()


def test_a_report_that_lost_a_code_sends_back_to_where_it_is_mended(lien_son, go):
    RecordedRow.objects.filter(result=lien_son.record, code="7.6").update(code="7.7")
    pk = lien_son.report.pk
    assert go(lien_son.officer, "report_issue", report=pk).url == reverse("report", kwargs={"report": pk})
    assert reverse("report_issue", kwargs={"report": pk}) not in shown(
        go(lien_son.officer, "report", report=pk)
    )


# Corrections


def test_a_correction_asks_why_and_both_stay_readable(lien_son, go, issue):
    rewritten(lien_son)
    officer, pk = lien_son.officer, lien_son.report.pk
    page = shown(go(officer, "report", report=pk))
    assert "chỉ có giá trị khi được ban hành đính chính" in page
    asked = go(officer, "report_issue", report=pk)
    text = shown(go(officer, "report_issue", typed(asked), report=pk), 422)
    assert "hãy ghi lý do đính chính" in text
    assert " checked" in text  # what the tick is about hasn't changed
    answer = go(officer, "report_issue", typed(asked, reason="Ghi sai nhiệm vụ"), report=pk)
    assert answer.status_code == 302
    leader = lien_son.people["leader"]
    page = shown(go(leader, "report", report=pk))
    assert page.count("Đang có hiệu lực") == 1
    assert "Đã được thay" in page
    assert "Ghi sai nhiệm vụ" in page
    old, new = (shown(go(leader, "issue", report=pk, ordinal=ordinal)) for ordinal in (1, 2))
    assert "Bản này không còn hiệu lực" in old
    assert ("Đã sửa" in new, "Đã sửa" in old) == (True, False)


# Number and signature


def test_a_number_given_twice_is_given_and_pointed_out(lien_son, go, issue):
    officer, today = lien_son.officer, Issue.objects.get().issued_at.date().isoformat()
    other = second_report(lien_son)
    issued(other, officer)
    for report in (lien_son.report, other):
        where = {"report": report.pk, "ordinal": 1}
        answer = go(officer, "issue_number", {"number": "52", "issued_on": today}, **where)
        assert answer.status_code == 302
        told = [str(message) for message in get_messages(answer.wsgi_request)]
        assert len(told) == (1 if report == lien_son.report else 2)
    assert told[-1].startswith("Số 52/BC-UBND năm 2026 đã có ở báo cáo khác: Kết quả khắc phục")
    assert "Số: 52/BC-UBND" in shown(go(officer, "issue", **where))


def test_the_clerk_gives_a_number_and_the_list_says_so(lien_son, go, issue):
    officer, pk = lien_son.officer, lien_son.report.pk
    where = {"report": pk, "ordinal": 1}
    assert "Đã ban hành, chưa có số" in shown(go(officer, "reports"))
    assert "Cấp số, tải lên bản đã ký" in shown(go(officer, "report", report=pk))
    assert "Cấp số, tải lên bản đã ký" not in shown(go(lien_son.people["leader"], "report", report=pk))
    assert "Số: 07/BC-UBND" not in shown(go(officer, "issue", **where))
    text = shown(go(officer, "issue_number", {"number": "số 7", "issued_on": ""}, **where), 422)
    assert "số nguyên" in text
    assert 'value="số 7"' in text
    today = Issue.objects.get().issued_at.date()
    late = {"number": "7", "issued_on": "2100-01-01"}
    assert "Ngày ban hành phải" in shown(go(officer, "issue_number", late, **where), 422)
    sent = {"number": "7", "issued_on": today.isoformat()}
    for _ in range(2):  # a double click
        assert go(officer, "issue_number", sent, **where).status_code == 302
    page = shown(go(officer, "issue", **where))
    assert "Số: 07/BC-UBND" in page
    assert "Chưa có số" in page  # the copy before
    assert "Số: 07/BC-UBND" in shown(go(officer, "report", report=pk))
    assert "Đã ban hành số 07/BC-UBND" in shown(go(officer, "reports"))
    assert Rendering.objects.filter(ordinal__gt=0).count() == 1
    assert "hãy ghi lý do đổi số" in shown(go(officer, "issue_number", {**sent, "number": "8"}, **where), 422)


def test_files_bear_the_number_in_their_names(lien_son, go, issue):
    rendering = given_number(issue, lien_son.officer)
    where = {"report": lien_son.report.pk, "rendering": rendering.pk}
    assert go(lien_son.officer, "report_pdf", **where).status_code == 404
    status = shown(go(lien_son.officer, "report_status", **where))
    assert "hx-get" in status
    finished(issue)
    status = shown(go(lien_son.officer, "report_status", **where))
    assert hashlib.sha256(b"%PDF").hexdigest() in status
    answer = go(lien_son.people["unit leader"], "report_docx", **where)
    assert answer["Content-Disposition"] == 'attachment; filename="lien-son-2024-ban-hanh-1-so-7.docx"'
    assert answer["Cache-Control"] == "private, no-store"


def test_files_that_could_not_be_made_are_asked_for_on_the_page(lien_son, go):
    issue = issued(lien_son.report, lien_son.officer)
    rendering = issue.renderings.get()
    fail_rendering(rendering_id=rendering.pk, now=NOW)
    where = {"report": lien_son.report.pk, "rendering": rendering.pk}
    leader = lien_son.people["leader"]
    assert reverse("issue_again", kwargs=where) in shown(go(leader, "report", report=lien_son.report.pk))
    assert go(leader, "issue_again", {}, **where).status_code == 302
    rendering.refresh_from_db()
    assert rendering.state == "queued"
    assert "Tạo lại tệp" not in shown(go(leader, "report", report=lien_son.report.pk))
    DBTaskResult.objects.all().delete()
    assert "bị ngắt giữa chừng" in shown(go(leader, "issue", report=lien_son.report.pk, ordinal=1))


def upload(content=PDF, name="../../<b>đã ký</b>.exe"):
    return SimpleUploadedFile(name, content, "text/html")


def test_the_signed_paper_comes_back_as_it_went_under_a_name_of_ours(lien_son, go, issue):
    where = {"report": lien_son.report.pk, "ordinal": 1}
    assert go(lien_son.officer, "issue_sign", {"file": upload()}, **where).status_code == 302
    page = shown(go(lien_son.people["leader"], "issue", **where))
    assert "Xem bản đã ký" in page
    assert "&lt;b&gt;" not in page
    answer = go(lien_son.people["leader"], "issue_signed", signed=1, **where)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="lien-son-2024-ban-hanh-1-ban-ky-1.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert go(lien_son.people["neighbour"], "issue_signed", signed=1, **where).status_code == 403
    SignedCopy.objects.get().file.storage.delete(SignedCopy.objects.get().file.name)
    assert go(lien_son.officer, "issue_signed", signed=1, **where).status_code == 404


def test_what_is_no_signed_paper_is_told_at_its_field(lien_son, go, issue, settings):
    where = {"report": lien_son.report.pk, "ordinal": 1}
    assert "Hãy chọn tệp" in shown(go(lien_son.officer, "issue_sign", {}, **where), 422)
    text = shown(go(lien_son.officer, "issue_sign", {"file": upload(b"<html>")}, **where), 422)
    assert "Chỉ nhận PDF và ảnh JPG, PNG" in text
    settings.EVIDENCE_MAX_BYTES = len(PDF) - 1
    assert "lớn hơn" in shown(go(lien_son.officer, "issue_sign", {"file": upload()}, **where), 422)
    assert not SignedCopy.objects.exists()


def test_another_signed_paper_says_why_and_the_first_stays(lien_son, go, issue):
    signed_copy(issue, lien_son.officer)
    where = {"report": lien_son.report.pk, "ordinal": 1}
    other = PDF + b"\n"
    assert "hãy ghi lý do thay" in shown(
        go(lien_son.officer, "issue_sign", {"file": upload(other)}, **where), 422
    )
    sent = {"file": upload(other), "reason": "Quét thiếu trang"}
    assert go(lien_son.officer, "issue_sign", sent, **where).status_code == 302
    page = shown(go(lien_son.officer, "issue", **where))
    assert "Quét thiếu trang" in page
    for ordinal in (1, 2):
        assert reverse("issue_signed", kwargs={**where, "signed": ordinal}) in page


def test_the_token_is_asked_for_although_the_body_is_read_late(lien_son, issue):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lien_son.officer, "accounts.backends.MemberBackend")
    url = reverse("issue_sign", kwargs={"report": lien_son.report.pk, "ordinal": 1})
    assert client.post(url, {"file": upload()}).status_code == 403
    assert not SignedCopy.objects.exists()


# Who


@pytest.mark.parametrize("who", ["unit leader", "coordinator", "leader", "province"])
def test_readers_read_everything_and_are_offered_nothing_to_write(lien_son, go, issue, who):
    signed_copy(issue, lien_son.officer)
    person, where = lien_son.people[who], {"report": lien_son.report.pk, "ordinal": 1}
    page = shown(go(person, "issue", **where))
    assert "Cấp số" not in page
    assert "Tải lên" not in page
    assert reverse("issue_signed", kwargs={**where, "signed": 1}) in page
    for name, data in (("report_issue", {}), ("issue_number", {"number": "7"}), ("issue_sign", {})):
        keywords = {"report": where["report"]} if name == "report_issue" else where
        assert go(person, name, data, **keywords).status_code == 403
    assert (
        go(person, "report_pdf", report=where["report"], rendering=issue.renderings.get().pk).status_code
        == 200
    )


@pytest.mark.parametrize(
    "who", ["neighbour", "neighbour's leader", "appraiser", "other host", "administrator"]
)
def test_nobody_else_gets_near_it(lien_son, go, issue, who):
    person, where = lien_son.people[who], {"report": lien_son.report.pk, "ordinal": 1}
    rendering = {"report": where["report"], "rendering": issue.renderings.get().pk}
    assert go(person, "issue", **where).status_code == 403
    assert go(person, "report_issue", report=where["report"]).status_code == 403
    assert go(person, "issue_again", {}, **rendering).status_code == 403
    for name in ("report_pdf", "report_docx", "report_status"):
        assert go(person, name, **rendering).status_code == 403


def test_an_issue_is_only_reached_through_its_own_report(lien_son, go, issue, published, year):
    other = remediation(published, year.officers[year.units[0].pk])
    officer, rendering = other.updated_by, issue.renderings.get()
    assert go(officer, "issue", report=other.pk, ordinal=1).status_code == 404
    assert go(officer, "issue_number", {"number": "7"}, report=other.pk, ordinal=1).status_code == 404
    assert go(officer, "issue_sign", {}, report=other.pk, ordinal=1).status_code == 404
    assert go(officer, "issue_signed", report=other.pk, ordinal=1, signed=1).status_code == 404
    assert go(officer, "issue_again", {}, report=other.pk, rendering=rendering.pk).status_code == 404


def test_drafts_are_not_made_again_as_issues(lien_son, go):
    draft = printed(lien_son.report, lien_son.officer)
    where = {"report": lien_son.report.pk, "rendering": draft.pk}
    assert go(lien_son.officer, "issue_again", {}, **where).status_code == 404


# Queries


def counted(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        shown(client.get(url))
    return len(captured)


@pytest.mark.parametrize("name", ["report", "reports", "issue"])
def test_three_issues_take_as_many_queries_as_one(lien_son, issue, name):
    keywords = {
        "report": {"report": lien_son.report.pk},
        "issue": {"report": lien_son.report.pk, "ordinal": 1},
    }
    url = reverse(name, kwargs=keywords.get(name))
    client = signed_in(lien_son.people["leader"])
    given_number(issue, lien_son.officer)
    signed_copy(issue, lien_son.officer)
    rewritten(lien_son, "Đang sửa")
    one = counted(client, url)
    for words in ("hai", "ba"):
        latest = corrected(lien_son, words)
        given_number(latest, lien_son.officer)
        signed_copy(latest, lien_son.officer, PDF + words.encode() + b"\nstartxref\n9\n%%EOF\n")
    rewritten(lien_son, "Lại đang sửa")
    assert counted(client, url) == one


def test_the_data_of_issues_is_not_read_for_lists(lien_son, issue):
    client = signed_in(lien_son.officer)
    with CaptureQueriesContext(connection) as captured:
        shown(client.get(reverse("reports")))
    assert not [query["sql"] for query in captured if '"reports_issue"."data"' in query["sql"]]
