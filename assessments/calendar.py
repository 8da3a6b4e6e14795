"""The calendar of a period: when each phase opens and closes. The clock alone moves from one to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from accounts.dates import format_moment


class Phase(StrEnum):
    SELF = "self"
    APPROVAL = "approval"
    ROUND1 = "round1"
    EXPLANATION = "explanation"
    ROUND2 = "round2"
    COUNCIL = "council"
    PUBLISHED = "published"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Phase.SELF: "Tự chấm điểm",
    Phase.APPROVAL: "Lãnh đạo đơn vị duyệt",
    Phase.ROUND1: "Thẩm định vòng 1",
    Phase.EXPLANATION: "Giải trình",
    Phase.ROUND2: "Thẩm định vòng 2",
    Phase.COUNCIL: "Hội đồng thẩm định",
    Phase.PUBLISHED: "Công bố",
}


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens` up to and including `closes`; without `closes` it stays open."""

    opens: datetime
    closes: datetime | None

    def is_open(self, now: datetime) -> bool:
        return self.opens <= now and not self.is_over(now)

    def is_over(self, now: datetime) -> bool:
        return self.closes is not None and now > self.closes


@dataclass(frozen=True)
class Calendar:
    """A window for every phase. Windows may overlap: whoever is done early need not wait for the others."""

    windows: Mapping[Phase, Window]

    def __getitem__(self, phase: Phase) -> Window:
        return self.windows[phase]

    def problems(self) -> list[str]:
        """What can't be meant, in words: a phase that ends before it begins, or before the one before it."""
        found = [
            f"“{phase.label}” phải kết thúc sau khi bắt đầu"
            for phase, window in self.windows.items()
            if window.closes is not None and window.closes <= window.opens
        ]
        for earlier, later in pairwise(Phase):
            first, second = self.windows[earlier], self.windows[later]
            if second.opens < first.opens:
                found.append(f"“{later.label}” không thể bắt đầu trước “{earlier.label}”")
            if first.closes is not None and second.closes is not None and second.closes < first.closes:
                found.append(f"“{later.label}” không thể kết thúc trước “{earlier.label}”")
        return found

    def open_phases(self, now: datetime) -> list[Phase]:
        return [phase for phase in Phase if self.windows[phase].is_open(now)]

    def next_phase(self, now: datetime) -> Phase | None:
        """The phase that opens next; None when all have."""
        return next((phase for phase in Phase if self.windows[phase].opens > now), None)


def calendar_from(opens: datetime, closes: datetime) -> Calendar:
    """A usual year to begin with: self-scoring as given, then a week for the leader and two for each round."""
    windows = {Phase.SELF: Window(opens, closes)}
    begin = closes
    lengths = {
        Phase.APPROVAL: 7,
        Phase.ROUND1: 14,
        Phase.EXPLANATION: 7,
        Phase.ROUND2: 14,
        Phase.COUNCIL: 14,
    }
    for phase, days in lengths.items():
        # A leader approves what is sent early, and appraisers may begin with it.
        start = opens if phase is Phase.APPROVAL else begin
        windows[phase] = Window(start, begin + timedelta(days=days))
        begin += timedelta(days=days)
    windows[Phase.PUBLISHED] = Window(begin, None)
    return Calendar(windows)


def closed_because(phase: Phase, window: Window, now: datetime) -> str | None:
    """Why nothing of a phase can be done now, in words; None while it is open."""
    if now < window.opens:
        return f"{_BEGINS[phase]} từ {format_moment(window.opens)}."
    if window.closes is not None and window.is_over(now):
        return f"Đã hết hạn {_DEADLINE_OF[phase]} lúc {format_moment(window.closes)}."
    return None


_BEGINS = {
    Phase.SELF: "Tự chấm điểm bắt đầu",
    Phase.APPROVAL: "Lãnh đạo đơn vị duyệt phiếu",
    Phase.ROUND1: "Thẩm định vòng 1 bắt đầu",
    Phase.EXPLANATION: "Giải trình bắt đầu",
    Phase.ROUND2: "Thẩm định vòng 2 bắt đầu",
    Phase.COUNCIL: "Hội đồng làm việc",
    Phase.PUBLISHED: "Được công bố kết quả",
}
_DEADLINE_OF = {
    Phase.SELF: "tự chấm",
    Phase.APPROVAL: "lãnh đạo đơn vị duyệt phiếu",
    Phase.ROUND1: "thẩm định vòng 1",
    Phase.EXPLANATION: "giải trình",
    Phase.ROUND2: "thẩm định vòng 2",
    Phase.COUNCIL: "làm việc của Hội đồng",
}
