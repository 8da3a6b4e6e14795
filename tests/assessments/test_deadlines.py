"""When time is over for one sheet, and when a reminder is due."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assessments.calendar import Phase, calendar_from
from assessments.deadlines import ends, is_late, reminder_due
from assessments.workflow import Extension, State
from tests.assessments.conftest import DEADLINE, OPENS

CALENDAR = calendar_from(OPENS, DEADLINE)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
APPROVAL = DEADLINE + 7 * DAY


def granted(days: int, phase: Phase = Phase.SELF, leaves: frozenset[int] | None = None) -> Extension:
    return Extension(phase, DEADLINE + days * DAY, leaves)


@pytest.mark.parametrize(
    ("extensions", "self_ends", "approval_ends"),
    [
        ([], [0], [7]),
        ([granted(3)], [3], [7]),
        ([granted(9)], [9], [9]),
        # Some leaves only: the rest keeps its own end.
        ([granted(9, leaves=frozenset({1}))], [0, 9], [7, 9]),
        ([granted(3), granted(9, leaves=frozenset({1}))], [3, 9], [7, 9]),
        # What ends before the calendar does changes nothing, nor what was granted for something else.
        ([granted(-2)], [0], [7]),
        ([granted(30, Phase.EXPLANATION)], [0], [7]),
    ],
)
def test_an_extension_moves_the_end_for_what_it_is_about(extensions, self_ends, approval_ends):
    assert ends(Phase.SELF, CALENDAR, extensions) == [DEADLINE + days * DAY for days in self_ends]
    assert ends(Phase.APPROVAL, CALENDAR, extensions) == [DEADLINE + days * DAY for days in approval_ends]


def test_publishing_has_no_end():
    assert ends(Phase.PUBLISHED, CALENDAR) == []


@pytest.mark.parametrize(
    ("state", "closes"), [(State.DRAFT, DEADLINE), (State.REVIEW, APPROVAL), (State.RETURNED, APPROVAL)]
)
def test_a_sheet_is_late_from_the_second_after_its_end(state, closes):
    assert not is_late(state, CALENDAR, [], closes)
    assert is_late(state, CALENDAR, [], closes + SECOND)
    assert not is_late(state, CALENDAR, [granted(20)], closes + SECOND)


@pytest.mark.parametrize(
    ("left", "due"),
    [
        (7 * DAY + SECOND, None),
        (7 * DAY, 7),
        (7 * DAY - SECOND, 7),
        (3 * DAY + SECOND, 7),
        (3 * DAY, 3),
        (DAY + SECOND, 3),
        (DAY, 1),
        (SECOND, 1),
        (0 * DAY, None),
        (-SECOND, None),
    ],
)
def test_reminders_come_seven_three_and_one_day_before(left, due):
    assert reminder_due(DEADLINE, DEADLINE - left, since=OPENS) == due


def test_no_reminder_comes_before_there_is_anything_to_do():
    """Of a phase of five days, the one that would have come two days before it opened."""
    opens = DEADLINE - 5 * DAY
    assert reminder_due(DEADLINE, opens, since=opens) is None
    assert reminder_due(DEADLINE, DEADLINE - 3 * DAY, since=opens) == 3
