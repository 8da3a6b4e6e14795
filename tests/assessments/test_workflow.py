"""The whole table of what is possible when: every action in every state of sheet, period and clock."""

from datetime import datetime, timedelta
from itertools import product

import pytest

from accounts.dates import VIETNAM
from assessments.workflow import Action, PeriodState, State, next_state, refusal

DEADLINE = datetime(2026, 12, 5, 17, 0, tzinfo=VIETNAM)
BEFORE, AFTER = DEADLINE - timedelta(days=1), DEADLINE + timedelta(seconds=1)

# Action: the sheet's states in which an open period allows it.
ALLOWED = {
    Action.SCORE: {State.DRAFT},
    Action.SUBMIT: {State.DRAFT},
    Action.RETURN: {State.SUBMITTED},
    Action.APPRAISE: {State.SUBMITTED},
    Action.CLOSE_APPRAISAL: {State.SUBMITTED},
    Action.ENTER_CENTRAL: {State.DRAFT, State.SUBMITTED, State.APPRAISED},
    Action.ASSIGN_TARGET: {State.DRAFT, State.SUBMITTED, State.APPRAISED},
    Action.FIX: {State.APPRAISED},
    Action.FINALISE: {State.APPRAISED},
    Action.RENEW: {State.DRAFT, State.SUBMITTED, State.APPRAISED},
}
ONLY_BEFORE_THE_DEADLINE = {Action.SCORE, Action.SUBMIT}
ALSO_BEFORE_OPENING = {Action.ASSIGN_TARGET}


@pytest.mark.parametrize(
    ("action", "period_state", "state", "now"), list(product(Action, PeriodState, State, [BEFORE, AFTER]))
)
def test_every_cell(action: Action, period_state: PeriodState, state: State, now: datetime):
    opened = period_state is PeriodState.OPEN or (
        period_state is PeriodState.PREPARING and action in ALSO_BEFORE_OPENING
    )
    in_time = now <= DEADLINE or action not in ONLY_BEFORE_THE_DEADLINE
    expected = opened and state in ALLOWED[action] and in_time
    reason = refusal(action, period_state=period_state, state=state, deadline=DEADLINE, now=now)
    assert (reason is None) is expected
    assert reason is None or reason.endswith(".")


@pytest.mark.parametrize(
    ("action", "state", "follows"),
    [
        (Action.SUBMIT, State.DRAFT, State.SUBMITTED),
        (Action.RETURN, State.SUBMITTED, State.DRAFT),
        (Action.CLOSE_APPRAISAL, State.SUBMITTED, State.APPRAISED),
        (Action.FINALISE, State.APPRAISED, State.FINAL),
        (Action.RENEW, State.APPRAISED, State.DRAFT),
        (Action.SCORE, State.DRAFT, State.DRAFT),
        (Action.APPRAISE, State.SUBMITTED, State.SUBMITTED),
    ],
)
def test_transitions(action: Action, state: State, follows: State):
    assert next_state(action, state) is follows


def test_a_refusal_names_the_deadline_in_local_time():
    reason = refusal(
        Action.SCORE, period_state=PeriodState.OPEN, state=State.DRAFT, deadline=DEADLINE, now=AFTER
    )
    assert reason == "Đã hết hạn tự chấm lúc 17:00 ngày 05 tháng 12 năm 2026."
