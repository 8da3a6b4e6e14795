"""Documents of a whole cohort: what is printed for whom, once, whatever happens meanwhile."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import tempfile
import time
import tracemalloc
import zipfile

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Membership, Role
from assessments.actions.returning import return_sheet
from assessments.models import Event
from assessments.workflow import Refusal
from criteria.actions import load_set
from criteria.schema import read_set
from reports import jobs
from reports.actions.batches import STOPPED, stop_batch
from reports.actions.issuing import issue_report
from reports.actions.writing import create_report, write_report
from reports.kinds import KINDS, Name
from reports.models import Batch, BatchItem, Rendering, Report
from reports.queries import words
from reports.queries.batches import failures_of, kinds_in_bulk, progress_of
from reports.queries.drafts import unwritten_report
from reports.queries.issuing import draft_of
from reports.queries.parcels import write_parcel
from reports.queries.reports import digest, document_of, reports
from reports.queries.subjects import subject_of
from tests.assessments.conftest import SMALL, Year, make_year
from tests.assessments.test_concurrency import at_once
from tests.factories import ProvinceFactory, user_with
from tests.processes import MANAGE, environment
from tests.reports.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(request, monkeypatch):
    """Short files, told apart by what they print; `real` for the two renderers themselves."""
    if "real" not in request.fixturenames:
        monkeypatch.setattr(jobs, "render_pdf", quick_pdf)
        monkeypatch.setattr(words, "render_docx", lambda document: b"PK" + digest(document).encode())


@pytest.fixture
def real():
    """Documents as the worker makes them."""


def quick_pdf(document, *, tagged):
    return b"%PDF" + digest(document).encode()


def start(year: Year, kind: Name = Name.SCORE_SHEET, by=None) -> Batch:
    return jobs.start_batch(kind=kind, cohort=year.cohort, by=by or year.coordinator, now=NOW)


def work(limit: int | None = None) -> None:
    """What a worker does, in this process."""
    for task in DBTaskResult.objects.ready()[:limit]:
        task.claim("worker-1")
        try:
            task.set_successful(task.task.call(*task.args_kwargs["args"]))
        except Exception as error:
            task.set_failed(error)


def counted(batch: Batch) -> tuple[int, int, int]:
    progress = progress_of(batch)
    return progress.done, progress.failed, progress.waiting


def reasons(batch: Batch) -> list[str]:
    return [item.why for item in failures_of(batch)]


def write_for(year: Year, place: int, kind: Name = Name.SELF_ASSESSMENT) -> Report:
    sheet = year.sheet(place)
    return create_report(kind=kind, about=subject_of(sheet), by=year.officers[sheet.unit_id], now=NOW)


def unpacked(batch: Batch) -> tuple[dict[str, bytes], list[tuple[str | None, ...]]]:
    """The files of the zip, and the rows of its list."""
    target = io.BytesIO()
    write_parcel(batch, target)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    sheet = openpyxl.load_workbook(io.BytesIO(files.pop("danh-sach.xlsx"))).active
    return files, [row[1:] for row in sheet.iter_rows(min_row=2, values_only=True)]


# What is printed


def test_kinds_of_one_unit_are_printed_in_bulk_and_those_of_the_host_are_not():
    assert {kind.name for kind in kinds_in_bulk()} >= {
        Name.SCORE_SHEET, Name.SELF_ASSESSMENT, Name.DEDUCTION_REVIEW, Name.INDEX_RESULT, Name.REMEDIATION_RESULT,
    }  # fmt: skip
    assert not {kind.name for kind in kinds_in_bulk()} & {Name.RANKING_ANNEX, Name.MINUTES}


def test_a_sheet_is_printed_for_every_unit_and_no_report_is_begun_in_its_name(year, real):
    year.submit(0)
    batch = start(year)
    assert counted(batch) == (0, 0, 3)
    work()
    assert counted(batch) == (3, 0, 0)
    assert not Report.objects.exists()
    files, rows = unpacked(batch)
    assert len(files) == 6
    for unit, row in zip(year.units, rows, strict=True):
        code, name, what, pdf, pdf_digest, docx, docx_digest, why = row
        assert what == "Phiếu hiện có"
        assert (code, name, why) == (unit.code, unit.name, "")
        assert pdf == f"{unit.code}-phieu-diem.pdf"
        assert hashlib.sha256(files[pdf]).hexdigest() == pdf_digest
        assert hashlib.sha256(files[docx]).hexdigest() == docx_digest
        assert files[pdf].startswith(b"%PDF")
        assert files[docx].startswith(b"PK")


def test_a_sheet_nobody_wrote_on_has_the_head_of_a_first_draft(year):
    unit = year.units[0]
    unit.name = "Ủy ban nhân dân phường Vĩnh Tuy Đông"
    unit.save()
    report = unwritten_report(KINDS[Name.SCORE_SHEET], year.sheet())
    written = write_for(year, 0, Name.SCORE_SHEET)
    assert report.content == written.content
    assert document_of(report).head.issuer_lines == ("ỦY BAN NHÂN DÂN", "PHƯỜNG VĨNH TUY ĐÔNG")


def test_a_unit_that_wrote_on_its_sheet_gets_what_it_wrote(year):
    written = write_for(year, 1, Name.SCORE_SHEET)
    batch = start(year)
    work()
    renderings = [item.rendering for item in batch.items.order_by("pk")]
    assert [rendering and rendering.report for rendering in renderings] == [None, written, None]
    assert Report.objects.count() == Rendering.objects.count() == 1


def test_where_the_unit_has_the_word_only_its_own_report_is_printed(year):
    for place in (0, 1):
        year.submit(place)
    write_for(year, 0)
    batch = start(year, Name.SELF_ASSESSMENT)
    # What can't be made is told at once, before any worker looks at it.
    assert reasons(batch) == ["Đơn vị chưa lập báo cáo này.", "Đơn vị chưa gửi phiếu tự chấm điểm."]
    assert DBTaskResult.objects.count() == 1
    work()
    assert counted(batch) == (1, 2, 0)
    assert Report.objects.count() == 1
    files, rows = unpacked(batch)
    assert len(files) == 2
    assert [row[7] for row in rows] == [
        "",
        "Đơn vị chưa lập báo cáo này.",
        "Đơn vị chưa gửi phiếu tự chấm điểm.",
    ]


def test_results_are_reported_on_once_they_are_published(year, published):
    write = {"about": subject_of(published), "by": year.officers[year.units[0].pk], "now": NOW}
    for kind in (Name.DEDUCTION_REVIEW, Name.INDEX_RESULT, Name.REMEDIATION_RESULT):
        report = create_report(kind=kind, **write)
        batch = start(year, kind)
        work()
        assert [item.rendering and item.rendering.report for item in batch.items.order_by("pk")] == [
            report,
            None,
            None,
        ]
        assert reasons(batch) == [
            "Đơn vị chưa lập báo cáo này.",
            "Đơn vị không có kết quả để báo cáo: Chưa gửi phiếu tự chấm điểm.",
        ]


def test_nothing_is_begun_where_no_unit_could_have_such_a_document(preparing_year):
    year = preparing_year
    with pytest.raises(Refusal, match="chưa mở"):
        start(year)
    year.open()
    with pytest.raises(Refusal, match="chưa được công bố"):
        start(year, Name.INDEX_RESULT)
    with pytest.raises(Refusal, match="không in hàng loạt"):
        start(year, Name.MINUTES)
    assert not Batch.objects.exists()


def test_a_document_that_the_unit_made_already_is_not_made_again(year, monkeypatch):
    year.submit(0)
    report = write_for(year, 0)
    made = jobs.start_rendering(report=report, by=report.updated_by, now=NOW)
    work()
    monkeypatch.setattr(jobs, "render_pdf", lambda document, *, tagged: pytest.fail("made again"))
    batch = start(year, Name.SELF_ASSESSMENT)
    work()
    assert batch.items.get(state="done").rendering_id == made.pk
    assert Rendering.objects.count() == 1


def test_what_was_issued_is_printed_and_not_the_draft_after_it(year):
    year.submit(0)
    written = write_for(year, 0)
    content = {**written.content, "signature": {**written.content["signature"], "name": "Lê Văn An"}}
    act = {"by": written.updated_by, "now": NOW}
    write_report(report=written, content=content, seen=1, **act)
    report = reports().get(pk=written.pk)
    issue = issue_report(
        report=report,
        seen=2,
        fingerprint=draft_of(report, now=NOW).fingerprint,
        has_seen_warnings=True,
        enqueue=lambda pk: "",  # lost: the batch makes it
        **act,
    )
    later = {**content, "narrative": {**content["narrative"], "closing": "Viết thêm sau khi ban hành."}}
    write_report(report=report, content=later, seen=2, **act)
    batch = start(year, Name.SELF_ASSESSMENT)
    work()
    made = batch.items.get(state="done").rendering
    assert (made.issue, made.state) == (issue, "done")
    assert Rendering.objects.count() == 1
    _, rows = unpacked(batch)
    assert [row[2] for row in rows] == ["Đã ban hành", "", ""]


def test_what_changes_while_it_waits_is_looked_at_when_its_turn_comes(year):
    year.submit(0)
    write_for(year, 0)
    batch = start(year, Name.SELF_ASSESSMENT)
    return_sheet(assessment=year.sheet(0), reason="Thiếu", by=year.coordinator, now=year.now)
    work()
    assert reasons(batch)[0] == "Đơn vị chưa gửi phiếu tự chấm điểm."


# Who


def test_only_the_coordinator_of_the_host_runs_a_batch(year):
    elsewhere = user_with(Role.COORDINATOR, ProvinceFactory())
    gone = user_with(Role.COORDINATOR, year.host)
    gone.is_active = False
    batch = start(year)
    for person in (year.leader, year.appraiser, year.officers[year.units[0].pk], elsewhere, gone):
        act = {"by": person, "now": NOW}
        with pytest.raises(PermissionDenied):
            start(year, by=person)
        with pytest.raises(PermissionDenied):
            stop_batch(batch=batch, **act)
        with pytest.raises(PermissionDenied):
            jobs.retry_batch(batch=batch, **act)
    assert counted(batch) == (0, 0, 3)


@pytest.mark.parametrize("kind", [Name.SCORE_SHEET, Name.SELF_ASSESSMENT])
def test_nothing_is_printed_for_somebody_who_lost_his_role_meanwhile(year, kind):
    year.submit(0)
    write_for(year, 0)
    batch = start(year, kind)
    Membership.objects.filter(user=year.coordinator).delete()
    work()
    assert batch.items.filter(state="done").count() == 0
    assert reasons(batch)[0] == "Người yêu cầu không còn được đọc báo cáo của đơn vị này."


# Twice


def test_asking_again_returns_the_batch_that_is_under_way(year):
    batch = start(year)
    assert start(year).pk == batch.pk
    assert DBTaskResult.objects.count() == 3
    assert Event.objects.filter(action="start_batch").count() == 1
    work()
    assert start(year).pk != batch.pk


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_batch(transactional_db):
    year = make_year(load_set(read_set(SMALL)))
    year.open()
    answers = at_once(*[lambda: start(year)] * 4)
    assert len({answer.pk for answer in answers}) == 1, answers
    assert (Batch.objects.count(), BatchItem.objects.count(), DBTaskResult.objects.count()) == (1, 3, 3)


def test_batches_of_different_kinds_run_beside_each_other(year):
    year.submit(0)
    write_for(year, 0)
    sheets, written = start(year), start(year, Name.SELF_ASSESSMENT)
    work()
    assert (counted(sheets), counted(written)) == ((3, 0, 0), (1, 2, 0))


def test_a_task_that_two_workers_were_given_stores_its_document_once(year):
    batch = start(year)
    item = batch.items.order_by("pk").first()
    jobs.print_item.call(item.pk)
    first = batch.items.get(pk=item.pk)
    jobs.print_item.call(item.pk)
    again = batch.items.get(pk=item.pk)
    assert (again.finished_at, again.sha256) == (first.finished_at, first.sha256)


def test_a_worker_that_comes_second_keeps_what_the_first_one_stored(year, monkeypatch):
    batch = start(year)
    item = batch.items.order_by("pk").first()

    def slow(document, *, tagged):
        monkeypatch.setattr(jobs, "render_pdf", quick_pdf)
        jobs.print_item.call(item.pk)
        return b"%PDF later"

    monkeypatch.setattr(jobs, "render_pdf", slow)
    jobs.print_item.call(item.pk)
    item.refresh_from_db()
    assert bytes(item.pdf) != b"%PDF later"
    assert item.sha256 == hashlib.sha256(bytes(item.pdf)).hexdigest()


def test_one_person_does_not_wait_for_a_province(year):
    year.submit(0)
    report = write_for(year, 0)
    start(year)
    jobs.start_rendering(report=report, by=report.updated_by, now=NOW)
    assert DBTaskResult.objects.ready().first().task_path.endswith(".render")


# What fails


def test_a_failure_is_told_and_tried_again(year, monkeypatch):
    broken = year.units[1].name

    def fail(document, *, tagged):
        if broken in str(document):
            raise MemoryError
        return quick_pdf(document, tagged=tagged)

    monkeypatch.setattr(jobs, "render_pdf", fail)
    batch = start(year)
    work()
    assert counted(batch) == (2, 1, 0)
    assert DBTaskResult.objects.filter(status="FAILED").count() == 1
    assert reasons(batch)[0].startswith("Không tạo được tệp")
    monkeypatch.setattr(jobs, "render_pdf", quick_pdf)
    assert jobs.retry_batch(batch=batch, by=year.coordinator, now=NOW) == 1
    with pytest.raises(Refusal, match="đang chạy"):
        jobs.retry_batch(batch=batch, by=year.coordinator, now=NOW)
    work()
    assert counted(batch) == (3, 0, 0)


def test_a_failed_report_is_made_again_and_one_that_fails_beside_it_is_not_called_done(year, monkeypatch):
    year.submit(0)
    write_for(year, 0)
    batch = start(year, Name.SELF_ASSESSMENT)

    def failing_elsewhere(document, *, tagged):
        Rendering.objects.update(state="failed", finished_at=NOW)
        return quick_pdf(document, tagged=tagged)

    monkeypatch.setattr(jobs, "render_pdf", failing_elsewhere)
    work()
    assert counted(batch) == (0, 3, 0)
    monkeypatch.setattr(jobs, "render_pdf", quick_pdf)
    assert jobs.retry_batch(batch=batch, by=year.coordinator, now=NOW) == 1
    work()
    assert counted(batch) == (1, 2, 0)
    assert Rendering.objects.get().state == "done"


def test_what_still_waits_can_be_stopped_and_taken_up_again(year):
    batch = start(year)
    work(limit=1)
    assert stop_batch(batch=batch, by=year.coordinator, now=NOW) == 2
    assert stop_batch(batch=batch, by=year.coordinator, now=NOW) == 0
    work()
    assert counted(batch) == (1, 2, 0)
    assert reasons(batch) == [STOPPED] * 2
    assert jobs.retry_batch(batch=batch, by=year.coordinator, now=NOW) == 2
    work()
    assert counted(batch) == (3, 0, 0)
    recorded = Event.objects.filter(action__endswith="_batch").order_by("pk").values_list("action", "after")
    assert [(deed, after.get("documents"), after.get("stopped")) for deed, after in recorded] == [
        ("start_batch", 3, None),
        ("stop_batch", None, 2),
        ("retry_batch", 2, None),
    ]


def test_two_batches_for_the_same_documents_do_not_run_at_once(year):
    old = start(year)
    stop_batch(batch=old, by=year.coordinator, now=NOW)
    start(year)
    with pytest.raises(Refusal, match="lượt in khác"):
        jobs.retry_batch(batch=old, by=year.coordinator, now=NOW)


def test_tasks_that_are_gone_are_noticed_and_asked_for_again(year):
    batch = start(year)
    DBTaskResult.objects.update(status="FAILED")  # they took their worker down too often
    progress = progress_of(batch)
    assert (progress.lost, progress.waiting, progress.to_retry) == (3, 0, 3)
    assert jobs.retry_batch(batch=batch, by=year.coordinator, now=NOW) == 3
    DBTaskResult.objects.all().delete()  # a restore of the queue
    assert progress_of(batch).lost == 3


def test_an_item_is_what_it_says_in_the_database_too(year):
    item = start(year).items.order_by("pk").first()
    done = {
        "state": "done",
        "finished_at": NOW,
        "pdf": b"%PDF",
        "sha256": "a",
        "docx": b"PK",
        "docx_sha256": "b",
    }
    wrong = [
        {"state": "done", "finished_at": NOW},
        {**done, "docx": None},
        {**done, "finished_at": None},
        {**done, "state": "queued", "finished_at": None},
        {"state": "failed", "finished_at": NOW},
        {"state": "failed", "why": "Hỏng"},
        {"why": "Hỏng"},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            BatchItem.objects.filter(pk=item.pk).update(**values)
    BatchItem.objects.filter(pk=item.pk).update(**done)


# The zip


def test_the_zip_is_the_same_each_time_and_safe_to_unpack(year):
    awkward = year.units[0]
    awkward.code = "Xã/Đường: 1"
    awkward.save()
    batch = start(year)
    work()
    first, second = io.BytesIO(), io.BytesIO()
    write_parcel(batch, first)
    write_parcel(batch, second)
    assert first.getvalue() == second.getvalue()
    with zipfile.ZipFile(first) as archive:
        assert archive.namelist()[0] == "Xã Đường 1-phieu-diem.pdf"
        local = timezone.localtime(batch.items.latest("finished_at").finished_at)
        assert abs(archive.getinfo("danh-sach.xlsx").date_time[4] - local.minute) == 0


def test_names_that_become_alike_are_told_apart(year):
    for unit, code in zip(year.units, ("A:1", "a/1", "b"), strict=True):
        unit.code = code
        unit.save()
    batch = start(year)
    work()
    files, rows = unpacked(batch)
    assert len({name.casefold() for name in files}) == 6
    assert {name for row in rows for name in (row[3], row[5])} == set(files)


def test_the_zip_of_a_province_never_lies_in_memory(year):
    year = make_year(load_set(read_set(SMALL.replace("code: nho", "code: nhieu"))), 24)
    year.open()
    batch = start(year)
    megabyte = {"pdf": bytes(2**20), "sha256": "a" * 64, "docx": b"PK", "docx_sha256": "b" * 64}
    batch.items.update(state="done", finished_at=NOW, **megabyte)
    tracemalloc.start()
    try:
        with tempfile.TemporaryFile() as target:
            write_parcel(batch, target)
            size = target.tell()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 24 * 2**20
    assert peak < 14 * 2**20


# kill -9


def worker(name: str) -> subprocess.Popen:
    """As `manage.py serve` starts it, but that it ends with the queue."""
    command = [*MANAGE, "worker", "--id", name, "--batch", "--interval", "0", "--verbosity", "0"]
    return subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL)


def kill_at_work(process: subprocess.Popen, name: str, seconds: float = 60) -> None:
    """With SIGKILL, in the middle of a document."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(0.02)
        process.send_signal(signal.SIGSTOP)
        if any(task.worker_ids[-1:] == [name] for task in DBTaskResult.objects.running()):
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            return
        process.send_signal(signal.SIGCONT)
    pytest.fail(f"{name} never had anything to do")


@pytest.mark.django_db(transaction=True)
def test_killed_workers_leave_every_document_stored_once(transactional_db):
    year = make_year(load_set(read_set(SMALL)), 6)
    year.open()
    for place in range(6):
        write_for(year, place, Name.SCORE_SHEET)
    batch = start(year)
    first, second = worker("worker-1"), worker("worker-2")
    kill_at_work(first, "worker-1")
    second.wait(60)
    assert counted(batch) == (5, 0, 1)  # the dead worker's document waits for its successor
    assert worker("worker-1").wait(60) == 0

    assert counted(batch) == (6, 0, 0)
    assert Rendering.objects.count() == 6
    assert {rendering.state for rendering in Rendering.objects.all()} == {"done"}
    assert {task.status for task in DBTaskResult.objects.all()} == {"SUCCESSFUL"}
    assert sorted(len(task.worker_ids) for task in DBTaskResult.objects.all()) == [1] * 5 + [2]
    files, rows = unpacked(batch)
    assert len(files) == 12
    assert all(hashlib.sha256(files[row[3]]).hexdigest() == row[4] for row in rows)


def test_what_was_printed_without_a_report_is_verified(year, capsys):
    batch = start(year)
    work()
    assert batch.items.filter(state="done", rendering=None).exists()
    call_command("verify_documents", all=True)
    assert "In hàng loạt: khớp\n" in capsys.readouterr().out
    batch.items.filter(state="done").update(docx=b"PK khac")
    with pytest.raises(CommandError):
        call_command("verify_documents", all=True)
    assert f"Tệp Word của {batch}" in capsys.readouterr().out
