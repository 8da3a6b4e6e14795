"""What is issued is what was seen, once, and stays; number and signature come after it and change nothing."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django_tasks_db.models import DBTaskResult

from assessments.models import Event, RecordedRow
from assessments.workflow import Refusal
from reports.actions.issuing import Unseen
from reports.actions.writing import Changed, create_report, write_report
from reports.document import load, plain_text
from reports.docx import render_docx
from reports.kinds import Name
from reports.models import Issue, Rendering, Report, SignedCopy
from reports.pdf import render_pdf
from reports.queries.issues import editions_of
from reports.queries.issuing import draft_of
from reports.queries.reports import document_of, reports
from reports.queries.subjects import subject_of
from tests.assessments.test_concurrency import at_once
from tests.reports import word
from tests.reports.conftest import (
    NOW,
    add_lien_son,
    corrected,
    given_number,
    issued,
    made,
    signed_copy,
    unnumbered,
)
from tests.worlds import PDF

pytestmark = pytest.mark.django_db

NOT_WRITERS = ("unit leader", "neighbour", "coordinator", "leader", "appraiser", "administrator")


@pytest.fixture
def issue(lien_son) -> Issue:
    return issued(unnumbered(lien_son), lien_son.officer)


# What is stored


def test_the_whole_document_is_stored_with_its_digest_and_an_event(lien_son):
    report = unnumbered(lien_son)
    issue = issued(report, lien_son.officer)
    assert (issue.ordinal, issue.reason, issue.report_version) == (1, "", report.version)
    assert issue.data_sha256 == hashlib.sha256(issue.data.encode()).hexdigest()
    assert load(issue.data) == document_of(report)
    event = Event.objects.get(action="issue_report")
    assert event.by == lien_son.officer
    assert event.after["data_sha256"] == issue.data_sha256
    assert event.after["warnings"] == [problem.text for problem in draft_of(report, now=NOW).warnings] != []


def test_what_is_issued_keeps_its_end_mark(lien_son, issue, settings):
    settings.DOCUMENT_END_MARK = ""
    assert document_of(lien_son.report).end_mark == ""
    assert Issue.objects.get().document.end_mark == "./."
    [rendering] = made(issue.renderings.get())
    assert "./." in "".join(word.lines(bytes(rendering.docx)))


def test_what_is_issued_stays_whatever_becomes_of_the_report(lien_son, issue):
    before = plain_text(issue.document)
    write_report(
        report=lien_son.report,
        content=lien_son.settled(tasks="Đã sửa"),
        seen=lien_son.report.version,
        by=lien_son.officer,
        now=NOW,
    )
    RecordedRow.objects.filter(result=lien_son.record, code="1.2").update(reason="Lý do đã sửa")
    [rendering] = made(issue.renderings.get())
    assert rendering.state == "done"
    assert plain_text(Issue.objects.get().document) == before
    assert bytes(rendering.pdf) == render_pdf(issue.document, tagged=True)
    assert rendering.sha256 == hashlib.sha256(rendering.pdf).hexdigest()
    assert rendering.docx_sha256 == hashlib.sha256(rendering.docx).hexdigest()


# Who, and having seen what


@pytest.mark.parametrize("who", NOT_WRITERS)
def test_only_who_writes_the_report_issues_numbers_and_signs_it(lien_son, issue, who):
    person = lien_son.people[who]
    for act in (
        lambda: issued(lien_son.report, person),
        lambda: given_number(issue, person),
        lambda: signed_copy(issue, person),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert (Issue.objects.count(), Rendering.objects.count(), SignedCopy.objects.count()) == (1, 1, 0)


def test_who_was_dismissed_does_nothing(lien_son, issue):
    lien_son.officer.is_active = False
    for act in (
        lambda: issued(lien_son.report, lien_son.officer),
        lambda: given_number(issue, lien_son.officer),
        lambda: signed_copy(issue, lien_son.officer),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_what_must_be_mended_is_not_issued(lien_son):
    content = lien_son.report.content
    unsigned = {**content, "signature": {**content["signature"], "name": ""}}
    write_report(report=lien_son.report, content=unsigned, seen=1, by=lien_son.officer, now=NOW)
    with pytest.raises(Refusal, match="Chưa ghi họ tên người ký"):
        issued(lien_son.report, lien_son.officer)
    assert not Issue.objects.exists()


def test_a_paper_dated_ahead_is_not_issued(lien_son):
    early = NOW.replace(year=2024, month=5, day=3)
    with pytest.raises(Refusal, match="sau hôm nay"):
        issued(lien_son.report, lien_son.officer, now=early)
    assert issued(lien_son.report, lien_son.officer, now=early + timedelta(days=1)).number == "44"


def test_warnings_are_seen_first(lien_son):
    with pytest.raises(Refusal, match="Đã xem các điểm nêu trên"):
        issued(lien_son.report, lien_son.officer, has_seen_warnings=False)
    assert not Issue.objects.exists()


def test_who_looked_at_an_older_version_is_told(lien_son):
    content = lien_son.settled(tasks="Đã sửa")
    write_report(
        report=lien_son.report, content=content, seen=1, by=lien_son.people["second officer"], now=NOW
    )
    with pytest.raises(Changed, match=lien_son.people["second officer"].full_name):
        issued(lien_son.report, lien_son.officer, seen=1)
    assert not Issue.objects.exists()


def test_figures_that_changed_since_the_page_was_loaded_are_seen_first(lien_son):
    seen = draft_of(lien_son.report, now=NOW).fingerprint
    RecordedRow.objects.filter(result=lien_son.record, code="1.2").update(reason="Lý do đã sửa")
    with pytest.raises(Unseen, match="đã thay đổi sau khi bạn mở trang"):
        issued(lien_son.report, lien_son.officer, fingerprint=seen)
    assert not Issue.objects.exists()


def test_the_fingerprint_is_of_the_problems_too(lien_son):
    draft = draft_of(lien_son.report, now=NOW)
    assert draft.problems
    assert replace(draft, problems=draft.problems[1:]).fingerprint != draft.fingerprint


# Once


def test_a_second_click_issues_nothing_more(lien_son, issue):
    again = issued(lien_son.report, lien_son.people["second officer"], reason="Bấm nhầm")
    assert again.pk == issue.pk
    assert (Issue.objects.count(), Rendering.objects.count(), DBTaskResult.objects.count()) == (1, 1, 1)
    assert Event.objects.filter(action="issue_report").count() == 1


@pytest.mark.django_db(transaction=True)
def test_several_at_once_issue_and_number_once(transactional_db):
    lien_son = add_lien_son()
    report = unnumbered(lien_son)
    answers = at_once(*[lambda: issued(report, lien_son.officer)] * 4)
    assert len({answer.pk for answer in answers}) == 1, answers
    issue = Issue.objects.get()
    answers = at_once(*[lambda: given_number(issue, lien_son.officer)] * 4)
    assert len({answer.pk for answer in answers}) == 1, answers
    assert DBTaskResult.objects.count() == Rendering.objects.count() == 2


def test_nothing_is_kept_where_the_queue_refuses(lien_son):
    def refuse(pk):
        raise ConnectionError

    with pytest.raises(ConnectionError), transaction.atomic():
        issued(lien_son.report, lien_son.officer, enqueue=refuse)
    assert not Issue.objects.exists()
    assert not Rendering.objects.exists()


# Corrections


def test_a_correction_says_why_and_the_old_one_stays(lien_son, issue):
    content = lien_son.settled(tasks="Đã sửa")
    seen = lien_son.report.version
    write_report(report=lien_son.report, content=content, seen=seen, by=lien_son.officer, now=NOW)
    with pytest.raises(Refusal, match="lý do đính chính"):
        issued(lien_son.report, lien_son.officer)
    second = issued(lien_son.report, lien_son.officer, reason="  Ghi sai\0 nhiệm vụ ")
    assert (second.ordinal, second.reason) == (2, "Ghi sai nhiệm vụ")
    assert Event.objects.filter(action="issue_report").latest("pk").reason == "Ghi sai nhiệm vụ"
    newest, oldest = editions_of(lien_son.report, now=NOW)
    assert (newest.replaced_by, oldest.replaced_by) == (None, 2)
    assert "Đã sửa" not in plain_text(Issue.objects.get(ordinal=1).document)


def test_a_correction_that_still_bears_the_old_number_is_pointed_out(lien_son):
    issued(lien_son.report, lien_son.officer)
    usual = len(draft_of(lien_son.report, now=NOW).problems)
    content, seen = lien_son.settled(tasks="Đã sửa"), lien_son.report.version
    write_report(report=lien_son.report, content=content, seen=seen, by=lien_son.officer, now=NOW)
    problems = draft_of(lien_son.report, now=NOW).problems
    assert len(problems) == usual + 1
    assert "còn ghi số 44/BC-UBND" in problems[-1].text
    assert problems[-1].at == "number"
    unnumbered(lien_son)
    assert len(draft_of(lien_son.report, now=NOW).problems) == usual


def test_a_reason_has_an_end(lien_son, issue):
    with pytest.raises(Refusal, match="quá dài"):
        corrected_with(lien_son, "x" * 501)


def corrected_with(lien_son, reason):
    report = lien_son.report
    content = lien_son.settled(tasks="Đã sửa")
    write_report(report=report, content=content, seen=report.version, by=lien_son.officer, now=NOW)
    return issued(lien_son.report, lien_son.officer, reason=reason)


# Number and date


def test_a_numbered_copy_differs_by_number_and_date_alone(lien_son, issue):
    numbered = given_number(issue, lien_son.officer, "007")
    [plain, copy] = made(issue.renderings.get(ordinal=0), numbered)
    assert (copy.number, copy.issued_on, copy.ordinal) == ("7", NOW.date(), 1)
    without, with_number = (
        plain_text(replace(issue.document, head=replace(issue.document.head, number=number, issued_on=day)))
        for number, day in (("", None), ("7", NOW.date()))
    )
    pairs = list(zip(without.split("\n"), with_number.split("\n"), strict=True))
    differing = {after for before, after in pairs if before != after}
    given = "07/BC-UBND ngày 09 tháng 3 năm 2026"
    assert differing == {
        "Số: 07/BC-UBND",
        "Liên Sơn, ngày 09 tháng 3 năm 2026",
        f"(Kèm theo Báo cáo số {given} của Ủy ban nhân dân xã Liên Sơn)",
    }
    head = replace(issue.document.head, number="7", issued_on=NOW.date())
    assert bytes(copy.pdf) == render_pdf(replace(issue.document, head=head), tagged=True)
    assert copy.sha256 != plain.sha256
    assert Issue.objects.get().number == ""


@pytest.mark.parametrize("number", ["", "0", "-1", "1.5", "44/BC", "100000", "٤٤", "1" * 30, "²"])
def test_what_is_no_number_is_refused(lien_son, issue, number):
    with pytest.raises(Refusal, match="số nguyên"):
        given_number(issue, lien_son.officer, number)


@pytest.mark.parametrize("day", [None, NOW.date() + timedelta(days=1), NOW.date() - timedelta(days=1)])
def test_a_paper_is_dated_from_its_issuing_until_today(lien_son, issue, day):
    with pytest.raises(Refusal, match="gày ban hành"):
        given_number(issue, lien_son.officer, issued_on=day)


def test_a_day_between_issuing_and_today_is_good(lien_son, issue):
    later = {"now": NOW + timedelta(days=3), "issued_on": NOW.date() + timedelta(days=2)}
    assert given_number(issue, lien_son.officer, **later).issued_on == date(2026, 3, 11)


def test_the_same_number_again_is_the_same_copy_and_another_needs_a_reason(lien_son, issue):
    first = given_number(issue, lien_son.officer)
    assert given_number(issue, lien_son.people["second officer"], "07").pk == first.pk
    with pytest.raises(Refusal, match="Đã có số 07/BC-UBND"):
        given_number(issue, lien_son.officer, "8")
    second = given_number(issue, lien_son.officer, "8", reason="Ghi nhầm sổ")
    assert (second.ordinal, second.reason) == (2, "Ghi nhầm sổ")
    event = Event.objects.filter(action="number_report").latest("pk")
    assert (event.before["number"], event.after["number"], event.reason) == ("7", "8", "Ghi nhầm sổ")
    [edition] = editions_of(lien_son.report, now=NOW)
    assert edition.given.reference == "08/BC-UBND"
    assert len(edition.copies) == 3


def test_a_number_that_was_written_before_counts(lien_son):
    issue = issued(lien_son.report, lien_son.officer)
    [edition] = editions_of(lien_son.report, now=NOW)
    assert (edition.given.reference, edition.given.issued_on) == ("44/BC-UBND", date(2024, 5, 4))
    with pytest.raises(Refusal, match="Đã có số"):
        given_number(issue, lien_son.officer, "45", issued_on=date(2024, 5, 4))
    changed = given_number(issue, lien_son.officer, "45", issued_on=date(2024, 5, 4), reason="Nhầm sổ")
    assert changed.issued_on == date(2024, 5, 4)


def second_report(lien_son) -> Report:
    """Another one of the same unit, with a signer and the same symbol."""
    about = subject_of(lien_son.record)
    made = create_report(kind=Name.DEDUCTION_REVIEW, about=about, by=lien_son.officer, now=NOW)
    content = {**made.content, "signature": {**made.content["signature"], "name": "Dương Văn Phong"}}
    write_report(report=made, content=content, seen=1, by=lien_son.officer, now=NOW)
    return reports().get(pk=made.pk)


def twice(report: Report, **head: str) -> list[str]:
    """What is said of its number, typed into its head."""
    content = {**report.content, "head": {**report.content["head"], **head}}
    typed = replace_content(report, content)
    return [one.text for one in draft_of(typed, now=NOW).warnings if "báo cáo khác" in one.text]


def replace_content(report: Report, content: dict) -> Report:
    Report.objects.filter(pk=report.pk).update(content=content)
    return reports().get(pk=report.pk)


def test_a_number_that_another_report_of_the_unit_has_is_pointed_out(lien_son, issue):
    other = second_report(lien_son)
    given_number(issue, lien_son.officer, "52")
    [words] = twice(other, number="52")
    assert words.startswith("Số 52/BC-UBND năm 2026 đã có ở báo cáo khác: Kết quả khắc phục")
    assert twice(other, number="53") == []
    assert twice(other, number="52", symbol="BC-VP") == []
    assert twice(other, number="52", issued_on="2025-03-09") == []
    assert twice(lien_son.report, number="52") == []


def test_a_number_that_was_given_by_mistake_is_free_again(lien_son, issue):
    other = second_report(lien_son)
    given_number(issue, lien_son.officer, "52")
    given_number(issue, lien_son.officer, "53", reason="Ghi nhầm sổ")
    assert twice(other, number="52") == []
    assert len(twice(other, number="53")) == 1


def test_a_cited_document_of_after_today_is_pointed_out_in_an_undated_report(lien_son):
    report = unnumbered(lien_son)
    tomorrow = (NOW + timedelta(days=1)).date().isoformat()

    def said(day: str) -> list[str]:
        cited = replace_content(
            report, {**report.content, "request": {**report.content["request"], "issued_on": day}}
        )
        return [one.text for one in draft_of(cited, now=NOW).warnings if one.at == "request-issued_on"]

    assert said(NOW.date().isoformat()) == []
    assert said(tomorrow) == [
        "Công văn số 829/UBND-NV ghi ngày 10 tháng 3 năm 2026, sau hôm nay (ngày 09 tháng 3 năm 2026)."
    ]


def test_what_was_replaced_gets_no_number_any_more(lien_son, issue):
    corrected(lien_son)
    with pytest.raises(Refusal, match="thay bằng bản đính chính"):
        given_number(issue, lien_son.officer)


# The signed paper

JPG = b"\xff\xd8\xff\xc0\x00\x04\x00\x00\xff\xda\x00\x02\x00\xff\xd9"


def test_the_signed_paper_is_kept_with_its_digest(lien_son, issue):
    copy = signed_copy(issue, lien_son.officer)
    assert (copy.sha256, copy.size) == (hashlib.sha256(PDF).hexdigest(), len(PDF))
    assert copy.file.read() == PDF
    assert copy.file.name == f"bao-cao/{issue.pk}/{copy.sha256}"
    assert Event.objects.get(action="add_signed_copy").after["sha256"] == copy.sha256


def test_the_same_paper_again_is_kept_once_and_another_says_why(lien_son, issue):
    first = signed_copy(issue, lien_son.officer)
    assert signed_copy(issue, lien_son.officer).pk == first.pk
    with pytest.raises(Refusal, match="lý do thay"):
        signed_copy(issue, lien_son.officer, JPG)
    second = signed_copy(issue, lien_son.officer, JPG, reason="Quét thiếu trang")
    third = signed_copy(issue, lien_son.officer, reason="Bản trước mới đúng")
    assert [second.media_type, third.ordinal, third.file.read()] == ["image/jpeg", 3, PDF]
    assert first.file.read() == PDF


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "rỗng"),
        (b"<script>alert(1)</script>", "không thuộc loại"),
        (b"%PDF-1.7 nua chung", "bị hỏng"),
        (PDF + b" " * (20 * 1024 * 1024), "lớn hơn 20 MB"),
        (b"PK\x03\x04", "Chỉ nhận PDF và ảnh JPG, PNG"),
    ],
)
def test_what_is_no_signed_paper_is_refused_and_leaves_no_file(lien_son, issue, settings, content, words):
    with pytest.raises(Refusal, match=words):
        signed_copy(issue, lien_son.officer, content)
    assert not SignedCopy.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_a_word_file_is_not_signed(lien_son, issue):
    with pytest.raises(Refusal, match="Chỉ nhận PDF và ảnh JPG, PNG"):
        signed_copy(issue, lien_son.officer, render_docx(issue.document))


def test_the_database_knows_what_an_issue_is(lien_son, issue):
    stored = Issue.objects.values().get()
    for wrong in ({"ordinal": 2}, {"ordinal": 0}, {"data": "", "ordinal": 2, "reason": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Issue.objects.create(**{**stored, "id": None, **wrong})
    rendering = {"report": lien_son.report, "report_version": 1, "requested_at": NOW}
    rendering |= {"requested_by": lien_son.officer, "issue": issue}
    for wrong in (
        {},
        {"ordinal": 0},
        {"ordinal": 1},
        {"ordinal": 1, "number": "7"},
        {"issue": None, "number": "7"},
        {
            "ordinal": 1, "number": "7", "issued_on": NOW.date(), "state": "done", "finished_at": NOW,
            "pdf": b"x", "sha256": "x",
        },
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Rendering.objects.create(**{**rendering, **wrong})
    assert Rendering.objects.count() == 1
