"""Where am I, what is next, until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.actions.extensions import extend
from assessments.calendar import Phase, calendar_from
from assessments.queries.steps import strip_of, way, way_of
from assessments.workflow import Extension, PeriodState, State
from criteria.models import CriteriaSet
from tests.assessments.conftest import DEADLINE, NOW, OPENS, Year, make_year

CALENDAR = calendar_from(OPENS, DEADLINE)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
APPROVAL, EXPLANATION = (CALENDAR[phase].closes for phase in (Phase.APPROVAL, Phase.EXPLANATION))


@pytest.mark.parametrize(
    ("state", "now", "current", "until"),
    [
        (State.DRAFT, NOW, Phase.SELF, DEADLINE),
        (State.DRAFT, DEADLINE + DAY, Phase.SELF, DEADLINE),
        (State.REVIEW, NOW, Phase.APPROVAL, APPROVAL),
        (State.RETURNED, NOW, Phase.SELF, APPROVAL),
        (State.SUBMITTED, NOW, Phase.ROUND1, None),
        (State.EXPLAINING, EXPLANATION, Phase.EXPLANATION, EXPLANATION),
        (State.EXPLAINING, EXPLANATION + SECOND, Phase.ROUND2, None),
        (State.APPRAISED, NOW, Phase.COUNCIL, None),
        (State.FINAL, NOW, Phase.PUBLISHED, None),
    ],
)
def test_the_state_and_the_clock_say_where_a_sheet_is(state, now, current, until):
    found = way(state, PeriodState.OPEN, CALENDAR, [], now=now)
    assert (found.current.phase, found.until) == (current, until)
    assert found.is_over == (until is not None and now > until)
    order = list(Phase)
    done = order.index(current)
    assert [step.status for step in found.steps] == ["done"] * done + ["current"] + ["ahead"] * (6 - done)
    assert found.task.endswith(".")


def test_after_publication_all_is_done():
    found = way(State.FINAL, PeriodState.PUBLISHED, CALENDAR, [], now=NOW)
    assert (found.current, found.until, found.place) == (None, None, 7)


def test_an_extension_moves_the_clock_of_its_own_step():
    granted = [Extension(Phase.EXPLANATION, EXPLANATION + 3 * DAY, frozenset({1}))]
    found = way(State.EXPLAINING, PeriodState.OPEN, CALENDAR, granted, now=EXPLANATION + DAY)
    assert (found.current.phase, found.until, found.is_extended) == (
        Phase.EXPLANATION,
        EXPLANATION + 3 * DAY,
        True,
    )
    assert found.left == "2 ngày"
    assert found.current.window.closes == EXPLANATION + 3 * DAY
    assert not way(State.DRAFT, PeriodState.OPEN, CALENDAR, granted, now=NOW).is_extended


def test_who_is_early_is_told_when_his_step_begins():
    found = way(State.EXPLAINING, PeriodState.OPEN, CALENDAR, [], now=NOW)
    assert found.waits
    assert not way(State.DRAFT, PeriodState.OPEN, CALENDAR, [], now=NOW).waits


@pytest.mark.django_db
class TestStrip:
    def test_it_names_what_runs_and_what_comes(self, year: Year):
        year.period.calendar = CALENDAR
        strip = strip_of(year.period, now=DEADLINE - DAY)
        assert [(step.status, step.left) for step in strip] == [
            ("current", "1 ngày"),
            ("current", "8 ngày"),
            ("ahead", "8 ngày"),
            *[("ahead", "")] * 4,
        ]

    def test_at_the_end_only_publishing_is_left(self, year: Year):
        year.period.calendar = CALENDAR
        strip = strip_of(year.period, now=DEADLINE + timedelta(days=400))
        assert [(step.status, step.left) for step in strip] == [*[("done", "")] * 6, ("current", "")]


@pytest.mark.django_db
class TestUnitHome:
    @pytest.fixture(autouse=True)
    def clock(self, time_machine: object) -> None:
        time_machine.move_to(NOW, tick=False)

    def test_it_says_what_to_do_and_until_when(self, year: Year, as_: Callable):
        extend(
            assessment=year.sheet(),
            phase=Phase.SELF,
            until=DEADLINE + 5 * DAY,
            reason="Bão số 3",
            document="12/UBND-NC",
            by=year.coordinator,
            now=NOW,
        )
        page = as_(year.officers[year.units[0].pk]).get(reverse("sheets"), {"tat-ca": ""}).content.decode()
        assert "Bước 1/7: Tự chấm điểm." in page
        assert (
            "Hạn: 17:00 ngày 05 tháng 4 năm 2026 (được gia hạn) · còn <strong>34 ngày 8 giờ</strong>" in page
        )
        assert way_of(year.sheet(), now=NOW).until == DEADLINE + 5 * DAY

    def test_a_single_sheet_opens_at_once(self, year: Year, as_: Callable):
        answer = as_(year.leaders[year.units[0].pk]).get(reverse("sheets"))
        assert answer.url == reverse("sheet", args=[year.sheet().pk])

    def test_its_queries_do_not_grow_with_sheets(self, small_set: CriteriaSet, as_: Callable):
        counts = []
        for periods in (1, 3):
            years = [make_year(small_set, 1) for _ in range(periods)]
            officer = years[0].officers[years[0].units[0].pk]
            for year in years:
                year.open()
                if year is not years[0]:
                    officer.memberships.create(role="officer", unit=year.units[0])
            browser = as_(officer)
            with CaptureQueriesContext(connection) as queries:
                page = browser.get(reverse("sheets"), {"tat-ca": ""})
            assert len(page.context["running"]) == periods
            counts.append(len(queries))
        assert counts[0] == counts[1]


@pytest.mark.django_db
def test_a_coordinator_lands_on_the_board_of_the_one_period_that_runs(
    preparing_year: Year, small_set: CriteriaSet, as_: Callable
):
    browser = as_(preparing_year.coordinator)
    assert browser.get("/").url == reverse("periods")
    preparing_year.open()
    assert browser.get("/").url == reverse("period", args=[preparing_year.period.pk])
    other = make_year(small_set, 1)
    other.open()
    preparing_year.coordinator.memberships.create(role="coordinator", unit=other.host)
    assert browser.get("/").url == reverse("periods")
