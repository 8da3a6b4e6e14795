"""(a) Saving one leaf, with event and totals, by many people at once."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median

from django.conf import settings
from django.test import Client
from django.urls import reverse

from assessments.models import Event, Layer, Score
from assessments.queries.recounting import total_differences
from tests.bench.clients import Answer, Person, all_at_once
from tests.bench.ratios import Measured, each, in_ms
from tests.bench.years import Year, fill, open_year
from tests.processes import environment

LEAF = "1.1.2"


def measure(people: int = 16, times: int = 20, rounds: int = 12) -> Measured:
    """Two synchronous gunicorn workers; each round everybody saves `times` times, then posts to the floor as often."""
    year = open_year(people)
    for sheet in year.sheets:
        fill(year, sheet)
    with server() as port:
        crowd = [_person(year, place, port) for place in range(people)]
        _check(crowd)
        ours, floor, answers, floor_answers = [], [], [], []
        for _ in range(rounds):
            took, given = all_at_once(crowd, Person.save, times)
            ours.append(took)
            answers += given
            took, given = all_at_once(crowd, Person.save_at_floor, times)
            floor.append(took)
            floor_answers += given
    _require_stored(year, crowd, [*answers, *floor_answers])
    return Measured(
        f"(a) saving a leaf, requests/s, {people} clients",
        "≥ 0.5",
        each(floor, ours),
        [
            _described("ours", answers, ours, people * times),
            _described("floor", floor_answers, floor, people * times),
        ],
    )


def _described(name: str, answers: Sequence[Answer], rounds: Sequence[float], per_round: int) -> str:
    errors = sum(answer.status != 200 for answer in answers)
    return (
        f"{name}: {per_round / median(rounds):.0f} requests/s, latency {in_ms(a.took for a in answers)}, "
        f"{errors} errors in {len(answers)}"
    )


def _person(year: Year, place: int, port: int) -> Person:
    sheet = year.sheets[place]
    browser = Client()
    browser.force_login(year.officers[sheet.unit_id])
    criterion = year.stored.ids[LEAF]
    person = Person(
        port=port,
        session=browser.cookies["sessionid"].value,
        leaf=reverse("leaf", args=[sheet.pk, criterion]),
        floor=f"/floor/{sheet.pk}/{criterion}/",
        version=1,
    )
    person.open_page(reverse("sheet", args=[sheet.pk]))
    return person


def _check(crowd: Sequence[Person]) -> None:
    """Both pages refuse without a token, and answer alike with one. Warms both workers up on the way."""
    token, crowd[0].token = crowd[0].token, ""
    assert [crowd[0].post(crowd[0].leaf).status, crowd[0].post(crowd[0].floor).status] == [403, 403]
    crowd[0].token = token
    for person in crowd:
        saved, floor = person.save(), person.save_at_floor()
        assert (saved.status, floor.status) == (200, 200), saved.body.decode()
        assert saved.body == floor.body, "the floor prints something else"
    for act in (Person.save, Person.save_at_floor):
        all_at_once(crowd, act, 3)


def _require_stored(year: Year, crowd: Sequence[Person], answers: Sequence[Answer]) -> None:
    """Nothing failed and nothing got lost: every save is a version, an event and part of the totals."""
    failed = [answer for answer in answers if answer.status != 200]
    assert not failed, (
        f"{len(failed)} failed, the first with {failed[0].status}: {failed[0].body.decode()[:2000]}"
    )
    scores = Score.objects.filter(assessment__in=year.sheets, criterion__code=LEAF, layer=Layer.SELF)
    versions = list(scores.order_by("assessment").values_list("version", flat=True))
    assert versions == [person.version for person in crowd]
    events = Event.objects.filter(assessment__in=year.sheets, criterion__code=LEAF, action="score")
    assert events.count() == sum(versions)
    assert not total_differences(year.cohort)


@contextmanager
def server() -> Iterator[int]:
    """gunicorn on the bench's database, with the floor's page added; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "parindex.wsgi:application", "--bind", f"127.0.0.1:{port}"),
        *("--workers", "2", "--worker-class", "sync", "--no-control-socket", "--log-level", "warning"),
    ]
    site = subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env=environment(DJANGO_SETTINGS_MODULE="tests.bench.floor_settings", PARINDEX_DEBUG="0"),
    )
    try:
        for _ in range(300):
            time.sleep(0.1)
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
        else:
            raise TimeoutError("the site did not start")
        yield port
    finally:
        site.terminate()
        site.wait()
