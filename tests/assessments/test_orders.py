"""Steps for a whole cohort in the background: by the moment they were asked for, once, whatever becomes of the worker."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django_tasks_db.models import DBTaskResult

from accounts import origin
from accounts.models import Role
from assessments import jobs
from assessments.actions import orders
from assessments.actions.orders import take_ordered
from assessments.actions.rounds import release
from assessments.actions.writing import Changed
from assessments.models import Assessment, Event, Notice, Order, OrderedSheet, Period, Score
from assessments.queries.orders import last_progress
from assessments.queries.rounds import readiness
from assessments.workflow import Action, Refusal, State
from criteria.actions import load_set
from criteria.schema import read_set
from tests.assessments.conftest import NOW, SMALL, Year, make_year
from tests.assessments.explaining import CLOSES, LATE, lower, sent, told
from tests.assessments.test_concurrency import at_once
from tests.factories import user_with
from tests.processes import MANAGE, environment

pytestmark = pytest.mark.django_db


def start(year: Year, action: Action = Action.RELEASE, **given: object) -> Order:
    now = given.get("now", NOW)
    act = {"seen": readiness(year.cohort, action, now=now).fingerprint, "by": year.coordinator, "now": now}
    return jobs.start_order(cohort=year.cohort, action=action, **{**act, **given})


def work(order: Order) -> None:
    jobs.take_steps.call(order.pk)


def outcomes(order: Order) -> list[tuple[str, str]]:
    return list(order.sheets.order_by("pk").values_list("outcome", "refusal"))


@pytest.fixture
def ready(year: Year) -> Year:
    for place in range(2):
        sent(year, place)
    return year


def test_the_moment_it_was_asked_for_is_the_moment_it_counts_from(ready: Year):
    """The deadline passes while the order waits in the queue."""
    here = origin.address.set("192.0.2.7")
    order = start(ready, now=CLOSES)
    origin.address.reset(here)
    work(order)
    assert outcomes(order) == [("done", "")] * 2
    assert {sheet.released_at for sheet in ready.sheets()[:2]} == {CLOSES}
    events = Event.objects.filter(action="release").order_by("pk")
    assert {(event.at, event.by, event.address) for event in events} == {
        (CLOSES, ready.coordinator, "192.0.2.7")
    }
    asked = Event.objects.get(action="order")
    assert asked.after["step"] == "release"
    assert len(asked.after["units"]) == 2
    with pytest.raises(Refusal, match="Không có phiếu nào sẵn sàng"):
        start(ready, now=LATE)


def test_who_may_not_take_the_step_orders_nothing(ready: Year):
    for person in (ready.leader, ready.appraiser, user_with(Role.COORDINATOR)):
        with pytest.raises(PermissionDenied):
            start(ready, by=person)
    ready.coordinator.is_active = False
    with pytest.raises(PermissionDenied):
        start(ready)
    assert not Order.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_nor_is_he_given_the_one_that_runs(ready: Year):
    start(ready)
    for person in (ready.leader, ready.appraiser, user_with(Role.COORDINATOR)):
        with pytest.raises(PermissionDenied):
            start(ready, by=person)


def test_the_gate_is_asked_again_when_it_runs(ready: Year):
    order = start(ready)
    first, second = order.sheets.order_by("assessment")
    take_ordered(sheet=first, by=ready.coordinator, now=NOW)
    ready.coordinator.memberships.all().delete()
    work(order)
    second.refresh_from_db()
    assert second.outcome == "refused"
    assert "không còn quyền" in second.refusal
    assert [sheet.state for sheet in ready.sheets()[:2]] == [State.EXPLAINING, State.SUBMITTED]


def test_a_phase_that_was_moved_meanwhile_refuses_with_its_reason(ready: Year):
    order = start(ready)
    late = {"round1_opens": F("round1_opens") + timedelta(days=5)}
    Period.objects.update(**late, explanation_opens=F("explanation_opens") + timedelta(days=9))
    work(order)
    assert [outcome for outcome, _ in outcomes(order)] == ["refused"] * 2
    assert {why for _, why in outcomes(order)} == {ready.sheet().why_not(Action.RELEASE, now=NOW)}
    assert last_progress(ready.cohort, Action.RELEASE).done == 0


def test_a_sheet_that_was_appraised_anew_meanwhile_waits_for_another_look(ready: Year):
    order = start(ready)
    saved = ready.row("2.2.2", "round1")
    lower(ready, "2.2.2", "1", seen=saved.version)
    work(order)
    assert outcomes(order) == [("refused", str(Changed())), ("done", "")]


def test_a_sheet_that_breaks_holds_up_nobody_behind_it(ready: Year, monkeypatch: pytest.MonkeyPatch):
    order = start(ready)
    first = ready.sheet()

    def half_done(*, assessment: Assessment, **given: object) -> None:
        release(assessment=assessment, **given)
        if assessment == first:
            raise ZeroDivisionError

    monkeypatch.setitem(orders._STEPS, Action.RELEASE, half_done)
    work(order)
    [(outcome, why), other] = outcomes(order)
    assert outcome == "refused"
    assert "phiếu vẫn như cũ" in why
    assert other == ("done", "")
    first.refresh_from_db()
    assert first.state == State.SUBMITTED
    assert not Event.objects.filter(action="release", assessment=first).exists()
    assert Order.objects.get().finished_at
    monkeypatch.undo()
    again = start(ready)
    work(again)
    assert outcomes(again) == [("done", "")]


def test_a_step_is_taken_once_however_often_the_job_is_given_out(ready: Year):
    order = start(ready)
    work(order)
    finished = Order.objects.get().finished_at
    notices = Notice.objects.count()
    for sheet in order.sheets.all():
        take_ordered(sheet=sheet, by=ready.coordinator, now=NOW)
    work(order)
    assert Event.objects.filter(action="release").count() == 2
    assert (Notice.objects.count(), Order.objects.get().finished_at) == (notices, finished)


def test_who_asks_again_while_it_is_under_way_is_given_the_same_order(ready: Year):
    order = start(ready)
    assert start(ready, seen="").pk == order.pk
    assert start(ready, by=user_with(Role.COORDINATOR, ready.host)).pk == order.pk
    assert DBTaskResult.objects.count() == 1
    work(order)
    assert Order.objects.get().by == ready.coordinator


def test_closing_in_the_background_is_closing(ready: Year):
    for place in range(2):
        ready.release(place)
        ready.accept(place)
    work(start(ready, Action.CLOSE_APPRAISAL))
    assert [sheet.state for sheet in ready.sheets()] == [State.APPRAISED, State.APPRAISED, State.DRAFT]
    # Every leaf that the unit scores stands in each later layer.
    assert Score.objects.filter(assessment=ready.sheet(), layer="council").count() == 6


@pytest.mark.parametrize("places", [1, 3])
def test_ordering_takes_constant_queries(year: Year, places: int, django_assert_num_queries):
    for place in range(places):
        told(year, place)
        year.accept(place)
    found = readiness(year.cohort, Action.CLOSE_APPRAISAL, now=NOW)
    with django_assert_num_queries(19):
        start(year, Action.CLOSE_APPRAISAL, seen=found.fingerprint)


# Several at once, and workers that die


@pytest.fixture
def lasting(transactional_db: None) -> Year:
    year = make_year(load_set(read_set(SMALL)))
    year.open()
    for place in range(3):
        sent(year, place)
    return year


@pytest.mark.django_db(transaction=True)
def test_two_tabs_and_a_double_click_order_once(lasting: Year):
    seen = readiness(lasting.cohort, Action.RELEASE, now=NOW).fingerprint
    answers = at_once(*[lambda: start(lasting, seen=seen)] * 4)
    assert len({answer.pk for answer in answers}) == 1, answers
    assert (Order.objects.count(), DBTaskResult.objects.count()) == (1, 1)
    assert OrderedSheet.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_order_share_it(lasting: Year):
    order = start(lasting)
    assert at_once(*[lambda: work(order)] * 2) == [None, None]
    assert outcomes(order) == [("done", "")] * 3
    assert Event.objects.filter(action="release").count() == 3


DIES = """
import os, signal, sys
import django
django.setup()
from assessments import jobs
from assessments.models import OrderedSheet
saved = []
def save(self, **fields):
    saved.append(self)
    if len(saved) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    super(OrderedSheet, self).save(**fields)
OrderedSheet.save = save
jobs.take_steps.call(int(sys.argv[1]))
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_a_sheet_leaves_it_as_it_was_and_the_next_goes_on(lasting: Year):
    order = start(lasting)
    DBTaskResult.objects.get().claim("worker-1")
    env = environment(DJANGO_SETTINGS_MODULE="parindex.settings")
    dead = subprocess.run(
        [sys.executable, "-c", DIES, str(order.pk)], env=env, check=False, capture_output=True, timeout=120
    )
    assert dead.returncode == -9, dead.stderr
    assert [outcome for outcome, _ in outcomes(order)] == ["done", "waiting", "waiting"]
    assert [sheet.state for sheet in lasting.sheets()] == [State.EXPLAINING, *[State.SUBMITTED] * 2]
    assert last_progress(lasting.cohort, Action.RELEASE).is_running
    command = [*MANAGE, "worker", "--id", "worker-1", "--batch", "--interval", "0"]
    subprocess.run(command, env=env, check=True, capture_output=True, timeout=120)
    assert outcomes(order) == [("done", "")] * 3
    assert Event.objects.filter(action="release").count() == 3
    assert Order.objects.get().finished_at is not None
