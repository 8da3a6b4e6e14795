"""Letters: to whom, what they say, and each at most once, whatever happens in between."""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command

from accounts.models import User
from assessments.actions.mailing import send_mail
from assessments.actions.notices import mark_read
from assessments.actions.reminding import tell_by_clock
from assessments.models import Notice
from assessments.queries.notices import unsent
from criteria.actions import load_set
from criteria.schema import read_set
from tests.assessments.conftest import DEADLINE, NOW, OPENS, SMALL, Year, make_year
from tests.assessments.test_concurrency import at_once
from tests.processes import MANAGE, environment

HERE = "tests.assessments.test_mailing."


def send(now: datetime = NOW) -> tuple[int, int]:
    mailed = send_mail(now=now, report=lambda line: None)
    return mailed.sent, mailed.failed


def told(year: Year, *users: User) -> None:
    """A notice for each of these people and nobody else."""
    Notice.objects.all().delete()
    for user in users:
        Notice.objects.create(
            user=user,
            period=year.period,
            key="thu",
            title="Phiếu chờ duyệt",
            text="Hãy duyệt.",
            address="/phieu/",
            created_at=NOW,
        )


def reachable(*users: User) -> list[User]:
    for user in users:
        user.email = f"{user.username}@example.vn"
        user.save()
    return list(users)


@pytest.fixture
def people(year: Year) -> list[User]:
    """Three people with an address, one notice each."""
    found = reachable(*year.officers.values())
    told(year, *found)
    return found


@pytest.mark.django_db
class TestLetters:
    def test_each_notice_is_one_letter_with_the_absolute_address(
        self, people: list[User], settings: LazySettings
    ):
        settings.SITE_ADDRESS = "https://chiso.example.vn"
        assert send() == (3, 0)
        notice = people[0].notices.get()
        [letter] = [sent for sent in mail.outbox if sent.to == [people[0].email]]
        assert letter.subject == "Phiếu chờ duyệt"
        assert f"Kính gửi {people[0].full_name}," in letter.body
        assert f"Hãy duyệt.\n\nXem tại: https://chiso.example.vn/thong-bao/{notice.pk}/\n" in letter.body
        assert (notice.claimed_at, notice.mailed_at) == (NOW, NOW)

    def test_nothing_is_sent_twice(self, people: list[User]):
        assert (send(), send()) == ((3, 0), (0, 0))
        assert len(mail.outbox) == 3

    def test_without_an_address_inactive_or_having_read_it_nobody_gets_one(
        self, year: Year, people: list[User]
    ):
        without, inactive, reader = people
        without.email = ""
        without.save()
        inactive.is_active = False
        inactive.save()
        mark_read(notice=reader.notices.get(), by=reader, now=NOW)
        assert send() == (0, 0)
        assert not Notice.objects.exclude(claimed_at=None).exists()

    def test_old_news_is_not_mailed(self, people: list[User]):
        assert send(NOW + timedelta(days=3)) == (0, 0)
        assert send(NOW + timedelta(days=3) - timedelta(seconds=1)) == (3, 0)

    def test_one_wrong_address_stops_nobody_else(self, people: list[User], settings: LazySettings):
        settings.EMAIL_BACKEND = f"{HERE}RefusesTheFirst"
        heard: list[str] = []
        mailed = send_mail(now=NOW, report=heard.append)
        assert (mailed.sent, mailed.failed, len(heard)) == (2, 1, 1)
        failed = Notice.objects.order_by("pk")[0]
        assert list(unsent()) == [failed]
        assert failed.user.email in heard[0]
        # It stays unsent: nobody knows what the server did with it.
        assert send() == (0, 0)

    def test_while_the_server_cannot_be_reached_nothing_is_claimed(
        self, people: list[User], settings: LazySettings
    ):
        settings.EMAIL_BACKEND = f"{HERE}Unreachable"
        with pytest.raises(CommandError, match="can't be reached"):
            call_command("remind", now=NOW, stdout=io.StringIO())
        assert not Notice.objects.exclude(claimed_at=None).exists()


class RefusesTheFirst(EmailBackend):
    def send_messages(self, messages: list) -> int:
        first = Notice.objects.order_by("pk")[0]
        if messages[0].to == [first.user.email]:
            raise OSError("550 no such user")
        return super().send_messages(messages)


class Unreachable(EmailBackend):
    def open(self) -> bool:
        raise ConnectionRefusedError("no server")


@pytest.mark.django_db
class TestCommand:
    def test_it_tells_and_sends_and_does_neither_again(self, year: Year):
        reachable(*year.officers.values())
        Notice.objects.all().delete()
        out = io.StringIO()
        call_command("remind", now=OPENS + timedelta(days=2), stdout=out)
        # Everything is open in this year: self-scoring, approval and all that follows.
        tasks = Notice.objects.count()
        assert f"{tasks} notices told." in out.getvalue()
        assert "3 letters sent." in out.getvalue()
        again = io.StringIO()
        call_command("remind", now=OPENS + timedelta(days=2), stdout=again)
        assert (again.getvalue(), Notice.objects.count()) == ("0 notices told.\n0 letters sent.\n", tasks)

    def test_it_lists_what_was_begun_and_not_sent(self, year: Year, people: list[User]):
        Notice.objects.filter(user=people[1]).update(claimed_at=NOW)
        out = io.StringIO()
        call_command("remind", unsent=True, stdout=out)
        [line] = out.getvalue().splitlines()
        assert people[1].email in line
        assert "09:00 ngày 02 tháng 3 năm 2026" in line

    def test_a_site_without_a_mail_server_tells_without_letters(
        self, year: Year, people: list[User], settings: LazySettings
    ):
        settings.SENDS_MAIL = False
        out = io.StringIO()
        call_command("remind", now=NOW, stdout=out)
        assert "No e-mail" in out.getvalue()
        assert not Notice.objects.exclude(claimed_at=None).exists()


def test_in_production_nobody_pretends_another_time(tmp_path: Path):
    production = {
        "PARINDEX_PRODUCTION": "1",
        "PARINDEX_SECRET_KEY": "thu-nghiem-" * 6,
        "PARINDEX_HOSTS": "chiso.example.vn",
        "PARINDEX_VAR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
    }
    command = [*MANAGE, "remind", "--now", "2026-03-02T09:00"]
    done = subprocess.run(command, env=os.environ | production, capture_output=True, text=True, check=False)
    assert (done.returncode, "unrecognized arguments: --now" in done.stderr) == (2, True)


@pytest.fixture
def open_year(transactional_db: None) -> Year:
    year = make_year(load_set(read_set(SMALL)), size=3)
    year.open()
    return year


@pytest.mark.django_db(transaction=True)
def test_of_two_commands_at_once_each_notice_is_told_and_sent_by_one(open_year: Year):
    reachable(*open_year.officers.values(), *open_year.leaders.values())
    Notice.objects.all().delete()
    moment = DEADLINE - timedelta(days=3)

    def run() -> int:
        tell_by_clock(now=moment)
        return send_mail(now=moment, report=print).sent

    answers = at_once(*[run] * 4)
    assert all(isinstance(answer, int) for answer in answers), answers
    assert sum(answers) == len(mail.outbox) == Notice.objects.exclude(user__email="").count()
    letters = [(letter.to[0], re.search(r"/thong-bao/(\d+)/", letter.body)[1]) for letter in mail.outbox]
    assert len(set(letters)) == len(letters)
    keys = list(Notice.objects.order_by("pk").values_list("user", "key"))
    assert len(set(keys)) == len(keys)


class Killer:
    """A mail server that has whoever speaks with it killed before its letter is through."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.client: subprocess.Popen[str] | None = None
        self.reached = threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        line, _ = self.listening.accept()
        with line, line.makefile("rwb") as talk:

            def say(text: str) -> None:
                talk.write(f"{text}\r\n".encode())
                talk.flush()

            say("220 mail")
            while words := talk.readline():
                if words.upper().startswith(b"MAIL"):
                    self.reached.set()
                    os.kill(self.client.pid, signal.SIGKILL)
                    return
                say("250 ok")


@pytest.fixture
def killer() -> Iterator[Killer]:
    server = Killer()
    yield server
    server.listening.close()


@pytest.mark.django_db(transaction=True)
def test_who_is_killed_while_sending_leaves_one_letter_unsent_and_none_is_sent_twice(
    open_year: Year, killer: Killer
):
    people = reachable(*open_year.officers.values())
    told(open_year, *people)
    killer.client = subprocess.Popen(
        [*MANAGE, "remind", "--now", NOW.isoformat()],
        env=environment(EMAIL_URL=f"smtp://127.0.0.1:{killer.port}"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    killer.client.communicate(timeout=60)
    assert killer.reached.is_set()
    assert killer.client.returncode == -signal.SIGKILL
    [begun] = unsent()
    assert send_mail(now=NOW, report=print).sent >= 2
    assert not [letter for letter in mail.outbox if f"/thong-bao/{begun.pk}/" in letter.body]
    assert list(unsent()) == [begun]
