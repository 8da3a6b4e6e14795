"""Moving the dates of a period: logged, with a reason once it is open, and only to dates that lie ahead."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Role
from assessments.actions.periods import reschedule
from assessments.calendar import Calendar, Phase, Window
from assessments.models import Event, Period
from assessments.models.periods import CALENDAR_COLUMNS
from assessments.workflow import Refusal
from tests.assessments.conftest import DEADLINE, NOW, OPENS, Year, later
from tests.factories import user_with

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)
STANDS = object()


def moved(year: Year, phase: Phase, *, opens: object = STANDS, closes: object = STANDS) -> Calendar:
    calendar = Period.objects.get(pk=year.period.pk).calendar
    stood = calendar[phase]
    window = Window(
        stood.opens if opens is STANDS else opens,  # type: ignore[arg-type]
        stood.closes if closes is STANDS else closes,  # type: ignore[arg-type]
    )
    return Calendar({**calendar.windows, phase: window})


def move(year: Year, calendar: Calendar, reason: str = "Công văn 12", **other: object) -> Period:
    act = {"period": year.period, "by": year.coordinator, "now": NOW, **other}
    return reschedule(calendar=calendar, reason=reason, **act)


def test_what_moved_is_stored_and_logged_with_the_reason_and_nothing_else(year: Year) -> None:
    new = later(days=20)
    assert move(year, moved(year, Phase.SELF, closes=new), reason=" Công văn 12 ").self_closes == new
    assert Period.objects.get().self_closes == new
    event = Event.objects.get(action="reschedule")
    assert (event.by, event.at, event.period) == (year.coordinator, NOW, year.period)
    assert event.before == {"self_closes": DEADLINE.isoformat()}
    assert event.after == {"self_closes": new.isoformat()}
    assert event.reason == "Công văn 12"


def test_an_open_period_needs_a_reason_and_one_in_preparation_does_not(preparing_year: Year) -> None:
    year = preparing_year
    move(year, moved(year, Phase.COUNCIL, closes=later(days=120)), reason="")
    assert Event.objects.get(action="reschedule").reason == ""
    year.open()
    again = moved(year, Phase.COUNCIL, closes=later(days=130))
    for reason in ("", "  \n"):
        with pytest.raises(Refusal, match="hãy ghi lý do"):
            move(year, again, reason=reason)
    assert Period.objects.get().council_closes == later(days=120)
    move(year, again)
    assert Period.objects.get().council_closes == later(days=130)


def test_a_calendar_that_is_as_it_was_is_no_change(year: Year) -> None:
    move(year, moved(year, Phase.SELF), reason="")
    assert not Event.objects.filter(action="reschedule").exists()


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("edge", ["opens", "closes"])
def test_only_a_moment_ahead_may_be_chosen(year: Year, phase: Phase, edge: str) -> None:
    """A past one would say afterwards that something was or wasn't possible then."""
    if (phase, edge) == (Phase.PUBLISHED, "closes"):
        edge = "opens"
    for moment in (OPENS + TICK, NOW - TICK, NOW):
        with pytest.raises(Refusal, match=f"“{phase.label}” phải .* sau thời điểm hiện tại"):
            move(year, moved(year, phase, **{edge: moment}))
    assert not Event.objects.filter(action="reschedule").exists()


def test_the_next_instant_lies_ahead(year: Year) -> None:
    move(year, moved(year, Phase.PUBLISHED, opens=NOW + TICK))
    assert Period.objects.get().published_opens == NOW + TICK


def test_what_is_past_already_stays_without_being_in_the_way(year: Year) -> None:
    """Half the calendar lies behind when an end is moved."""
    now = DEADLINE + timedelta(days=1)
    new = now + timedelta(days=80)
    assert move(year, moved(year, Phase.COUNCIL, closes=new), now=now).council_closes == new


def test_a_phase_that_is_over_opens_again(year: Year) -> None:
    now = DEADLINE + timedelta(days=1)
    year.now = now
    with pytest.raises(Refusal, match="Đã hết hạn tự chấm"):
        year.score("1.1", {"points": "3"})
    with pytest.raises(Refusal, match="không thể kết thúc trước"):
        move(year, moved(year, Phase.SELF, closes=now + timedelta(days=2)), now=now)
    both = moved(year, Phase.SELF, closes=now + timedelta(days=2))
    longer = Window(both[Phase.APPROVAL].opens, now + timedelta(days=3))
    move(year, Calendar({**both.windows, Phase.APPROVAL: longer}), now=now)
    assert year.score("1.1", {"points": "3"}).points == 3


def test_the_gate_goes_by_the_new_dates_at_once(year: Year) -> None:
    opens = later(days=3)
    move(year, moved(year, Phase.SELF, closes=later(hours=1)))
    year.now = later(hours=1)
    year.score("1.1", {"points": "3"})
    year.now += TICK
    with pytest.raises(Refusal, match="Đã hết hạn tự chấm"):
        year.score("1.1", {"points": "4"})
    year.send()
    year.approve()
    calendar = moved(year, Phase.ROUND1, opens=opens)
    following = {
        phase: Window(opens, calendar[phase].closes)
        for phase in list(Phase)[list(Phase).index(Phase.ROUND1) :]
    }
    move(year, Calendar({**calendar.windows, **following}), now=year.now)
    with pytest.raises(Refusal, match="Thẩm định vòng 1 bắt đầu từ 09:00 ngày 05 tháng 3 năm 2026"):
        year.judge_rest()


def test_what_cannot_be_meant_is_listed_in_words(year: Year) -> None:
    with pytest.raises(Refusal) as refused:
        move(
            year,
            Calendar(
                {
                    **moved(year, Phase.ROUND1, opens=later(days=9), closes=later(days=8)).windows,
                    Phase.COUNCIL: Window(later(days=5), later(days=7)),
                }
            ),
        )
    said = str(refused.value)
    for words in (
        "Lịch chưa hợp lý: ",
        "“Thẩm định vòng 1” phải kết thúc sau khi bắt đầu",
        "“Giải trình” không thể bắt đầu trước “Thẩm định vòng 1”",
        "“Hội đồng thẩm định” không thể kết thúc trước “Thẩm định vòng 2”",
    ):
        assert words in said
    assert not Event.objects.filter(action="reschedule").exists()


def test_only_the_hosts_coordinator_moves_dates(year: Year) -> None:
    calendar = moved(year, Phase.SELF, closes=later(days=20))
    others = [year.leader, year.appraiser, *year.officers.values(), *year.leaders.values()]
    for person in [*others, user_with(Role.COORDINATOR), user_with(Role.ADMINISTRATOR)]:
        with pytest.raises(PermissionDenied):
            move(year, calendar, by=person)
    year.coordinator.is_active = False
    with pytest.raises(PermissionDenied):
        move(year, calendar)


def test_every_moment_of_a_calendar_is_kept(year: Year) -> None:
    """A column that the setter or the event forgot would fall back to what stood."""
    calendar = Calendar(
        {
            phase: Window(
                later(days=place + 1), None if phase is Phase.PUBLISHED else later(days=place + 1, hours=5)
            )
            for place, phase in enumerate(Phase)
        }
    )
    move(year, calendar)
    assert Period.objects.get().calendar == calendar
    after = Event.objects.get(action="reschedule").after
    assert set(after) == set(CALENDAR_COLUMNS)
    assert {datetime.fromisoformat(moment) for moment in after.values()} == {
        moment
        for window in calendar.windows.values()
        for moment in (window.opens, window.closes)
        if moment is not None
    }
