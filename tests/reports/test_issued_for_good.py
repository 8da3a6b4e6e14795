"""What was issued is not changed by anybody, also not with SQL; and what is changed on disk is named."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django_tasks_db.models import DBTaskResult

from assessments.append_only import unprotect
from reports import jobs
from reports.actions.rendering import request_again, store_rendering
from reports.actions.writing import write_report
from reports.models import Issue, Rendering, SignedCopy
from reports.queries.issues import editions_of
from tests.assessments.test_append_only import refused
from tests.processes import MANAGE, environment
from tests.reports.conftest import (
    NOW,
    add_lien_son,
    corrected,
    given_number,
    issued,
    made,
    printed,
    signed_copy,
    unnumbered,
)

pytestmark = pytest.mark.django_db

TABLES = {
    "reports_issue": ("reason = 'khác'", "report_id"),
    "reports_rendering": ("sha256 = 'khác'", "issue_id"),
    "reports_signedcopy": ("sha256 = 'khác'", "issue_id"),
}


@pytest.fixture
def issue(lien_son) -> Issue:
    """With a number, both files and a signed paper."""
    issue = issued(unnumbered(lien_son), lien_son.officer)
    given_number(issue, lien_son.officer)
    for rendering in issue.renderings.order_by("ordinal"):
        content = str(rendering).encode()
        store_rendering(rendering_id=rendering.pk, pdf=b"%PDF" + content, docx=b"PK" + content, now=NOW)
    signed_copy(issue, lien_son.officer)
    return issue


def whole() -> list[object]:
    kept = Rendering.objects.exclude(issue=None)
    return [list(rows.order_by("pk").values()) for rows in (Issue.objects, kept, SignedCopy.objects)]


@pytest.mark.parametrize("table", TABLES)
def test_no_sql_changes_or_removes_it(issue, table):
    change, owner = TABLES[table]
    before = whole()
    connection.check_constraints()  # PostgreSQL truncates no table that still waits for its foreign keys
    ways = [f"UPDATE {table} SET {change}", f"DELETE FROM {table}", f"UPDATE {table} SET {owner} = NULL"]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            columns = [c.name for c in connection.introspection.get_table_description(cursor, table)]
        listed = ", ".join(f'"{name}"' for name in columns if name != "id")
        ways += [
            f"REPLACE INTO {table} (id, {listed}) SELECT id, {listed} FROM {table}",
            # Another row with the same key, before which the old one would go.
            f"REPLACE INTO {table} ({listed}) SELECT {listed} FROM {table}",
        ]
    else:
        ways += [f"TRUNCATE {table} CASCADE"]
    for sql in ways:
        refused(sql)
    assert whole() == before


def test_nor_does_the_orm(issue):
    for row in (issue, issue.renderings.get(ordinal=0), issue.signed_copies.get()):
        for attempt in (row.save, row.delete, type(row).objects.all().delete):
            with pytest.raises(IntegrityError), transaction.atomic():
                attempt()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite replaces what an update collides with")
def test_nothing_that_is_being_made_takes_the_place_of_what_is_made(issue, lien_son):
    waiting = given_number(issue, lien_son.officer, "8", reason="Nhầm sổ")
    done = issue.renderings.get(ordinal=1)
    for collision in (f"id = {done.pk}", f"ordinal = {done.ordinal}"):
        refused(f"UPDATE OR REPLACE reports_rendering SET {collision} WHERE id = {waiting.pk}")


def test_drafts_still_come_and_go(issue, lien_son):
    rendering = printed(lien_son.report, lien_son.officer)
    Rendering.objects.filter(pk=rendering.pk).update(
        state="failed", pdf=None, sha256="", docx=None, docx_sha256=""
    )
    assert Rendering.objects.filter(pk=rendering.pk).delete()[0] == 1


# Workers that die, and second ones


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_left_is_made_once_by_the_next(transactional_db):
    lien_son = add_lien_son()
    issue = issued(lien_son.report, lien_son.officer)
    DBTaskResult.objects.get().claim("worker-1")  # and then it was killed
    command = [*MANAGE, "worker", "--id", "worker-1", "--batch", "--interval", "0"]
    subprocess.run(command, env=environment(), check=True, capture_output=True, timeout=120)
    rendering = issue.renderings.get()
    first = (rendering.state, rendering.sha256, rendering.finished_at)
    assert first[0] == "done"
    assert not store_rendering(rendering_id=rendering.pk, pdf=b"other", docx=b"other", now=NOW)
    jobs.render.call(rendering.pk)  # given to a second worker as well
    rendering.refresh_from_db()
    assert (rendering.state, rendering.sha256, rendering.finished_at) == first
    call_command("verify_documents", all=True, verbosity=0)


def test_one_that_dies_between_making_and_storing_leaves_nothing_half_done(lien_son, monkeypatch):
    class Killed(BaseException):
        pass

    def die(**made):
        raise Killed

    issue = issued(lien_son.report, lien_son.officer)
    rendering = issue.renderings.get()
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "store_rendering", die)
        with pytest.raises(Killed):
            jobs.render.call(rendering.pk)
    rendering.refresh_from_db()
    assert (rendering.state, rendering.pdf, rendering.docx) == ("queued", None, None)
    assert made(rendering)[0].state == "done"


def test_files_that_could_not_be_made_are_asked_for_again(lien_son, monkeypatch):
    def fail(document, *, tagged):
        raise MemoryError

    issue = issued(lien_son.report, lien_son.officer)
    rendering = issue.renderings.get()
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "render_pdf", fail)
        with pytest.raises(MemoryError):
            jobs.render.call(rendering.pk)
    [edition] = editions_of(lien_son.report, now=NOW)
    assert edition.current.state == "failed"
    leader = lien_son.people["unit leader"]
    for _ in range(2):
        rendering.refresh_from_db()
        request_again(rendering=rendering, enqueue=jobs.enqueue, by=leader, now=NOW)
    assert DBTaskResult.objects.count() == 2
    [again] = made(rendering)
    assert (again.state, again.requested_by) == ("done", lien_son.officer)


# manage.py verify_documents


def tampered(sql: str) -> None:
    unprotect(connection.alias)
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_everything_agrees(issue, lien_son, capsys):
    printed(lien_son.report, lien_son.officer)
    corrected(lien_son)
    call_command("verify_documents", all=True)
    call_command("verify_documents", "lien-son-2024")
    assert capsys.readouterr().out.split("\n") == [
        "lien-son-2024: khớp",
        "In hàng loạt: khớp",
        "Mẫu Word: khớp",
        "lien-son-2024: khớp",
        "",
    ]


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("UPDATE reports_issue SET data = replace(data, 'Liên', 'Lien')", "Dữ liệu của lần ban hành 1"),
        ("UPDATE reports_issue SET data = 'x'", "không đọc được"),
        ("UPDATE reports_rendering SET pdf = docx WHERE ordinal = 1", "Tệp PDF của lần ban hành 1, số 7"),
        ("UPDATE reports_rendering SET docx_sha256 = 'x' WHERE ordinal = 0", "Tệp Word của lần ban hành 1"),
        ("UPDATE reports_signedcopy SET sha256 = 'x'", "Bản đã ký 1 của lần ban hành 1"),
    ],
)
def test_what_was_changed_in_the_database_is_named(issue, sql, named, capsys):
    tampered(sql)
    with pytest.raises(CommandError, match="không khớp") as failed:
        call_command("verify_documents", all=True)
    assert failed.value.returncode == 1
    assert named in capsys.readouterr().out


def test_what_was_changed_on_disk_is_named(issue, capsys):
    stored = Path(issue.signed_copies.get().file.path)
    for change, named in ((lambda: stored.write_bytes(b"x"), "không đúng"), (stored.unlink, "không còn tệp")):
        change()
        with pytest.raises(CommandError):
            call_command("verify_documents", all=True)
        assert named in capsys.readouterr().out


def test_an_unknown_code_is_told(lien_son):
    with pytest.raises(CommandError, match="No report"):
        call_command("verify_documents", "khong-co")


def test_an_operator_writes_what_was_issued_whatever_became_of_the_draft(lien_son, tmp_path):
    pdf, docx = tmp_path / "bao-cao.pdf", tmp_path / "bao-cao.docx"
    with pytest.raises(CommandError, match="not issued"):
        call_command("render_document", "lien-son-2024", pdf=pdf, issued=True)
    issue = issued(unnumbered(lien_son), lien_son.officer)
    stored = made(issue.renderings.get())[-1]
    write_report(
        report=lien_son.report,
        content=lien_son.settled(closing="Lời khác."),
        seen=lien_son.report.version,
        by=lien_son.officer,
        now=NOW,
    )
    call_command("render_document", "lien-son-2024", pdf=pdf, docx=docx, issued=True, verbosity=0)
    assert (pdf.read_bytes(), docx.read_bytes()) == (bytes(stored.pdf), bytes(stored.docx))
    call_command("render_document", "lien-son-2024", pdf=pdf, verbosity=0)
    assert pdf.read_bytes() != bytes(stored.pdf)


# Backups


@pytest.mark.django_db(transaction=True)
def test_a_backup_holds_issues_and_signed_papers_and_what_they_forbid(transactional_db, tmp_path):
    lien_son = add_lien_son()
    issue = issued(unnumbered(lien_son), lien_son.officer)
    made(issue.renderings.get())
    stored = Path(signed_copy(issue, lien_son.officer).file.path)
    before, archive = whole(), tmp_path / "saved.tar"
    call_command("backup", archive, verbosity=0)
    stored.unlink()
    corrected(lien_son)
    call_command("restore", archive, force=True, verbosity=0)
    assert whole() == before
    call_command("verify_documents", all=True, verbosity=0)
    refused("UPDATE reports_issue SET reason = 'khác'")
    stored.write_bytes(b"x")
    with pytest.raises(CommandError, match=stored.name):
        call_command("backup", tmp_path / "second.tar", verbosity=0)
