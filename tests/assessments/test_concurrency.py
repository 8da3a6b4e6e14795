"""Many people at once on one sheet: nothing is lost, nothing fails with a locked database."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from assessments.actions.periods import create_period
from assessments.actions.publication import publish
from assessments.actions.renewal import move_to_set
from assessments.actions.scoring import Receipt, save_score, send, send_back, submit
from assessments.actions.writing import Conflict
from assessments.models import Event, Layer, LayerTotal, Period, Score
from assessments.queries.publication import publication_check
from assessments.workflow import Refusal
from criteria.actions import load_set
from criteria.queries import stored_tree
from criteria.schema import read_set
from tests.assessments.conftest import DEADLINE, NOW, OPENS, SMALL, Year, make_year
from tests.assessments.corrected import DECISION
from tests.calendars import overlapping
from tests.factories import ProvinceFactory, user_with

WRITERS = 8
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_year(transactional_db: None) -> Year:
    year = make_year(load_set(read_set(SMALL)), size=1)
    year.open()
    return year


def at_once(*work: Callable[[], object]) -> list[object]:
    """Start everything at the same moment, each on a connection of its own; results or exceptions in order."""
    start = threading.Barrier(len(work))

    def run(one: Callable[[], object]) -> object:
        try:
            start.wait()
            return one()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def writer(year: Year, code: str, points: str, *, seen: int = 0) -> Callable[[], object]:
    sheet, criterion, officer = year.sheet(), year.criterion(code), year.officers[year.sheet().unit_id]
    return lambda: save_score(
        assessment=sheet,
        criterion_id=criterion,
        data={"points": points},
        note=f"nhập {points}",
        seen=seen,
        by=officer,
        now=year.now,
    )


def test_of_writers_who_saw_the_same_version_one_wins_and_all_others_are_told(open_year: Year):
    values = [f"0.{n + 1}" for n in range(WRITERS)]
    answers = at_once(*(writer(open_year, "1.1", value) for value in values))
    winners = [answer for answer in answers if isinstance(answer, Score)]
    told = [answer for answer in answers if isinstance(answer, Conflict)]
    assert (len(winners), len(told)) == (1, WRITERS - 1), answers
    stored = Score.objects.get(layer=Layer.SELF)
    assert stored.points == winners[0].points
    assert all(conflict.saved.points == stored.points for conflict in told)
    assert Event.objects.filter(action="score").count() == 1


def test_of_pages_that_saw_the_same_version_one_wins_and_all_others_are_told(open_year: Year):
    sheet = open_year.sheet()
    url = reverse("leaf", args=[sheet.pk, open_year.criterion("1.1")])

    def page(points: str) -> Callable[[], int]:
        browser = Client()
        browser.force_login(open_year.officers[sheet.unit_id])
        typed = {"points": points, "note": f"nhập {points}", "version": "0"}
        return lambda: browser.post(url, typed, headers={"HX-Request": "true"}).status_code

    with time_machine.travel(open_year.now, tick=False):
        answers = at_once(*(page(f"0.{n + 1}") for n in range(WRITERS)))
    assert sorted(answers) == [200] + [409] * (WRITERS - 1)
    assert Score.objects.get(layer=Layer.SELF).version == 1
    assert Event.objects.filter(action="score").count() == 1


def test_writers_on_different_leaves_all_succeed_and_the_total_holds_them_all(open_year: Year):
    leaves = {"1.1": "3", "1.2": "2", "2.2.1": "1", "2.2.2": "2", "T.1": "1"}
    answers = at_once(*(writer(open_year, code, points) for code, points in leaves.items()))
    assert all(isinstance(answer, Score) for answer in answers), answers
    total = LayerTotal.objects.get(layer=Layer.SELF)
    # best of 2.2.1 and 2.2.2 counts once
    assert (total.total, total.answered) == (Decimal(8), 5)


def test_a_writer_who_saw_each_version_in_turn_loses_nothing(open_year: Year):
    """Readers that retry after a conflict all get their turn: versions count every write."""

    def insist(value: str) -> Callable[[], object]:
        def attempt() -> object:
            seen = 0
            while True:
                try:
                    return writer(open_year, "1.1", value, seen=seen)()
                except Conflict as conflict:
                    seen = conflict.saved.version

        return attempt

    answers = at_once(*(insist(f"1.{n + 1}") for n in range(WRITERS)))
    assert all(isinstance(answer, Score) for answer in answers), answers
    assert Score.objects.get(layer=Layer.SELF).version == WRITERS
    history = Event.objects.filter(action="score").order_by("pk")
    assert [event.after["version"] for event in history] == list(range(1, WRITERS + 1))
    for before, after in itertools.pairwise(history):
        assert after.before == before.after


def test_a_sheet_is_sent_once_and_no_write_slips_in_behind(open_year: Year):
    sheet, officer = open_year.sheet(), open_year.officers[open_year.sheet().unit_id]
    leaves = len(list(stored_tree(sheet.cohort.criteria_set).tree.leaves())) - 2

    def put_before_leader() -> object:
        send(assessment=sheet, confirmed_unanswered=leaves, by=officer, now=open_year.now)
        return "sent"

    answers = at_once(put_before_leader, put_before_leader, writer(open_year, "1.1", "4"), put_before_leader)
    assert all(isinstance(answer, Refusal) for answer in answers if isinstance(answer, Exception)), answers
    written = Score.objects.filter(layer=Layer.SELF).exists()
    # Whoever wrote first made the count of unanswered leaves another than the one confirmed.
    assert (answers.count("sent"), written) in {(1, False), (0, True)}, answers
    assert open_year.sheet().state == ("draft" if written else "review")


def test_a_sheet_is_approved_once_or_given_back_and_never_both(open_year: Year):
    open_year.send()
    sheet, leader = open_year.sheet(), open_year.leaders[open_year.sheet().unit_id]
    act = {"assessment": sheet, "by": leader, "now": open_year.now}

    def approve() -> object:
        return submit(confirmed_unanswered=6, **act)

    def give_back() -> object:
        send_back(remark="sửa 1.1", **act)
        return "back"

    answers = at_once(approve, give_back, approve, writer(open_year, "1.1", "4"), approve)
    assert all(isinstance(answer, Refusal) for answer in answers if isinstance(answer, Exception)), answers
    receipts = [answer for answer in answers if isinstance(answer, Receipt)]
    assert len(receipts) + answers.count("back") == 1, answers
    if receipts:
        assert open_year.sheet().receipt == receipts[0].sha256
        assert not Score.objects.filter(layer=Layer.SELF).exists(), "a write after the submission"
    else:
        assert open_year.sheet().state == "returned"


def while_holding(hold: Callable[[], object], late: Callable[[], object]) -> object:
    """Start `late` while the transaction of `hold` is still open, so that it has to wait; what came of it."""
    held, answer = threading.Event(), []

    def first() -> None:
        with transaction.atomic():
            hold()
            held.set()
            time.sleep(0.7)

    def second() -> None:
        held.wait()
        answer.extend(at_once(late))

    at_once(first, second)
    return answer[0]


def test_a_write_that_waited_for_the_publication_is_refused(transactional_db: None):
    year = make_year(load_set(read_set(SMALL)), size=2)
    year.open()
    year.play(0)
    officer, criterion, sheet = year.officers[year.units[1].pk], year.criterion("1.1", 1), year.sheet(1)
    late = while_holding(
        lambda: publish(
            period=year.period,
            decision_number="9/QĐ-UBND",
            decision_date=year.now.date(),
            decision_issuer="Ủy ban nhân dân tỉnh",
            by=year.coordinator,
            now=year.now,
        ),
        lambda: save_score(
            assessment=sheet,
            criterion_id=criterion,
            data={"points": "3"},
            note="x",
            seen=0,
            by=officer,
            now=year.now,
        ),
    )
    assert isinstance(late, Refusal), late
    assert "đã công bố" in str(late)
    assert not Score.objects.filter(assessment=sheet).exists()


def test_who_reopens_and_who_publishes_come_one_after_the_other(transactional_db: None):
    """A reopening that waited finds the period published; a publication that waited finds the sheet reopened."""
    for reopens_first in (False, True):
        year = make_year(load_set(read_set(SMALL.replace("code: nho", f"code: nho{reopens_first}"))), size=1)
        year.open()
        year.play()
        seen = publication_check(year.period, now=year.now).fingerprint
        announce = partial(
            publish, period=year.period, seen=seen, by=year.coordinator, now=year.now, **DECISION
        )
        first, late = (year.reopen, announce) if reopens_first else (announce, year.reopen)
        answer = while_holding(first, late)
        assert isinstance(answer, Refusal), answer
        assert ("Chưa công bố được" if reopens_first else "đã công bố") in str(answer)
        assert year.sheet().state == ("appraised" if reopens_first else "final")
        assert year.sheet().period.state == ("open" if reopens_first else "published")


def test_a_write_that_waited_for_a_new_version_lands_on_no_old_leaf(open_year: Year):
    text = SMALL.replace("version: 1", "version: 2").replace(
        "Kế hoạch, max_points", "Kế hoạch năm, max_points"
    )
    newer = load_set(read_set(text))
    old = open_year.criterion("1.1")
    late = while_holding(
        lambda: move_to_set(
            cohort=open_year.cohort,
            criteria_set=newer,
            reason="quyết định mới",
            by=open_year.coordinator,
            now=open_year.now,
        ),
        writer(open_year, "1.1", "3"),
    )
    assert isinstance(late, Refusal), late
    assert not Score.objects.filter(criterion=old).exists()


def test_of_two_clicks_that_make_a_period_one_makes_it_and_the_other_is_told(transactional_db: None):
    host = ProvinceFactory()
    coordinator = user_with(Role.COORDINATOR, host)

    def create() -> object:
        return create_period(
            host=host,
            year=2026,
            name="Năm 2026",
            calendar=overlapping(OPENS, DEADLINE),
            by=coordinator,
            now=NOW,
        )

    answers = at_once(create, create, create)
    assert sum(isinstance(answer, Period) for answer in answers) == 1, answers
    assert all(isinstance(answer, Refusal) for answer in answers if isinstance(answer, Exception)), answers
