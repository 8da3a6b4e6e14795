"""Who writes reports when, what is stored of it, and what is refused."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from assessments.models import Event, RecordedRow, Result
from assessments.workflow import Refusal
from criteria.schema import SetErrors
from reports.actions.rendering import fail_rendering, request_rendering, store_rendering
from reports.actions.writing import Changed, _code, load_report, write_report
from reports.kinds import KINDS, Name
from reports.models import Rendering, Report
from reports.queries.reports import reports
from reports.queries.subjects import Subject, subject_of
from tests.factories import UnitFactory, user_with
from tests.reports.conftest import NOW, remediation, text_of

pytestmark = pytest.mark.django_db


def write(lien_son, content, *, seen=1, by=None):
    return write_report(
        report=lien_son.report,
        content=content,
        seen=seen,
        by=by or lien_son.officer,
        now=NOW + timedelta(hours=1),
    )


def ask(lien_son, by=None):
    """Nobody does the work."""
    asked = []
    rendering = request_rendering(
        report=lien_son.report,
        enqueue=lambda pk: asked.append(pk) or "",
        by=by or lien_son.officer,
        now=NOW,
    )
    return rendering, asked


# Creating


def test_the_loaded_report_has_its_code_its_words_and_an_event(lien_son):
    report = lien_son.report
    assert (report.record, report.result, report.unit, report.version) == (
        lien_son.record,
        None,
        lien_son.unit,
        1,
    )
    assert report.content["head"]["number"] == "44"
    event = Event.objects.get(action="create_report")
    assert event.by == lien_son.officer
    assert event.after["content"]["narrative"] == report.content["narrative"]


def test_loading_again_changes_nothing(lien_son):
    write(lien_son, lien_son.settled(tasks="Sửa"))
    text = text_of("reports", "lien-son-2024")
    load_report(text=text, code="khac", about=subject_of(lien_son.record), by=lien_son.officer, now=NOW)
    assert lien_son.report.content["narrative"]["tasks"] == "Sửa"
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        ('    "7.6":', '    "7.66":', Refusal, "không có mã 7.66"),
        ("place:", "plase:", SetErrors, "head.plase"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_and_leaves_nothing(lien_son, old, new, error, words):
    Report.objects.all().delete()
    text = text_of("reports", "lien-son-2024").replace(old, new, 1)
    with pytest.raises(error, match=words):
        load_report(text=text, code="x", about=subject_of(lien_son.record), by=lien_son.officer, now=NOW)
    assert not Report.objects.exists()


@pytest.mark.parametrize("who", ["unit leader", "neighbour", "coordinator", "leader", "administrator"])
def test_only_the_units_officer_creates_and_writes(lien_son, who):
    person = lien_son.people[who]
    with pytest.raises(PermissionDenied):
        remediation(lien_son.record, person)
    with pytest.raises(PermissionDenied):
        write(lien_son, lien_son.settled(tasks="Lạ"), by=person)


def test_who_was_dismissed_writes_and_asks_for_nothing(lien_son):
    lien_son.officer.is_active = False
    for act in (
        lambda: remediation(lien_son.record, lien_son.officer),
        lambda: write(lien_son, lien_son.settled(tasks="Lạ")),
        lambda: ask(lien_son),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_a_first_draft_can_be_printed_as_it_is(published, year):
    officer = year.officers[year.units[0].pk]
    first = remediation(published, officer)
    assert first.code == f"{year.units[0].code.lower()}-2026-khac-phuc-kq{published.pk}"
    assert first.content["head"]["issuer"] == ["Ủy ban nhân dân", year.units[0].short_name]
    assert remediation(published, officer).pk == first.pk
    assert Event.objects.get(action="create_report").assessment == published.assessment


def test_a_unit_without_a_result_has_nothing_to_report_on(published, year):
    without = Result.objects.get(assessment__unit=year.units[2])
    with pytest.raises(Refusal, match="Chưa gửi phiếu"):
        remediation(without, year.officers[year.units[2].pk])


def test_codes_of_a_result_and_a_record_never_meet(lien_son, published, year):
    record = lien_son.record
    record.unit, record.year = year.units[0], 2026
    codes = {remediation(about, year.officers[year.units[0].pk]).code for about in (published,)}
    Report.objects.filter(record=record).delete()
    codes.add(remediation(record, year.officers[year.units[0].pk]).code)
    assert len(codes) == 2


def test_codes_are_cut_to_their_column_and_still_differ():
    units = [UnitFactory(code="x" * 39 + last) for last in "ab"]
    kind = KINDS[Name.AREA_RECTIFICATION]
    codes = {_code(kind, Subject(unit, 2019, area_code=area * 30)) for unit in units for area in "12"}
    assert len(codes) == 4
    assert {len(code) for code in codes} == {80}


# Writing


def test_each_save_is_a_version_with_what_it_changed_in_its_event(lien_son):
    before = lien_son.report.content["narrative"]["tasks"]
    saved = write(lien_son, lien_son.settled(tasks="Mới"))
    assert (saved.version, saved.updated_by) == (2, lien_son.officer)
    event = Event.objects.get(action="write_report")
    assert event.before == {"content": {}, "texts": {"tasks": {"line": 0, "lines": before.split("\n")}}}
    assert event.after == {
        "report": saved.code,
        "version": 2,
        "content": {},
        "texts": {"tasks": {"line": 0, "lines": ["Mới"]}},
    }
    assert [version.event for version in saved.versions.filter(version=2)] == [event]


def test_a_save_keeps_only_the_lines_that_it_changed(lien_son):
    text = "\n".join(f"Dòng thứ {place} của phần này." for place in range(1000))
    write(lien_son, lien_son.settled(tasks=text))
    write(lien_son, lien_son.settled(tasks=text.replace("thứ 500", "thứ năm trăm")), seen=2)
    event = Event.objects.filter(action="write_report").first()
    assert len(json.dumps([event.before, event.after], ensure_ascii=False)) < 400


def test_an_unchanged_save_is_no_version_whoever_saved_since(lien_son):
    write(lien_son, lien_son.settled(tasks="Mới"))
    assert write(lien_son, lien_son.settled(tasks="Mới"), seen=1).version == 2


def test_the_later_of_two_tabs_is_told_and_overwrites_nothing(lien_son):
    write(lien_son, lien_son.settled(tasks="Một"))
    with pytest.raises(Changed, match="Chưa có gì bị ghi đè") as told:
        write(lien_son, lien_son.settled(tasks="Hai"), by=lien_son.people["second officer"])
    assert told.value.saved.content["narrative"]["tasks"] == "Một"
    assert lien_son.report.content["narrative"]["tasks"] == "Một"
    assert write(lien_son, lien_son.settled(tasks="Hai"), seen=2).version == 3


def test_a_text_for_an_unknown_code_is_refused_unless_it_stood_there_before(lien_son):
    content = lien_son.report.content
    new = {**content["narrative"], "remedies_by_code": {"9.9": "Lạ"}}
    with pytest.raises(Refusal, match=r"không có mã 9\.9"):
        write(lien_son, {**content, "narrative": new})
    RecordedRow.objects.filter(result=lien_son.record, code="7.6").update(code="7.7")
    assert write(lien_son, lien_son.settled(tasks="Vẫn lưu được")).version == 2


def test_what_is_no_content_is_refused_in_words(lien_son):
    with pytest.raises(Refusal, match="không đúng mẫu"):
        write(lien_son, {"head": {}})


# Documents


def test_a_document_is_asked_for_once(lien_son):
    first, asked = ask(lien_son)
    assert asked == [first.pk]
    store_rendering(rendering_id=first.pk, pdf=b"%PDF", docx=b"PK", now=NOW)
    again, asked = ask(lien_son, by=lien_son.people["leader"])
    assert (again.pk, asked, again.requested_by) == (first.pk, [], lien_son.officer)
    assert Event.objects.filter(action="request_document").count() == 1


@pytest.mark.parametrize(
    "who", ["neighbour", "neighbour's leader", "other host", "appraiser", "administrator"]
)
def test_nobody_asks_for_a_document_he_may_not_see(lien_son, who):
    with pytest.raises(PermissionDenied):
        ask(lien_son, by=lien_son.people[who])
    assert not Rendering.objects.exists()


def test_a_failed_one_and_a_vanished_one_are_made_again(lien_son):
    first, _ = ask(lien_son)
    again, asked = ask(lien_son)  # no task works on it
    assert (again.pk, asked) == (first.pk, [first.pk])
    fail_rendering(rendering_id=first.pk, now=NOW)
    again, asked = ask(lien_son, by=lien_son.people["leader"])
    assert (again.pk, asked, again.state) == (first.pk, [first.pk], "queued")
    again.refresh_from_db()
    assert (again.finished_at, again.requested_by) == (None, lien_son.people["leader"])


def test_nothing_is_kept_where_the_queue_refuses(lien_son):
    def refuse(pk):
        raise ConnectionError

    with pytest.raises(ConnectionError), transaction.atomic():
        request_rendering(report=lien_son.report, enqueue=refuse, by=lien_son.officer, now=NOW)
    assert not Rendering.objects.exists()


def test_a_new_version_and_a_corrected_result_are_new_documents(lien_son):
    first, _ = ask(lien_son)
    write(lien_son, lien_son.settled(tasks="Mới"))
    second, _ = ask(lien_son)
    RecordedRow.objects.filter(result=lien_son.record, code="1.2").update(reason="Lý do đã sửa")
    third, _ = ask(lien_son)
    assert len({first.pk, second.pk, third.pk}) == 3
    assert (second.report_version, third.report_version) == (2, 2)


def test_a_finished_document_never_changes(lien_son):
    rendering, _ = ask(lien_son)
    assert store_rendering(rendering_id=rendering.pk, pdf=b"first", docx=b"first", now=NOW)
    assert not store_rendering(rendering_id=rendering.pk, pdf=b"second", docx=b"second", now=NOW)
    fail_rendering(rendering_id=rendering.pk, now=NOW)
    rendering.refresh_from_db()
    assert (bytes(rendering.pdf), bytes(rendering.docx), rendering.state) == (b"first", b"first", "done")


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "done", "finished_at": NOW, "sha256": "x"},
        {"state": "done", "finished_at": NOW, "pdf": b"x"},
        {"state": "queued", "pdf": b"x", "sha256": "x"},
        {"state": "queued", "docx": b"x", "docx_sha256": "x"},
        {"state": "done", "finished_at": NOW, "pdf": b"x", "sha256": "x", "docx": b"x"},
        {"state": "done", "finished_at": NOW, "pdf": b"x", "sha256": "x", "docx_sha256": "x"},
        {"state": "queued", "finished_at": NOW},
        {"state": "failed"},
    ],
)
def test_the_database_knows_what_done_means(lien_son, wrong):
    values = {
        "report": lien_son.report,
        "report_version": 1,
        "requested_at": NOW,
        "requested_by": lien_son.officer,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Rendering.objects.create(**values, **wrong)


def test_a_report_is_about_exactly_one_result(lien_son, published):
    values = {"kind": "remediation_result", "unit": lien_son.unit, "content": {}, "updated_at": NOW}
    values["updated_by"] = user_with("leader")
    for number, source in enumerate(({}, {"result": published, "record": lien_son.record})):
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.create(code=f"x{number}", **values, **source)
    assert reports().count() == 1
