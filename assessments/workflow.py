"""When things may happen: the states of a period and of a score sheet, their phases, and what each lets people do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accounts.dates import format_moment
from assessments.calendar import Calendar, Phase, closed_because


class Refusal(Exception):
    """An action that is impossible now; the message tells the person why, in plain Vietnamese."""


class PeriodState(StrEnum):
    PREPARING = "preparing"
    OPEN = "open"
    PUBLISHED = "published"


class State(StrEnum):
    DRAFT = "draft"
    REVIEW = "review"
    RETURNED = "returned"
    SUBMITTED = "submitted"
    EXPLAINING = "explaining"
    APPRAISED = "appraised"
    FINAL = "final"


WITH_UNIT = frozenset({State.DRAFT, State.REVIEW, State.RETURNED})
"""The unit has not sent its sheet: nobody else works on it."""
_BEING_SCORED = frozenset({State.DRAFT, State.RETURNED})
_NOT_FINAL = frozenset(State) - {State.FINAL}


class Action(StrEnum):
    """What is done to one sheet."""

    SCORE = "score"
    SHARE = "share"
    SEND = "send"
    SEND_BACK = "send_back"
    SUBMIT = "submit"
    RETURN = "return"
    APPRAISE = "appraise"
    SETTLE = "settle"
    RELEASE = "release"
    EXPLAIN = "explain"
    REVISE = "revise"
    CLOSE_APPRAISAL = "close_appraisal"
    ENTER_CENTRAL = "enter_central"
    ASSIGN_TARGET = "assign_target"
    FIX = "fix"
    FINALISE = "finalise"
    REOPEN = "reopen"
    RENEW = "renew"
    EXTEND = "extend"


@dataclass(frozen=True)
class Step:
    """In which states of the sheet an action is possible, the state it leads to (None: it stays), and in which
    phases (none: whenever the period is open). Of several phases, one that is open is enough."""

    states: frozenset[State]
    leads_to: State | None = None
    phases: tuple[Phase, ...] = ()


STEPS: Mapping[Action, Step] = {
    Action.SCORE: Step(_BEING_SCORED, phases=(Phase.SELF,)),
    Action.SHARE: Step(_BEING_SCORED),
    Action.SEND: Step(_BEING_SCORED, State.REVIEW, (Phase.SELF, Phase.APPROVAL)),
    Action.SEND_BACK: Step(frozenset({State.REVIEW}), State.RETURNED, (Phase.SELF, Phase.APPROVAL)),
    Action.SUBMIT: Step(frozenset({State.REVIEW}), State.SUBMITTED, (Phase.SELF, Phase.APPROVAL)),
    Action.RETURN: Step(frozenset({State.SUBMITTED}), State.RETURNED),
    Action.APPRAISE: Step(frozenset({State.SUBMITTED}), phases=(Phase.ROUND1,)),
    Action.SETTLE: Step(frozenset({State.SUBMITTED}), phases=(Phase.ROUND1, Phase.EXPLANATION)),
    Action.RELEASE: Step(frozenset({State.SUBMITTED}), State.EXPLAINING, (Phase.ROUND1, Phase.EXPLANATION)),
    Action.EXPLAIN: Step(frozenset({State.EXPLAINING}), phases=(Phase.EXPLANATION,)),
    Action.REVISE: Step(frozenset({State.EXPLAINING}), phases=(Phase.ROUND2,)),
    Action.CLOSE_APPRAISAL: Step(
        frozenset({State.EXPLAINING}), State.APPRAISED, (Phase.EXPLANATION, Phase.ROUND2, Phase.COUNCIL)
    ),
    Action.ENTER_CENTRAL: Step(_NOT_FINAL),
    Action.ASSIGN_TARGET: Step(_NOT_FINAL),
    Action.FIX: Step(frozenset({State.APPRAISED}), phases=(Phase.COUNCIL,)),
    Action.FINALISE: Step(frozenset({State.APPRAISED}), State.FINAL, (Phase.COUNCIL,)),
    Action.REOPEN: Step(frozenset({State.FINAL}), State.APPRAISED, (Phase.COUNCIL,)),
    # A new version of the criteria set sends a sheet with leaves to score again back to its unit.
    Action.RENEW: Step(_NOT_FINAL, State.RETURNED),
    Action.EXTEND: Step(_NOT_FINAL),
}
BEFORE_OPENING = frozenset({Action.ASSIGN_TARGET})
# More time to appraise is no time to explain: told too late, the unit's silence would count as agreement at once.
_NO_LONGER = frozenset({(Action.RELEASE, Phase.ROUND1)})

_WHY_NOT = {
    State.DRAFT: "Đơn vị chưa gửi phiếu chấm điểm.",
    State.REVIEW: "Phiếu đang chờ lãnh đạo đơn vị duyệt.",
    State.RETURNED: "Phiếu đã trả lại; đơn vị đang sửa.",
    State.SUBMITTED: "Phiếu đã gửi, đang thẩm định vòng 1; đơn vị không sửa được nữa.",
    State.EXPLAINING: "Đã có kết quả thẩm định vòng 1; phiếu đang ở bước giải trình.",
    State.APPRAISED: "Đã kết thúc thẩm định; phiếu đang chờ Hội đồng chốt điểm.",
    State.FINAL: "Điểm đã được Hội đồng chốt.",
}
NOT_OPEN = "Kỳ đánh giá chưa mở."
PUBLISHED = "Kết quả đã công bố; không sửa được nữa."


@dataclass(frozen=True, slots=True)
class Extension:
    """An exception: a phase stays open for one sheet until a date, for some leaves or (None) for all.

    It never opens a phase before its time.
    """

    phase: Phase
    until: datetime
    leaves: frozenset[int] | None = None

    def covers(self, now: datetime, leaf: int | None) -> bool:
        """Without a leaf the question is about the sheet as a whole, which any open leaf keeps open."""
        return now <= self.until and (leaf is None or self.leaves is None or leaf in self.leaves)


def refusal(
    action: Action,
    *,
    period_state: PeriodState,
    state: State,
    calendar: Calendar,
    now: datetime,
    extensions: Callable[[], Iterable[Extension]] = tuple,
    leaf: int | None = None,
) -> str | None:
    """Why `action` is impossible now, in words for the person who tried it; None if it is possible.

    `extensions` of the sheet are only asked for when the clock has closed the phases of the action; `leaf` is the
    key of the criterion it is about.
    """
    if period_state is PeriodState.PREPARING and action not in BEFORE_OPENING:
        return NOT_OPEN
    if period_state is PeriodState.PUBLISHED:
        return PUBLISHED
    step = STEPS[action]
    if state not in step.states:
        return _WHY_NOT[state]
    phases = _phases(action, state)
    if not phases or any(calendar[phase].is_open(now) for phase in phases):
        return None
    over = [phase for phase in phases if calendar[phase].is_over(now)]
    given = [
        extension
        for extension in extensions()
        if extension.phase in over and (action, extension.phase) not in _NO_LONGER
    ]
    if any(extension.covers(now, leaf) for extension in given):
        return None
    return _closed(calendar, phases, given, now, leaf)


def _phases(action: Action, state: State) -> tuple[Phase, ...]:
    # What a leader returned is mended in his own time, not in the one for self-scoring that may be over.
    if action is Action.SCORE and state is State.RETURNED:
        return (Phase.SELF, Phase.APPROVAL)
    return STEPS[action].phases


def _closed(
    calendar: Calendar, phases: tuple[Phase, ...], given: list[Extension], now: datetime, leaf: int | None
) -> str:
    """Why `now` is in none of `phases`; `given` are exceptions from those that are over."""
    if leaf is not None and any(extension.covers(now, None) for extension in given):
        return "Đơn vị chỉ được gia hạn một số tiêu chí; tiêu chí này không nằm trong đó."
    last = max((extension.until for extension in given), default=None)
    if last is not None and all(calendar[phase].is_over(last) for phase in phases):
        return f"Đã hết thời gian gia hạn lúc {format_moment(last)}."
    # The phase still to come says more than the one that is over.
    told = next((phase for phase in phases if now < calendar[phase].opens), phases[-1])
    reason = closed_because(told, calendar[told], now)
    assert reason is not None
    return reason


def next_state(action: Action, state: State) -> State:
    return STEPS[action].leads_to or state


class PeriodAction(StrEnum):
    """What is done to a period as a whole."""

    EDIT = "edit_period"
    RESCHEDULE = "reschedule"
    OPEN = "open_period"
    ARRANGE = "arrange"
    ASSIGN = "assign"
    CONVENE = "convene"
    IMPORT = "import"
    REMIND = "remind"
    PUBLISH = "publish"
    CORRECT = "correct"


_PERIOD_STATES: Mapping[PeriodAction, frozenset[PeriodState]] = {
    PeriodAction.EDIT: frozenset({PeriodState.PREPARING, PeriodState.OPEN}),
    PeriodAction.RESCHEDULE: frozenset({PeriodState.PREPARING, PeriodState.OPEN}),
    PeriodAction.OPEN: frozenset({PeriodState.PREPARING}),
    PeriodAction.ARRANGE: frozenset({PeriodState.PREPARING, PeriodState.OPEN}),
    PeriodAction.ASSIGN: frozenset({PeriodState.PREPARING, PeriodState.OPEN}),
    PeriodAction.CONVENE: frozenset({PeriodState.OPEN}),
    PeriodAction.IMPORT: frozenset({PeriodState.PREPARING, PeriodState.OPEN}),
    PeriodAction.REMIND: frozenset({PeriodState.OPEN}),
    PeriodAction.PUBLISH: frozenset({PeriodState.OPEN}),
    PeriodAction.CORRECT: frozenset({PeriodState.PUBLISHED}),
}
_PERIOD_WHY_NOT = {
    PeriodState.PREPARING: NOT_OPEN,
    PeriodState.OPEN: "Kỳ đánh giá đang thực hiện.",
    PeriodState.PUBLISHED: PUBLISHED,
}


def period_refusal(
    action: PeriodAction, *, state: PeriodState, calendar: Calendar, now: datetime
) -> str | None:
    """Why nothing of the kind can be done to the period now, in words; None if it can."""
    if state not in _PERIOD_STATES[action]:
        if action is PeriodAction.OPEN and state is PeriodState.OPEN:
            return "Kỳ đánh giá đã mở."
        if action is PeriodAction.CORRECT:
            return "Chỉ đính chính được kết quả đã công bố."
        return _PERIOD_WHY_NOT[state]
    if action is PeriodAction.PUBLISH:
        return closed_because(Phase.PUBLISHED, calendar[Phase.PUBLISHED], now)
    return None
