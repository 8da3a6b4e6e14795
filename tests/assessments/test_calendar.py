"""The calendar by itself: windows, what can't be meant, the usual year, words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.dates import VIETNAM
from assessments.calendar import Calendar, Phase, Window, calendar_from, closed_because

OPENS = datetime(2026, 11, 2, 8, 0, tzinfo=VIETNAM)
CLOSES = datetime(2026, 12, 5, 17, 0, tzinfo=VIETNAM)
TICK = timedelta(microseconds=1)
USUAL = calendar_from(OPENS, CLOSES)


def at(day: int, month: int, year: int = 2026, hour: int = 17) -> datetime:
    return datetime(year, month, day, hour, tzinfo=VIETNAM)


def moved(phase: Phase, opens: datetime | None = None, closes: datetime | None = None) -> Calendar:
    stood = USUAL[phase]
    return Calendar({**USUAL.windows, phase: Window(opens or stood.opens, closes or stood.closes)})


class TestWindow:
    def test_both_edges_belong_to_it(self):
        window = Window(OPENS, CLOSES)
        inside = [OPENS - TICK, OPENS, OPENS + TICK, CLOSES - TICK, CLOSES, CLOSES + TICK]
        assert [window.is_open(now) for now in inside] == [False, True, True, True, True, False]
        assert [window.is_over(now) for now in inside] == [False] * 5 + [True]

    def test_without_an_end_it_stays_open(self):
        window = Window(OPENS, None)
        assert not window.is_open(OPENS - TICK)
        assert window.is_open(at(1, 1, 2100))
        assert not window.is_over(at(1, 1, 2100))

    def test_a_moment_is_the_same_in_every_zone(self):
        window = Window(OPENS, CLOSES)
        assert window.is_open(CLOSES.astimezone(UTC))
        assert not window.is_open((CLOSES + TICK).astimezone(UTC))


def test_the_usual_year_gives_each_step_its_weeks_one_after_the_other():
    assert {phase.value: (window.opens, window.closes) for phase, window in USUAL.windows.items()} == {
        "self": (OPENS, at(5, 12)),
        # Whoever sends early is approved early.
        "approval": (OPENS, at(12, 12)),
        "round1": (at(12, 12), at(26, 12)),
        "explanation": (at(26, 12), at(2, 1, 2027)),
        "round2": (at(2, 1, 2027), at(16, 1, 2027)),
        "council": (at(16, 1, 2027), at(30, 1, 2027)),
        "published": (at(30, 1, 2027), None),
    }
    assert list(USUAL.windows) == list(Phase)
    assert USUAL.problems() == []


class TestProblems:
    def test_a_phase_ends_after_it_begins(self):
        for closes in (OPENS, OPENS - TICK):
            assert (
                "“Tự chấm điểm” phải kết thúc sau khi bắt đầu" in moved(Phase.SELF, closes=closes).problems()
            )
        assert moved(Phase.SELF, closes=OPENS + TICK).problems() == []

    @pytest.mark.parametrize("place", range(1, 7))
    def test_no_phase_begins_before_the_one_before_it(self, place: int):
        earlier, later = list(Phase)[place - 1 : place + 1]
        same = USUAL[earlier].opens
        assert not [said for said in moved(later, opens=same).problems() if "bắt đầu trước" in said]
        assert moved(later, opens=same - TICK).problems() == [
            f"“{later.label}” không thể bắt đầu trước “{earlier.label}”"
        ]

    @pytest.mark.parametrize("place", range(1, 6))
    def test_no_phase_ends_before_the_one_before_it(self, place: int):
        earlier, later = list(Phase)[place - 1 : place + 1]
        same = USUAL[earlier].closes
        opens = USUAL[earlier].opens
        assert moved(later, opens=opens, closes=same).problems() == []
        assert moved(later, opens=opens, closes=same - TICK).problems() == [
            f"“{later.label}” không thể kết thúc trước “{earlier.label}”"
        ]

    def test_overlapping_is_no_problem_and_everything_wrong_is_listed(self):
        everything_at_once = Calendar(
            {phase: Window(OPENS, None if phase is Phase.PUBLISHED else CLOSES) for phase in Phase}
        )
        assert everything_at_once.problems() == []
        backwards = Calendar({phase: Window(CLOSES, OPENS) for phase in Phase})
        assert len(backwards.problems()) == len(Phase)


def test_what_is_open_and_what_comes_next():
    assert USUAL.open_phases(OPENS - TICK) == []
    assert USUAL.next_phase(OPENS - TICK) is Phase.SELF
    assert USUAL.open_phases(OPENS) == [Phase.SELF, Phase.APPROVAL]
    assert USUAL.next_phase(OPENS) is Phase.ROUND1
    # Where one closes and the next opens at the same moment, both are open in it.
    assert USUAL.open_phases(at(26, 12)) == [Phase.ROUND1, Phase.EXPLANATION]
    assert USUAL.open_phases(at(26, 12) + TICK) == [Phase.EXPLANATION]
    assert USUAL.next_phase(at(26, 12)) is Phase.ROUND2
    assert USUAL.open_phases(at(1, 6, 2027)) == [Phase.PUBLISHED]
    assert USUAL.next_phase(at(30, 1, 2027)) is None


BEGIN_AND_END = {
    Phase.SELF: ("Tự chấm điểm bắt đầu từ {}.", "Đã hết hạn tự chấm lúc {}."),
    Phase.APPROVAL: (
        "Lãnh đạo đơn vị duyệt phiếu từ {}.",
        "Đã hết hạn lãnh đạo đơn vị duyệt phiếu lúc {}.",
    ),
    Phase.ROUND1: ("Thẩm định vòng 1 bắt đầu từ {}.", "Đã hết hạn thẩm định vòng 1 lúc {}."),
    Phase.EXPLANATION: ("Giải trình bắt đầu từ {}.", "Đã hết hạn giải trình lúc {}."),
    Phase.ROUND2: ("Thẩm định vòng 2 bắt đầu từ {}.", "Đã hết hạn thẩm định vòng 2 lúc {}."),
    Phase.COUNCIL: ("Hội đồng làm việc từ {}.", "Đã hết hạn làm việc của Hội đồng lúc {}."),
    Phase.PUBLISHED: ("Được công bố kết quả từ {}.", ""),
}


@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_says_in_local_time_why_it_is_closed(phase: Phase):
    begins, ended = BEGIN_AND_END[phase]
    window = Window(OPENS.astimezone(UTC), None if phase is Phase.PUBLISHED else CLOSES.astimezone(UTC))
    assert closed_because(phase, window, OPENS - TICK) == begins.format("08:00 ngày 02 tháng 11 năm 2026")
    assert closed_because(phase, window, OPENS) is None
    assert closed_because(phase, window, CLOSES) is None
    late = closed_because(phase, window, CLOSES + TICK)
    assert late == (ended.format("17:00 ngày 05 tháng 12 năm 2026") if ended else None)


def test_every_phase_has_a_name_of_its_own():
    names = [phase.label for phase in Phase]
    assert len(set(names)) == len(Phase)
    assert names[0] == "Tự chấm điểm"
