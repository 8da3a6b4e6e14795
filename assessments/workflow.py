"""When things may happen: the states of a period and of a score sheet, and what each lets people do."""

from datetime import datetime
from enum import StrEnum

from accounts.dates import format_moment


class Refusal(Exception):
    """An action that is impossible now; the message tells the person why, in plain Vietnamese."""


class PeriodState(StrEnum):
    PREPARING = "preparing"
    OPEN = "open"
    PUBLISHED = "published"


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPRAISED = "appraised"
    FINAL = "final"


class Action(StrEnum):
    SCORE = "score"
    SUBMIT = "submit"
    RETURN = "return"
    APPRAISE = "appraise"
    CLOSE_APPRAISAL = "close_appraisal"
    ENTER_CENTRAL = "enter_central"
    ASSIGN_TARGET = "assign_target"
    FIX = "fix"
    FINALISE = "finalise"
    RENEW = "renew"


# In which states of the sheet an action is possible, and the state it leads to (None: it stays).
TRANSITIONS: dict[Action, tuple[frozenset[State], State | None]] = {
    Action.SCORE: (frozenset({State.DRAFT}), None),
    Action.SUBMIT: (frozenset({State.DRAFT}), State.SUBMITTED),
    Action.RETURN: (frozenset({State.SUBMITTED}), State.DRAFT),
    Action.APPRAISE: (frozenset({State.SUBMITTED}), None),
    Action.CLOSE_APPRAISAL: (frozenset({State.SUBMITTED}), State.APPRAISED),
    Action.ENTER_CENTRAL: (frozenset({State.DRAFT, State.SUBMITTED, State.APPRAISED}), None),
    Action.ASSIGN_TARGET: (frozenset({State.DRAFT, State.SUBMITTED, State.APPRAISED}), None),
    Action.FIX: (frozenset({State.APPRAISED}), None),
    Action.FINALISE: (frozenset({State.APPRAISED}), State.FINAL),
    # A new version of the criteria set sends a sheet with leaves to score again back to its unit.
    Action.RENEW: (frozenset({State.DRAFT, State.SUBMITTED, State.APPRAISED}), State.DRAFT),
}

UNTIL_DEADLINE = frozenset({Action.SCORE, Action.SUBMIT})

_WHY_NOT = {
    State.DRAFT: "Đơn vị chưa gửi phiếu chấm điểm.",
    State.SUBMITTED: "Phiếu đã gửi; đơn vị không sửa được nữa.",
    State.APPRAISED: "Đã kết thúc thẩm định; phiếu đang chờ Hội đồng chốt điểm.",
    State.FINAL: "Điểm đã được Hội đồng chốt.",
}


def refusal(
    action: Action, *, period_state: PeriodState, state: State, deadline: datetime, now: datetime
) -> str | None:
    """Why `action` is impossible now, in words for the person who tried it; None if it is possible."""
    if period_state is PeriodState.PREPARING and action is not Action.ASSIGN_TARGET:
        return "Kỳ đánh giá chưa mở."
    if period_state is PeriodState.PUBLISHED:
        return "Kết quả đã công bố; không sửa được nữa."
    if state not in TRANSITIONS[action][0]:
        return _WHY_NOT[state]
    if action in UNTIL_DEADLINE and now > deadline:
        return f"Đã hết hạn tự chấm lúc {format_moment(deadline)}."
    return None


def next_state(action: Action, state: State) -> State:
    return TRANSITIONS[action][1] or state
