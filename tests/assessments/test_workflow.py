"""The whole table of what is possible when: every action in every state of sheet, period and clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import product

import pytest

from accounts.dates import VIETNAM, format_moment
from assessments.calendar import Calendar, Phase, Window
from assessments.workflow import (
    NOT_OPEN,
    PUBLISHED,
    WITH_UNIT,
    Action,
    Extension,
    PeriodAction,
    PeriodState,
    State,
    next_state,
    period_refusal,
    refusal,
)

TICK = timedelta(microseconds=1)
FIRST = datetime(2026, 12, 1, 8, 0, tzinfo=VIETNAM)


def closing(phase: Phase) -> datetime:
    """17:00, four days and some hours after it began at 8:00; each phase has a week of its own."""
    return FIRST + timedelta(weeks=list(Phase).index(phase), days=4, hours=9)


def opening(phase: Phase) -> datetime:
    return FIRST + timedelta(weeks=list(Phase).index(phase))


# No two phases touch, so that a moment belongs to one of them or to none.
CALENDAR = Calendar(
    {phase: Window(opening(phase), None if phase is Phase.PUBLISHED else closing(phase)) for phase in Phase}
)
LONG_AFTER = FIRST + timedelta(weeks=30)

# x: what an open period allows in that state of the sheet | and, where the clock decides, in these phases.
#  action            draft rev ret sub exp app fin
TABLE = """
score                x    .   x   .   .   .   .  | self
share                x    .   x   .   .   .   .  | always
send                 x    .   x   .   .   .   .  | self approval
send_back            .    x   .   .   .   .   .  | self approval
submit               .    x   .   .   .   .   .  | self approval
return               .    .   .   x   .   .   .  | always
appraise             .    .   .   x   .   .   .  | round1
settle               .    .   .   x   .   .   .  | round1 explanation
release              .    .   .   x   .   .   .  | round1 explanation
explain              .    .   .   .   x   .   .  | explanation
revise               .    .   .   .   x   .   .  | round2
close_appraisal      .    .   .   .   x   .   .  | explanation round2 council
enter_central        x    x   x   x   x   x   .  | always
assign_target        x    x   x   x   x   x   .  | always
fix                  .    .   .   .   .   x   .  | council
finalise             .    .   .   .   .   x   .  | council
reopen               .    .   .   .   .   .   x  | council
renew                x    x   x   x   x   x   .  | always
extend               x    x   x   x   x   x   .  | always
"""
STATES = ["draft", "review", "returned", "submitted", "explaining", "appraised", "final"]
# What the leader or the coordinator gave back is mended in the leader's time too.
ALSO = {("score", "returned"): {"approval"}}
BEFORE_OPENING = {"assign_target"}
WHY_NOT = {
    "draft": "Đơn vị chưa gửi phiếu chấm điểm.",
    "review": "Phiếu đang chờ lãnh đạo đơn vị duyệt.",
    "returned": "Phiếu đã trả lại; đơn vị đang sửa.",
    "submitted": "Phiếu đã gửi, đang thẩm định vòng 1; đơn vị không sửa được nữa.",
    "explaining": "Đã có kết quả thẩm định vòng 1; phiếu đang ở bước giải trình.",
    "appraised": "Đã kết thúc thẩm định; phiếu đang chờ Hội đồng chốt điểm.",
    "final": "Điểm đã được Hội đồng chốt.",
}
LINES = {line.split()[0]: line for line in TABLE.strip().splitlines()}


def states_of(action: Action) -> set[str]:
    marks = LINES[action].partition("|")[0].split()[1:]
    return {state for state, mark in zip(STATES, marks, strict=True) if mark == "x"}


def phases_of(action: Action, state: str) -> list[Phase] | None:
    """None where the clock has no say."""
    names = LINES[action].partition("|")[2].split()
    if names == ["always"]:
        return None
    return [phase for phase in Phase if phase in {*names, *ALSO.get((action, state), ())}]


def moments() -> Iterator[tuple[datetime, Phase | None]]:
    """Both edges of every phase, a microsecond on either side of each, and the phase that is open there."""
    for phase in Phase:
        yield opening(phase) - TICK, None
        yield opening(phase), phase
        if phase is Phase.PUBLISHED:
            yield LONG_AFTER, phase
        else:
            yield closing(phase) - timedelta(seconds=1), phase
            yield closing(phase), phase
            yield closing(phase) + TICK, None


def ask(
    action: Action,
    state: str,
    now: datetime,
    *,
    period_state: PeriodState = PeriodState.OPEN,
    extensions: Iterable[Extension] = (),
    leaf: int | None = None,
) -> str | None:
    return refusal(
        action,
        period_state=period_state,
        state=State(state),
        calendar=CALENDAR,
        now=now,
        extensions=lambda: extensions,
        leaf=leaf,
    )


def expected(
    action: Action, period_state: PeriodState, state: str, now: datetime, open_phase: Phase | None
) -> str | None:
    """The reason of a refusal, told from the table and the calendar's dates alone."""
    if period_state is PeriodState.PUBLISHED:
        return PUBLISHED
    if period_state is PeriodState.PREPARING and action not in BEFORE_OPENING:
        return NOT_OPEN
    if state not in states_of(action):
        return WHY_NOT[state]
    phases = phases_of(action, state)
    if phases is None or open_phase in phases:
        return None
    waiting = [phase for phase in phases if opening(phase) > now]
    if waiting:
        return f"từ {format_moment(opening(waiting[0]))}."
    return f"lúc {format_moment(closing(phases[-1]))}."


def test_the_table_speaks_of_every_action_and_state():
    assert list(LINES) == [action.value for action in Action]
    assert [state.value for state in State] == STATES == list(WHY_NOT)


@pytest.mark.parametrize("action", list(Action))
def test_every_cell(action: Action):
    """3 states of the period × 7 of the sheet × 33 moments, each refused with its own reason or allowed."""
    wrong = []
    for period_state, state, (now, open_phase) in product(PeriodState, STATES, moments()):
        wanted = expected(action, period_state, state, now, open_phase)
        got = ask(action, state, now, period_state=period_state)
        agrees = got is None if wanted is None else got is not None and got.endswith(wanted)
        if not agrees:
            wrong.append((period_state.value, state, now.isoformat(), got, wanted))
    assert not wrong


def test_where_windows_overlap_one_that_is_open_is_enough():
    """A sheet sent early is approved, appraised and released early; approval alone keeps a returned one open."""
    early = Calendar(
        {
            **CALENDAR.windows,
            Phase.APPROVAL: Window(opening(Phase.SELF), closing(Phase.APPROVAL)),
            Phase.ROUND1: Window(opening(Phase.SELF), closing(Phase.ROUND1)),
        }
    )
    possible = {
        now: {
            action.value
            for action, state in product(Action, STATES)
            if phases_of(action, state) is not None
            and refusal(action, period_state=PeriodState.OPEN, state=State(state), calendar=early, now=now)
            is None
        }
        for now in (opening(Phase.SELF), closing(Phase.SELF), closing(Phase.SELF) + TICK)
    }
    both = {"send", "send_back", "submit", "appraise", "settle", "release"}
    assert set(map(frozenset, possible.values())) == {frozenset({"score", *both})}
    after = closing(Phase.SELF) + TICK
    assert refusal(Action.SCORE, period_state=PeriodState.OPEN, state=State.DRAFT, calendar=early, now=after)
    assert not refusal(
        Action.SCORE, period_state=PeriodState.OPEN, state=State.RETURNED, calendar=early, now=after
    )


@pytest.mark.parametrize(
    ("action", "state", "follows"),
    [
        (Action.SEND, State.DRAFT, State.REVIEW),
        (Action.SEND, State.RETURNED, State.REVIEW),
        (Action.SEND_BACK, State.REVIEW, State.RETURNED),
        (Action.SUBMIT, State.REVIEW, State.SUBMITTED),
        (Action.RETURN, State.SUBMITTED, State.RETURNED),
        (Action.RELEASE, State.SUBMITTED, State.EXPLAINING),
        (Action.CLOSE_APPRAISAL, State.EXPLAINING, State.APPRAISED),
        (Action.FINALISE, State.APPRAISED, State.FINAL),
        (Action.REOPEN, State.FINAL, State.APPRAISED),
        (Action.RENEW, State.APPRAISED, State.RETURNED),
    ],
)
def test_transitions(action: Action, state: State, follows: State):
    assert next_state(action, state) is follows


def test_everything_else_leaves_the_sheet_in_its_state():
    moving = {
        Action.SEND, Action.SEND_BACK, Action.SUBMIT, Action.RETURN, Action.RELEASE,
        Action.CLOSE_APPRAISAL, Action.FINALISE, Action.REOPEN, Action.RENEW,
    }  # fmt: skip
    for action, state in product(set(Action) - moving, State):
        assert next_state(action, state) is state


def test_a_sheet_is_its_units_until_the_leader_has_approved_it():
    assert {state.value for state in WITH_UNIT} == {"draft", "review", "returned"}


@pytest.mark.parametrize(
    ("action", "state", "now", "words"),
    [
        ("score", "draft", closing(Phase.SELF) + TICK, "Đã hết hạn tự chấm lúc 17:00 ngày 05 tháng 12 năm 2026."),
        ("score", "draft", FIRST - TICK, "Tự chấm điểm bắt đầu từ 08:00 ngày 01 tháng 12 năm 2026."),
        (
            "submit",
            "review",
            closing(Phase.APPROVAL) + TICK,
            "Đã hết hạn lãnh đạo đơn vị duyệt phiếu lúc 17:00 ngày 12 tháng 12 năm 2026.",
        ),
        (
            "close_appraisal",
            "explaining",
            closing(Phase.EXPLANATION) + TICK,
            "Thẩm định vòng 2 bắt đầu từ 08:00 ngày 29 tháng 12 năm 2026.",
        ),
    ],
)  # fmt: skip
def test_a_refusal_says_in_local_time_when_it_was_or_will_be_possible(
    action: str, state: str, now: datetime, words: str
):
    assert ask(Action(action), state, now) == words


class TestExtensions:
    UNTIL = LONG_AFTER

    def test_a_phase_is_extended_for_what_belongs_to_it_and_for_nothing_else(self):
        wrong = []
        for action, state, phase, now in product(
            Action, STATES, set(Phase) - {Phase.PUBLISHED}, (closing(Phase.COUNCIL) + TICK, self.UNTIL)
        ):
            phases = phases_of(action, state)
            possible = state in states_of(action) and (phases is None or phase in phases)
            # Told too late to explain, a unit would be taken to agree.
            possible &= (action, phase) != ("release", "round1")
            got = ask(action, state, now, extensions=[Extension(phase, self.UNTIL)])
            if (got is None) is not possible:
                wrong.append((action.value, state, phase.value, got))
        assert not wrong

    def test_it_ends_at_its_own_last_moment_and_the_refusal_names_that(self):
        given = [Extension(Phase.SELF, self.UNTIL), Extension(Phase.SELF, self.UNTIL - timedelta(days=1))]
        assert ask(Action.SCORE, "draft", self.UNTIL, extensions=given) is None
        refused = ask(Action.SCORE, "draft", self.UNTIL + TICK, extensions=given)
        assert refused == f"Đã hết thời gian gia hạn lúc {format_moment(self.UNTIL)}."

    def test_some_leaves_are_open_the_others_are_told_so_and_the_sheet_may_be_sent(self):
        now, given = closing(Phase.SELF) + TICK, [Extension(Phase.SELF, self.UNTIL, frozenset({7, 8}))]
        assert ask(Action.SCORE, "draft", now, extensions=given, leaf=7) is None
        refused = ask(Action.SCORE, "draft", now, extensions=given, leaf=9)
        assert refused == "Đơn vị chỉ được gia hạn một số tiêu chí; tiêu chí này không nằm trong đó."
        for action, state in ((Action.SCORE, "draft"), (Action.SEND, "draft"), (Action.SUBMIT, "review")):
            assert ask(action, state, now, extensions=given) is None
        ended = ask(Action.SCORE, "draft", self.UNTIL + TICK, extensions=given, leaf=7)
        assert ended == f"Đã hết thời gian gia hạn lúc {format_moment(self.UNTIL)}."

    def test_several_add_up(self):
        now = closing(Phase.SELF) + TICK
        given = [
            Extension(Phase.SELF, now, frozenset({7})),
            Extension(Phase.SELF, self.UNTIL, frozenset({8})),
        ]
        assert [ask(Action.SCORE, "draft", now, extensions=given, leaf=leaf) for leaf in (7, 8)] == [None] * 2
        later = now + TICK
        assert ask(Action.SCORE, "draft", later, extensions=given, leaf=8) is None
        assert ask(Action.SCORE, "draft", later, extensions=given, leaf=7)

    def test_it_opens_nothing_before_its_time(self):
        given = [Extension(phase, self.UNTIL) for phase in Phase]
        for action, state, (now, open_phase) in product(Action, STATES, moments()):
            phases = phases_of(action, state)
            if state not in states_of(action) or phases is None:
                continue
            over = {phase for phase in phases if closing(phase) < now}
            if action == "release":
                over -= {"round1"}
            possible = open_phase in phases or bool(over)
            got = ask(action, state, now, extensions=given)
            assert (got is None) is possible, (action, state, now)
            if not possible:
                assert got is not None
                [coming, *_] = [phase for phase in phases if opening(phase) > now]
                assert got.endswith(f"từ {format_moment(opening(coming))}.")

    def test_one_that_ended_before_the_phase_itself_is_no_reason(self):
        """The calendar was moved to a later date than the exception had."""
        given = [Extension(Phase.SELF, closing(Phase.SELF) - timedelta(days=1))]
        refused = ask(Action.SCORE, "draft", closing(Phase.SELF) + TICK, extensions=given)
        assert refused == f"Đã hết hạn tự chấm lúc {format_moment(closing(Phase.SELF))}."

    def test_the_phase_to_come_says_more_than_an_exception_that_is_over(self):
        ended = [Extension(Phase.SELF, closing(Phase.SELF) + timedelta(hours=1))]
        between = closing(Phase.SELF) + timedelta(hours=2)
        refused = ask(Action.SEND, "draft", between, extensions=ended)
        assert refused == f"Lãnh đạo đơn vị duyệt phiếu từ {format_moment(opening(Phase.APPROVAL))}."

    @pytest.mark.parametrize("period_state", [PeriodState.PREPARING, PeriodState.PUBLISHED])
    def test_it_overrules_neither_period_nor_state(self, period_state: PeriodState):
        now, given = closing(Phase.COUNCIL) + TICK, [Extension(phase, self.UNTIL) for phase in Phase]
        for action, state in product(set(Action) - {Action.ASSIGN_TARGET}, STATES):
            assert ask(action, state, now, period_state=period_state, extensions=given)
        for action, state in product(Action, STATES):
            if state not in states_of(action):
                assert ask(action, state, now, extensions=given) == WHY_NOT[state]

    def test_nobody_asks_for_them_while_the_clock_allows_or_the_state_refuses(self):
        def asked() -> Iterable[Extension]:
            raise AssertionError("asked")

        for state, now in (("draft", FIRST), ("final", LONG_AFTER)):
            refusal(
                Action.SCORE,
                period_state=PeriodState.OPEN,
                state=State(state),
                calendar=CALENDAR,
                now=now,
                extensions=asked,
            )


# action: the states of the period in which it is possible; publishing also waits for its day.
OF_A_PERIOD = {
    "edit_period": {"preparing", "open"},
    "reschedule": {"preparing", "open"},
    "open_period": {"preparing"},
    "arrange": {"preparing", "open"},
    "assign": {"preparing", "open"},
    "convene": {"open"},
    "import": {"preparing", "open"},
    "remind": {"open"},
    "publish": {"open"},
    "correct": {"published"},
}
PERIOD_WHY_NOT = {
    "preparing": "Kỳ đánh giá chưa mở.",
    "open": "Kỳ đánh giá đang thực hiện.",
    "published": "Kết quả đã công bố; không sửa được nữa.",
}
IN_OTHER_WORDS = {
    ("open_period", "open"): "Kỳ đánh giá đã mở.",
    ("correct", "preparing"): "Chỉ đính chính được kết quả đã công bố.",
    ("correct", "open"): "Chỉ đính chính được kết quả đã công bố.",
}


@pytest.mark.parametrize("action", list(PeriodAction))
def test_every_cell_of_a_period(action: PeriodAction):
    wrong = []
    for state, (now, open_phase) in product(PeriodState, moments()):
        if state not in OF_A_PERIOD[action]:
            wanted = IN_OTHER_WORDS.get((action, state), PERIOD_WHY_NOT[state])
        elif action == "publish" and open_phase is not Phase.PUBLISHED:
            wanted = f"Được công bố kết quả từ {format_moment(opening(Phase.PUBLISHED))}."
        else:
            wanted = None
        got = period_refusal(action, state=state, calendar=CALENDAR, now=now)
        if got != wanted:
            wrong.append((state.value, now.isoformat(), got, wanted))
    assert not wrong
