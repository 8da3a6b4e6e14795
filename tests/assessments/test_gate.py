"""The one gate: role × state × phase × action, written out a second time, and nobody who walks around it."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.dates import VIETNAM
from accounts.models import Role
from assessments import actions
from assessments.actions.assignments import Duty, assign
from assessments.calendar import Calendar, Phase, Window
from assessments.models import Assessment, Period
from assessments.permissions import require, require_period
from assessments.workflow import Action, PeriodAction, PeriodState, Refusal, State
from tests.access_table import TABLE as TABLE_OF_ADDRESSES
from tests.factories import DepartmentFactory, user_with
from tests.test_access import ADDRESSES, keywords
from tests.worlds import World, make_world

FIRST = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)
WEEK = timedelta(days=7)
# One phase a week, an hour of nothing between them.
CALENDAR = Calendar(
    {
        phase: Window(
            FIRST + place * WEEK,
            None if phase is Phase.PUBLISHED else FIRST + (place + 1) * WEEK - timedelta(hours=1),
        )
        for place, phase in enumerate(Phase)
    }
)
CLOCK = {phase: CALENDAR[phase].opens + timedelta(days=1) for phase in Phase}

HOST = {"coordinator"}
UNIT = {"officer", "unit_leader"}
S, A, R1, E, R2, C, P = Phase
ANY = set(Phase)
NOT_FINAL = {
    State.DRAFT, State.REVIEW, State.RETURNED, State.SUBMITTED, State.EXPLAINING, State.APPRAISED,
}  # fmt: skip

# Who may, in which states of the sheet, in which phases.
TABLE: dict[Action, tuple[set[str], set[State], set[Phase]]] = {
    Action.SCORE: ({"officer"}, {State.DRAFT, State.RETURNED}, {S}),
    Action.SHARE: (UNIT, {State.DRAFT, State.RETURNED}, ANY),
    Action.SEND: ({"officer"}, {State.DRAFT, State.RETURNED}, {S, A}),
    Action.SEND_BACK: ({"unit_leader"}, {State.REVIEW}, {S, A}),
    Action.SUBMIT: ({"unit_leader"}, {State.REVIEW}, {S, A}),
    Action.RETURN: (HOST, {State.SUBMITTED}, ANY),
    Action.APPRAISE: ({"appraiser"}, {State.SUBMITTED}, {R1}),
    Action.SETTLE: (HOST, {State.SUBMITTED}, {R1, E}),
    Action.RELEASE: (HOST, {State.SUBMITTED}, {R1, E}),
    Action.EXPLAIN: (UNIT, {State.EXPLAINING}, {E}),
    Action.REVISE: ({"appraiser"}, {State.EXPLAINING}, {R2}),
    Action.CLOSE_APPRAISAL: (HOST, {State.EXPLAINING}, {E, R2, C}),
    Action.ENTER_CENTRAL: (HOST, NOT_FINAL, ANY),
    Action.ASSIGN_TARGET: (HOST, NOT_FINAL, ANY),
    Action.FIX: (HOST, {State.APPRAISED}, {C}),
    Action.FINALISE: (HOST, {State.APPRAISED}, {C}),
    Action.REOPEN: (HOST, {State.FINAL}, {C}),
    Action.RENEW: (HOST, NOT_FINAL, ANY),
    Action.EXTEND: (HOST, NOT_FINAL, ANY),
}
# A leader returns a sheet in his own time, so it is mended in that time too.
ALSO = {(Action.SCORE, State.RETURNED): {A}}
ON_A_LEAF = {Action.SCORE, Action.APPRAISE, Action.REVISE, Action.SETTLE, Action.FIX, Action.EXPLAIN}


@pytest.fixture
def world(db: None) -> World:
    """The small world on the calendar of weeks, with an appraiser whose criterion is another one."""
    world = make_world(FIRST)
    other = DepartmentFactory(parent=world.host)
    world.persons["appraiser_of_other_area"] = user_with(Role.APPRAISER, other)
    leaf = world.criteria_set.criteria.get(code="1.2")
    assign(
        cohort=world.cohort,
        criterion_id=leaf.pk,
        duties=[Duty(other)],
        by=world.persons["coordinator"],
        now=FIRST,
    )
    period = Period.objects.get(pk=world.period.pk)
    period.calendar = CALENDAR
    period.save()
    return world


def loaded(world: World, state: State, period_state: PeriodState = PeriodState.OPEN) -> Assessment:
    """The sheet as the gate would read it in that state; nothing is stored."""
    sheet = Assessment.objects.in_context().get(pk=world.assessment.pk)
    sheet.state, sheet.period.state = state, period_state
    return sheet


def verdict(check: Callable[[], None]) -> str:
    try:
        check()
    except PermissionDenied:
        return "person"
    except Refusal:
        return "moment"
    return "allowed"


@pytest.mark.parametrize("action", list(Action))
def test_every_role_state_and_phase(world: World, action: Action):
    who, states, phases = TABLE[action]
    leaf = world.criterion if action in ON_A_LEAF else None
    sheets = {state: loaded(world, state) for state in State}
    for (name, person), state, phase in product(world.persons.items(), State, Phase):
        if person is None:
            continue
        possible = state in states and phase in phases | ALSO.get((action, state), set())
        expected = "person" if name not in who else "allowed" if possible else "moment"
        got = verdict(
            lambda person=person, state=state, phase=phase: require(
                action, by=person, assessment=sheets[state], now=CLOCK[phase], leaf=leaf
            )
        )
        assert got == expected, (name, state, phase)


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("period_state", [PeriodState.PREPARING, PeriodState.PUBLISHED])
def test_nothing_happens_to_a_sheet_before_opening_or_after_publication(
    world: World, action: Action, period_state: PeriodState
):
    who, states, phases = TABLE[action]
    person = world.persons[min(who)]
    sheet = loaded(world, min(states), period_state)
    leaf = world.criterion if action in ON_A_LEAF else None

    got = verdict(lambda: require(action, by=person, assessment=sheet, now=CLOCK[min(phases)], leaf=leaf))

    prepares = period_state is PeriodState.PREPARING and action is Action.ASSIGN_TARGET
    assert got == ("allowed" if prepares else "moment")


def test_who_is_deactivated_does_nothing(world: World):
    for action, (who, states, phases) in TABLE.items():
        person = world.persons[min(who)]
        person.is_active = False
        sheet = loaded(world, min(states))
        assert (
            verdict(lambda: require(action, by=person, assessment=sheet, now=CLOCK[min(phases)]))  # noqa: B023
            == "person"
        )
        person.is_active = True


OF_A_PERIOD = {
    PeriodAction.EDIT: {PeriodState.PREPARING, PeriodState.OPEN},
    PeriodAction.RESCHEDULE: {PeriodState.PREPARING, PeriodState.OPEN},
    PeriodAction.OPEN: {PeriodState.PREPARING},
    PeriodAction.ARRANGE: {PeriodState.PREPARING, PeriodState.OPEN},
    PeriodAction.ASSIGN: {PeriodState.PREPARING, PeriodState.OPEN},
    PeriodAction.CONVENE: {PeriodState.OPEN},
    PeriodAction.IMPORT: {PeriodState.PREPARING, PeriodState.OPEN},
    PeriodAction.REMIND: {PeriodState.OPEN},
    PeriodAction.PUBLISH: {PeriodState.OPEN},
    PeriodAction.CORRECT: {PeriodState.PUBLISHED},
}


@pytest.mark.parametrize("action", list(PeriodAction))
def test_every_role_and_phase_for_a_whole_period(world: World, action: PeriodAction):
    for (name, person), state, phase in product(world.persons.items(), PeriodState, Phase):
        if person is None:
            continue
        period = Period(host_id=world.host.pk, state=state)
        period.calendar = CALENDAR
        in_time = action is not PeriodAction.PUBLISH or phase is Phase.PUBLISHED
        possible = state in OF_A_PERIOD[action] and in_time
        expected = "person" if name != "coordinator" else "allowed" if possible else "moment"
        got = verdict(
            lambda person=person, period=period, phase=phase: require_period(
                action, by=person, period=period, now=CLOCK[phase]
            )
        )
        assert got == expected, (name, state, phase)


def writing_actions() -> dict[str, Callable[..., object]]:
    """Every public function of the actions' floor that a person sets off."""
    found = {}
    for module in pkgutil.iter_modules(actions.__path__):
        names = vars(import_module(f"{actions.__name__}.{module.name}"))
        for name, function in names.items():
            if (
                inspect.isfunction(function)
                and not name.startswith("_")
                and function.__module__ == f"{actions.__name__}.{module.name}"
                and (
                    {"by", "now"} <= (given := inspect.signature(function).parameters.keys())
                    or "opened" in given
                )
            ):
                found[f"{module.name}.{name}"] = function
    return found


# Where each of them passes the gate. What only works on what its caller has locked says so.
GATES = {
    "appraisal.agree_with_area": "open_sheet",
    "appraisal.judge": "open_sheet",
    "appraisal.keep": "locked by the caller",
    "assignments.assign": "lock_period",
    "assignments.share": "open_sheet",
    "assignments.share_all": "share",
    "central.enter_central_for_cohort": "require_period",
    "cohorts.add_cohort": "lock_period",
    "cohorts.edit_cohort": "lock_period",
    "cohorts.remove_cohort": "lock_period",
    "cohorts.set_units": "lock_period",
    "corrections.correct": "lock_period",
    "corrections.prepare_correction": "_open",
    "corrections.withdraw_correction": "_open",
    "council.enter": "locked by the caller",
    "council.enter_central": "open_sheet",
    "council.finalise": "open_sheet",
    "council.finalise_ready": "finalise",
    "council.reopen": "open_sheet",
    "evidence.add_document": "_add",
    "evidence.add_file": "require",
    "evidence.add_link": "_add",
    "evidence.attach": "_open",
    "evidence.detach": "_open",
    "extensions.extend": "open_sheet",
    "imports.import_entries": "lock_period",
    "marking.agree_by_marks": "locked by the caller",
    "marking.mark": "locked by the caller",
    "notices.mark_all_read": "only the caller's own",
    "notices.mark_read": "only the caller's own",
    "orders.place_order": "require",
    "orders.take_ordered": "step",
    "periods.create_period": "holds",
    "periods.lock_period": "require_period",
    "periods.open_period": "lock_period",
    "periods.rename_period": "lock_period",
    "periods.reschedule": "lock_period",
    "publication.issue": "locked by the caller",
    "publication.publish": "lock_period",
    "recorded.load_record": "save_record",
    "recorded.save_record": "records_for.test",
    "reminding.remind_units": "lock_period",
    "renewal.move_to_set": "lock_period",
    "rescoring.follow": "locked by the caller",
    "rescoring.rescore": "locked by the caller",
    "returning.give_back": "locked by the caller",
    "returning.return_sheet": "open_sheet",
    "rounds.agree_with_rest": "open_sheet",
    "rounds.close_appraisal": "open_sheet",
    "rounds.explain": "open_sheet",
    "rounds.release": "open_sheet",
    "scoring.open_leaf": "open_sheet_of",
    "scoring.save_score": "open_leaf",
    "scoring.store_score": "locked by the caller",
    "scoring.send": "open_sheet",
    "scoring.send_back": "open_sheet",
    "scoring.submit": "open_sheet",
    "sessions.convene": "lock_period",
    "sessions.decide": "open_sheet",
    "sessions.edit_session": "lock_period",
    "sessions.keep_rest": "_keep",
    "targets.assign_targets": "open_sheet",
    "writing.event_of": "locked by the caller",
    "writing.open_sheet": "open_sheet_of",
    "writing.open_sheet_of": "require",
    "writing.record": "locked by the caller",
    "writing.write": "locked by the caller",
    "writing.write_new": "locked by the caller",
}


def test_every_writing_action_is_listed_with_its_gate():
    assert {name: GATES.get(name) for name in writing_actions()} == GATES


@pytest.mark.parametrize("name", sorted(name for name, gate in GATES.items() if "caller" not in gate))
def test_a_writing_action_calls_its_gate_before_it_writes(name: str):
    """Read in the source: the gate is called, and nothing is stored in the lines above it."""
    body = inspect.getsource(inspect.unwrap(writing_actions()[name])).split("-> ", 1)[-1]
    before, called, _ = body.partition(f"{GATES[name]}(")
    assert called, name
    assert not re.search(r"\.(save|create|delete|update|bulk_create)\(|\b(record|write)\(", before), name


# What a person does to his own papers, without a sheet or a period that is running.
WITHOUT_GATE = {"record_new", "record_edit", "notice_read", "notices_read"}
WRITES = re.compile(r'^(INSERT INTO|UPDATE|DELETE FROM) "assessments_', re.IGNORECASE)


def posts() -> list[str]:
    return sorted(
        name
        for name, access in TABLE_OF_ADDRESSES.items()
        if ADDRESSES[name].callback.__module__.startswith("assessments.")
        and access.post != frozenset()
        and name not in WITHOUT_GATE
    )


@pytest.mark.django_db
@pytest.mark.parametrize("name", posts())
def test_no_page_writes_past_the_gate(name: str, monkeypatch: pytest.MonkeyPatch):
    """With the gate shut for everybody, no POST of anybody stores anything about the year."""
    world, access = make_world(), TABLE_OF_ADDRESSES[name]
    access.given(world)
    url = reverse(name, kwargs=access.where(world) or keywords(ADDRESSES[name], world))
    shut_the_gate(monkeypatch)
    for person in world.persons.values():
        client = Client()
        if person is not None:
            client.force_login(person, "accounts.backends.MemberBackend")
        with CaptureQueriesContext(connection) as captured:
            client.post(url, access.data(world))
        assert [query["sql"] for query in captured if WRITES.match(query["sql"])] == []


def shut_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise Refusal("Cổng đã đóng.")

    for module in pkgutil.iter_modules(actions.__path__):
        imported = import_module(f"{actions.__name__}.{module.name}")
        for name in ("require", "require_period"):
            if hasattr(imported, name):
                monkeypatch.setattr(imported, name, refuse)
