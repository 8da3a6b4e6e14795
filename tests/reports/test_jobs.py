"""Documents made in the background: once, of the words that were asked for, whatever happens to the worker."""

from __future__ import annotations

import hashlib
import io
import subprocess
import unicodedata
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django_tasks_db.models import DBTaskResult
from pypdf import PdfReader

from reports import jobs
from reports.actions.writing import write_report
from reports.docx import render_docx
from reports.models import Rendering
from reports.pdf import render_pdf
from reports.queries.printing import printing
from reports.queries.reports import document_of
from tests.assessments.test_concurrency import at_once
from tests.processes import MANAGE, environment
from tests.reports.conftest import NOW, add_lien_son, printed

pytestmark = pytest.mark.django_db


def start(lien_son, by=None):
    return jobs.start_rendering(report=lien_son.report, by=by or lien_son.officer, now=NOW)


def words(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(unicodedata.normalize("NFC", " ".join(page.extract_text() for page in pages)).split())


def test_the_document_is_stored_with_its_digest_and_is_the_same_each_time(lien_son):
    rendering = printed(lien_son.report, lien_son.officer)
    pdf = bytes(rendering.pdf)
    assert rendering.state == "done"
    assert rendering.sha256 == hashlib.sha256(pdf).hexdigest()
    assert pdf == render_pdf(document_of(lien_son.report), tagged=True)
    docx = bytes(rendering.docx)
    assert rendering.docx_sha256 == hashlib.sha256(docx).hexdigest()
    assert docx == render_docx(document_of(lien_son.report))


def test_a_document_from_before_there_was_docx_stays_and_another_can_be_made(lien_son):
    rendering = printed(lien_son.report, lien_son.officer)
    old = {"docx": None, "docx_sha256": "", "text_sha256": "digest of the layout before"}
    Rendering.objects.update(**old)
    made = printed(lien_son.report, lien_son.officer)
    assert made.pk != rendering.pk
    assert made.docx_sha256
    rendering.refresh_from_db()
    assert (rendering.state, rendering.docx) == ("done", None)


def test_the_queue_holds_one_task_for_a_document(lien_son):
    first = start(lien_son)
    assert start(lien_son, by=lien_son.people["leader"]).pk == first.pk
    assert str(DBTaskResult.objects.get().pk) == first.task_id
    jobs.render.call(first.pk)
    jobs.render.call(first.pk)  # given to a second worker as well
    assert start(lien_son).state == "done"
    assert DBTaskResult.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_document(transactional_db):
    lien_son = add_lien_son()
    report = lien_son.report
    ask = lambda: jobs.start_rendering(report=report, by=lien_son.officer, now=NOW)  # noqa: E731
    answers = at_once(*[ask] * 4)
    assert len({answer.pk for answer in answers}) == 1, answers
    assert DBTaskResult.objects.count() == Rendering.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_left_is_made_by_the_next(transactional_db):
    lien_son = add_lien_son()
    rendering = start(lien_son)
    DBTaskResult.objects.get().claim("worker-1")  # and then it was killed
    assert printing(rendering, now=NOW).state == "queued"
    command = [*MANAGE, "worker", "--id", "worker-1", "--batch", "--interval", "0"]
    subprocess.run(command, env=environment(), check=True, capture_output=True, timeout=120)
    rendering.refresh_from_db()
    assert rendering.state == "done"
    assert "Dương Văn Phong" in words(bytes(rendering.pdf))


def test_a_task_that_is_gone_is_asked_for_again(lien_son):
    first = start(lien_son)
    DBTaskResult.objects.update(status="FAILED")  # it took its worker down too often
    assert printing(first, now=NOW).state == "lost"
    again = start(lien_son)
    assert (again.pk, again.state) == (first.pk, "queued")
    assert again.task_id != first.task_id
    assert printing(again, now=NOW).state == "queued"
    DBTaskResult.objects.all().delete()  # the queue was emptied
    assert printing(again, now=NOW).state == "lost"


def test_one_that_takes_long_says_so(lien_son):
    rendering = start(lien_son)
    assert not printing(rendering, now=NOW + timedelta(seconds=30)).is_slow
    assert printing(rendering, now=NOW + timedelta(seconds=90)).is_slow


def test_words_that_were_changed_meanwhile_are_never_printed_under_the_old_version(lien_son):
    rendering = start(lien_son)
    content = lien_son.settled(tasks="Đã sửa trong lúc chờ")
    write_report(report=lien_son.report, content=content, seen=1, by=lien_son.officer, now=NOW)
    jobs.render.call(rendering.pk)
    rendering.refresh_from_db()
    assert (rendering.state, rendering.pdf) == ("failed", None)
    assert "Đã sửa trong lúc chờ" in words(bytes(printed(lien_son.report, lien_son.officer).pdf))


def test_what_is_edited_while_it_is_laid_out_stays_the_version_asked_for(lien_son, monkeypatch):
    def edit_meanwhile(document, *, tagged):
        content = lien_son.settled(tasks="Muộn")
        write_report(report=lien_son.report, content=content, seen=1, by=lien_son.officer, now=NOW)
        return render_pdf(document, tagged=tagged)

    monkeypatch.setattr(jobs, "render_pdf", edit_meanwhile)
    rendering = printed(lien_son.report, lien_son.officer)
    assert (rendering.state, rendering.report_version) == ("done", 1)
    assert "Muộn" not in words(bytes(rendering.pdf))


def test_a_failure_is_kept_and_shown_to_the_operator(lien_son, monkeypatch):
    def fail(document, *, tagged):
        raise MemoryError

    monkeypatch.setattr(jobs, "render_pdf", fail)
    rendering = start(lien_son)
    with pytest.raises(MemoryError):
        jobs.render.call(rendering.pk)
    rendering.refresh_from_db()
    assert rendering.state == "failed"


# manage.py render_document


def test_an_operator_writes_any_stored_report(lien_son, tmp_path):
    pdf, docx = tmp_path / "bao-cao.pdf", tmp_path / "bao-cao.docx"
    call_command("render_document", "lien-son-2024", pdf=pdf, docx=docx, verbosity=0)
    stored = printed(lien_son.report, lien_son.officer)
    assert (pdf.read_bytes(), docx.read_bytes()) == (bytes(stored.pdf), bytes(stored.docx))
    for file in (pdf, docx):
        file.unlink()
        call_command("render_document", "lien-son-2024", f"--{file.suffix[1:]}={file}")
        assert file.exists()


def test_an_unknown_code_and_an_unwritable_file_are_told(lien_son, tmp_path):
    with pytest.raises(CommandError, match=r"no report|No report.*lien-son-2024"):
        call_command("render_document", "khong-co", pdf=tmp_path / "x.pdf")
    with pytest.raises(CommandError, match="No such file"):
        call_command("render_document", "lien-son-2024", pdf=tmp_path / "khong" / "x.pdf")
    with pytest.raises(CommandError, match="Name a file"):
        call_command("render_document", "lien-son-2024")
