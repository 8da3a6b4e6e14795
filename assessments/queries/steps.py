"""Where a sheet or a period is on its way through the year, what is next, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from accounts.dates import VIETNAM, format_span
from assessments import workflow
from assessments.calendar import Calendar, Phase, Window
from assessments.deadlines import PHASE_IN, ends
from assessments.models import Assessment, Period
from assessments.queries.extensions import with_extensions
from assessments.workflow import PeriodState, State


@dataclass(frozen=True, slots=True)
class Step:
    """One phase; `status` is "done", "current" or "ahead"."""

    phase: Phase
    window: Window
    status: str

    @property
    def first_day(self) -> date:
        return self.window.opens.astimezone(VIETNAM).date()

    @property
    def last_day(self) -> date | None:
        return self.window.closes.astimezone(VIETNAM).date() if self.window.closes else None


@dataclass(frozen=True)
class Way:
    """A sheet's steps with what its unit has to do now; `until` is None where no clock runs for the unit."""

    steps: tuple[Step, ...]
    task: str
    until: datetime | None
    is_extended: bool
    now: datetime

    @property
    def current(self) -> Step | None:
        return next((step for step in self.steps if step.status == "current"), None)

    @property
    def place(self) -> int:
        """The number of the current step, from 1; that of the last once all are done."""
        return next((n for n, step in enumerate(self.steps, 1) if step.status == "current"), len(self.steps))

    @property
    def is_over(self) -> bool:
        return self.until is not None and self.now > self.until

    @property
    def waits(self) -> bool:
        """The unit is done before its step has begun."""
        return self.current is not None and self.now < self.current.window.opens

    @property
    def left(self) -> str:
        return format_span(self.until - self.now) if self.until else ""


_TASKS = {
    State.DRAFT: "Chấm từng tiêu chí, kèm tài liệu kiểm chứng, rồi trình lãnh đạo đơn vị duyệt.",
    State.REVIEW: "Lãnh đạo đơn vị duyệt và gửi phiếu, hoặc trả lại để sửa.",
    State.RETURNED: "Sửa phiếu theo lý do trả lại, rồi trình lãnh đạo đơn vị duyệt lại.",
    State.SUBMITTED: "Phiếu đang chờ thẩm định; đơn vị chưa phải làm gì.",
    State.EXPLAINING: "Xem kết quả thẩm định vòng 1 và trả lời các tiêu chí được chấm thấp hơn điểm tự chấm; "
    "không trả lời được coi là đồng ý.",
    State.APPRAISED: "Đã thẩm định xong, Hội đồng đang xem xét; đơn vị không phải làm gì.",
    State.FINAL: "Hội đồng đã chốt điểm; đơn vị chờ công bố kết quả.",
}
_REVISED = "Các tiêu chí đơn vị không đồng ý đang được thẩm định lại; đơn vị chưa phải làm gì."
_PUBLISHED = "Kết quả đã được công bố."


def way(
    state: State,
    period_state: PeriodState,
    calendar: Calendar,
    extensions: Iterable[workflow.Extension],
    *,
    now: datetime,
) -> Way:
    given = list(extensions)
    at, task = _position(state, period_state, calendar, given, now)
    until = None
    # The clock of the other steps runs for the appraisers and the council.
    if at in {Phase.SELF, Phase.APPROVAL, Phase.EXPLANATION} and period_state is PeriodState.OPEN:
        until = max(ends(PHASE_IN[state], calendar, given), default=None)
    order = list(Phase)
    done = order.index(at) if at else len(order)
    is_extended = until is not None and until != calendar[PHASE_IN[state]].closes
    steps = [
        Step(phase, calendar[phase], "done" if n < done else "current" if n == done else "ahead")
        for n, phase in enumerate(order)
    ]
    if is_extended:
        steps[done] = replace(steps[done], window=replace(steps[done].window, closes=until))
    return Way(steps=tuple(steps), task=task, until=until, is_extended=is_extended, now=now)


def _position(
    state: State,
    period_state: PeriodState,
    calendar: Calendar,
    extensions: list[workflow.Extension],
    now: datetime,
) -> tuple[Phase | None, str]:
    if period_state is PeriodState.PUBLISHED:
        return None, _PUBLISHED
    if state is State.RETURNED:
        return Phase.SELF, _TASKS[state]
    if state is State.EXPLAINING and now > max(ends(Phase.EXPLANATION, calendar, extensions), default=now):
        return Phase.ROUND2, _REVISED
    if state is State.FINAL:
        return Phase.PUBLISHED, _TASKS[state]
    return PHASE_IN[state], _TASKS[state]


def way_of(assessment: Assessment, *, now: datetime) -> Way:
    """The steps of one sheet, for the component assessments/steps.html."""
    period = assessment.period
    extensions = [granted.as_rule for granted in assessment.granted]
    return way(State(assessment.state), PeriodState(period.state), period.calendar, extensions, now=now)


def ways_of(assessments: Iterable[Assessment], *, now: datetime) -> list[tuple[Assessment, Way]]:
    """The same for several sheets, whose extensions are asked for together."""
    return [(sheet, way_of(sheet, now=now)) for sheet in with_extensions(assessments)]


@dataclass(frozen=True, slots=True)
class CalendarStep(Step):
    """A phase of a period, with the time until it ends, or until it begins if it comes next; else ""."""

    left: str


def strip_of(period: Period, *, now: datetime) -> list[CalendarStep]:
    """The calendar of a period, for the component assessments/strip.html. Several phases may run at once."""
    calendar = period.calendar
    following = calendar.next_phase(now)
    return [
        CalendarStep(phase, window, status, format_span(until - now) if until else "")
        for phase in Phase
        for window in [calendar[phase]]
        for status, until in [_clock(window, now, is_next=phase is following)]
    ]


def _clock(window: Window, now: datetime, *, is_next: bool) -> tuple[str, datetime | None]:
    if window.is_open(now):
        return "current", window.closes
    if window.is_over(now):
        return "done", None
    return "ahead", window.opens if is_next else None
