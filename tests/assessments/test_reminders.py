"""What the clock tells: at the very second, to those who have something to do, and once."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.dates import VIETNAM
from accounts.models import Role, User
from assessments.actions.appraisal import judge
from assessments.actions.assignments import Duty, assign
from assessments.actions.extensions import extend
from assessments.actions.reminding import remind_units, tell_by_clock
from assessments.actions.rounds import explain
from assessments.actions.verdicts import Verdict
from assessments.calendar import Phase, calendar_from
from assessments.models import Event, Notice, Period, Score
from assessments.models.periods import calendar_values
from assessments.queries.reminders import called_for
from assessments.workflow import Action, Refusal
from criteria.models import CriteriaSet
from tests.assessments.conftest import DEADLINE, NOW, OPENS, Year, make_year
from tests.factories import user_with

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
CALENDAR = calendar_from(OPENS, DEADLINE)
ENDS = {phase: CALENDAR[phase].closes for phase in Phase}


def told_at(now: datetime, kind: str = "") -> set[User]:
    """Who is told something new at that moment."""
    last = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    tell_by_clock(now=now)
    return {notice.user for notice in Notice.objects.filter(pk__gt=last, key__startswith=kind)}


def titles() -> set[str]:
    return set(Notice.objects.order_by("pk").values_list("title", flat=True))


@pytest.fixture(autouse=True)
def one_after_the_other(year: Year) -> None:
    """The usual calendar; of what opened before nobody needs to be told any more."""
    set_calendar(year)
    Notice.objects.all().delete()


def set_calendar(year: Year) -> None:
    Period.objects.filter(pk=year.period.pk).update(**calendar_values(CALENDAR))
    year.period.refresh_from_db()


def units(year: Year, *places: int) -> set[User]:
    """Officers and leaders of these units."""
    pks = [year.units[place].pk for place in places]
    return {people[pk] for pk in pks for people in (year.officers, year.leaders)}


def at(year: Year, now: datetime) -> Year:
    year.now = now
    return year


class TestPhasesThatOpen:
    @pytest.mark.parametrize(
        ("phase", "who"),
        [
            (Phase.SELF, lambda year: set(year.officers.values())),
            (Phase.APPROVAL, lambda year: set(year.leaders.values())),
            (Phase.ROUND1, lambda year: {year.appraiser}),
            (Phase.ROUND2, lambda year: {year.appraiser}),
            (Phase.COUNCIL, lambda year: {year.coordinator}),
            (Phase.PUBLISHED, lambda year: {year.coordinator}),
        ],
    )
    def test_those_who_work_in_it_are_told_at_its_first_second(self, year: Year, phase: Phase, who):
        opens, kind = CALENDAR[phase].opens, f"opens:{year.period.pk}:{phase}:"
        assert told_at(opens - SECOND, kind) == set()
        assert told_at(opens, kind) == who(year)
        assert told_at(opens + SECOND, kind) == set()

    def test_the_explanation_is_for_units_that_have_sent(self, year: Year):
        year.submit(0)
        opens = CALENDAR[Phase.EXPLANATION].opens
        assert told_at(opens, f"opens:{year.period.pk}:explanation:") == units(year, 0)

    def test_an_appraiser_without_any_assignment_hears_of_no_round(self, year: Year):
        user_with(Role.APPRAISER, year.host)
        assert told_at(CALENDAR[Phase.ROUND1].opens, f"opens:{year.period.pk}:round1:") == {year.appraiser}

    def test_a_phase_that_was_put_off_opens_again(self, year: Year):
        opens = CALENDAR[Phase.ROUND1].opens
        told_at(opens)
        Period.objects.update(round1_opens=opens + DAY)
        assert told_at(opens + SECOND) == set()
        assert told_at(opens + DAY, f"opens:{year.period.pk}:round1:") == {year.appraiser}

    def test_a_period_in_preparation_tells_nobody(self, small_set: CriteriaSet, year: Year):
        waiting = make_year(small_set)
        tell_by_clock(now=NOW)
        assert not Notice.objects.filter(period=waiting.period).exclude(key__startswith="assign").exists()


class TestUnits:
    @pytest.mark.parametrize("days", [7, 3, 1])
    def test_those_not_done_are_reminded_to_the_second(self, year: Year, days: int):
        year.submit(1)
        moment = DEADLINE - days * DAY
        told_at(moment - SECOND)
        Notice.objects.filter(key__startswith="due").delete()
        assert moment.astimezone(VIETNAM).hour == 17
        assert told_at(moment, "due") == units(year, 0, 2)
        assert told_at(moment + SECOND, "due") == set()
        assert (
            f"{year.units[0].short_name}: còn {days} ngày, phiếu chưa được trình lãnh đạo duyệt" in titles()
        )

    def test_who_is_told_late_is_told_the_latest_only(self, year: Year):
        told_at(DEADLINE - DAY, "due")
        assert Notice.objects.filter(key__startswith="due").count() == 6
        assert all(
            key.endswith(":1")
            for key in Notice.objects.filter(key__startswith="due").values_list("key", flat=True)
        )

    def test_at_the_deadline_itself_nobody_is(self, year: Year):
        assert told_at(DEADLINE, "due:" + str(year.sheet().pk)) == units(
            year, 0
        )  # of the leader's, a week later
        assert titles() & {f"{year.units[0].short_name}: còn 7 ngày, phiếu chưa được lãnh đạo duyệt và gửi"}
        assert not any("trình" in title for title in titles())

    def test_the_leader_s_deadline_is_for_sheets_still_with_the_unit(self, year: Year):
        year.submit(0)
        year.send(1)
        told_at(ENDS[Phase.APPROVAL] - 4 * DAY)
        assert told_at(ENDS[Phase.APPROVAL] - 3 * DAY, "due") == units(year, 1, 2)

    def test_an_extension_has_reminders_of_its_own(self, year: Year):
        until = ENDS[Phase.APPROVAL] + 10 * DAY
        extend(
            assessment=year.sheet(),
            phase=Phase.SELF,
            until=until,
            reason="Bão",
            document="1/UBND",
            by=year.coordinator,
            now=NOW,
        )
        for moment in (DEADLINE - DAY, ENDS[Phase.APPROVAL] - DAY):
            assert told_at(moment, f"due:{year.sheet().pk}:") == set()
        assert told_at(until - 3 * DAY, f"due:{year.sheet().pk}:") == units(year, 0)

    def test_a_deadline_that_was_moved_is_told_anew(self, year: Year):
        told_at(DEADLINE - 3 * DAY)
        Period.objects.update(self_closes=DEADLINE + 3 * DAY)
        assert told_at(DEADLINE, "due:" + str(year.sheet().pk)) == units(year, 0)
        assert f"{year.units[0].short_name}: còn 3 ngày, phiếu chưa được trình lãnh đạo duyệt" in titles()

    def test_the_explanation_s_deadline_is_for_units_with_unanswered_leaves(self, year: Year):
        for place in (0, 1, 2):
            year.score("1.1", {"points": "2"}, place)
            year.submit(place)
        at(year, CALENDAR[Phase.ROUND1].opens)
        for place in (0, 1):
            lower(year, place)
        for place in (0, 1, 2):
            year.release(place)
        at(year, CALENDAR[Phase.EXPLANATION].opens + SECOND)
        year.accept(1)
        told_at(ENDS[Phase.EXPLANATION] - 4 * DAY)
        assert told_at(ENDS[Phase.EXPLANATION] - 3 * DAY, "due") == units(year, 0)


def lower(year: Year, place: int, code: str = "1.1", by: User | None = None) -> None:
    judge(
        action=Action.APPRAISE,
        assessment=year.sheet(place),
        criterion_id=year.criterion(code),
        verdict=Verdict(Score.Basis.OVERRIDE, points=Decimal(1), reason="Thiếu tài liệu"),
        seen=0,
        by=by or year.appraiser,
        now=year.now,
    )


class TestAppraisers:
    def test_those_with_something_left_are_reminded(self, year: Year):
        year.submit(0)
        moment = ENDS[Phase.ROUND1] - 3 * DAY
        assert told_at(moment - SECOND, "due:round1:") == {year.appraiser}  # seven days
        assert told_at(moment, "due:round1:") == {year.appraiser}
        assert told_at(moment + SECOND, "due:round1:") == set()
        assert "Thẩm định vòng 1: còn 3 ngày, còn tiêu chí chưa thẩm định" in titles()

    def test_who_is_done_is_not(self, year: Year):
        office = user_with(Role.APPRAISER, year.host)
        duty = Duty(year.host, office)
        assign(
            cohort=year.cohort, criterion_id=year.criterion("2"), duties=[duty], by=year.coordinator, now=NOW
        )
        year.submit(0)
        at(year, CALENDAR[Phase.ROUND1].opens)
        year.judge_rest(0)
        assert told_at(ENDS[Phase.ROUND1] - DAY, "due:round1:") == {office}

    def test_of_two_appraisers_the_one_who_has_not_marked(self, year: Year):
        second = user_with(Role.APPRAISER, year.host)
        office = year.appraiser.held[0].unit
        both = [Duty(office, year.appraiser), Duty(year.host, second)]
        assign(
            cohort=year.cohort, criterion_id=year.criterion("1.1"), duties=both, by=year.coordinator, now=NOW
        )
        year.score("1.1", {"points": "2"})
        year.submit(0)
        at(year, CALENDAR[Phase.ROUND1].opens)
        year.judge_rest(0)
        assert told_at(ENDS[Phase.ROUND1] - 3 * DAY, "due:round1:") == {second}
        # Both are in and differ: that is the coordinator's to settle.
        lower(year, 0, by=second)
        assert told_at(ENDS[Phase.ROUND1] - DAY, "due:round1:") == set()

    def test_of_the_own_unit_nobody_is_reminded(self, year: Year):
        year.appraiser.memberships.create(role=Role.OFFICER, unit=year.units[0])
        year.submit(0)
        assert told_at(ENDS[Phase.ROUND1] - DAY, "due:round1:") == set()

    def test_round_2_is_for_those_whose_leaf_is_disputed(self, year: Year):
        other = user_with(Role.APPRAISER, year.host)
        year.score("1.1", {"points": "2"})
        year.submit(0)
        at(year, CALENDAR[Phase.ROUND1].opens)
        lower(year, 0)
        year.release(0)
        duty = Duty(year.host, other)
        assign(
            cohort=year.cohort, criterion_id=year.criterion("2"), duties=[duty], by=year.coordinator, now=NOW
        )
        explain(
            assessment=year.sheet(),
            criterion_id=year.criterion("1.1"),
            agrees=False,
            text="Có đủ",
            seen=0,
            by=year.officers[year.units[0].pk],
            now=CALENDAR[Phase.EXPLANATION].opens,
        )
        assert told_at(ENDS[Phase.ROUND2] - 3 * DAY, "due:round2:") == {year.appraiser}
        judge(
            action=Action.REVISE,
            assessment=year.sheet(),
            criterion_id=year.criterion("1.1"),
            verdict=Verdict(Score.Basis.KEPT),
            seen=0,
            by=year.appraiser,
            now=CALENDAR[Phase.ROUND2].opens,
        )
        assert told_at(ENDS[Phase.ROUND2] - DAY, "due:round2:") == set()


def test_the_clock_asks_as_often_for_three_units_as_for_one(small_set: CriteriaSet, year: Year):
    counts = []
    for size in (1, 3):
        made = make_year(small_set, size)
        made.open()
        set_calendar(made)
        for place in range(size):
            made.submit(place)
        period = Period.objects.in_context().get(pk=made.period.pk)
        with CaptureQueriesContext(connection) as queries:
            assert list(called_for(period, now=ENDS[Phase.ROUND1] - DAY))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("now", [CALENDAR[Phase.ROUND1].opens, ENDS[Phase.ROUND1] - DAY])
def test_the_clock_asks_as_often_for_three_appraisers_as_for_one(year: Year, now: datetime):
    year.submit()
    appraisers, counts = {year.appraiser.pk}, []
    for more in (0, 2):
        appraisers |= {user_with(Role.APPRAISER, year.appraiser.held[0].unit).pk for _ in range(more)}
        period = Period.objects.in_context().get(pk=year.period.pk)
        with CaptureQueriesContext(connection) as queries:
            told = [people for _, people in called_for(period, now=now)]
        assert appraisers in told
        counts.append(len(queries))
    assert counts[0] == counts[1]


class TestByTheCoordinator:
    def remind(self, year: Year, now: datetime = NOW) -> int:
        return remind_units(period=year.period, sheets=year.sheets(), by=year.coordinator, now=now)

    def test_units_with_something_to_do_are_reminded_once_a_day(self, year: Year):
        year.submit(1)
        Notice.objects.all().delete()
        assert self.remind(year) == 2
        assert {notice.user for notice in Notice.objects.all()} == units(year, 0, 2)
        event = Event.objects.get(action="remind")
        assert event.after == {"units": sorted(year.units[place].code for place in (0, 2))}
        with pytest.raises(Refusal, match="đã được nhắc hôm nay"):
            self.remind(year, datetime(2026, 3, 2, 23, 59, 59, tzinfo=VIETNAM))
        assert Event.objects.filter(action="remind").count() == 1
        assert self.remind(year, datetime(2026, 3, 3, 0, 0, tzinfo=VIETNAM)) == 2

    def test_one_without_people_is_not_counted(self, year: Year):
        for person in units(year, 0, 1):
            person.is_active = False
            person.save()
        assert self.remind(year) == 1

    def test_what_is_late_is_said_to_be(self, year: Year):
        self.remind(year, DEADLINE + SECOND)
        assert "Đã hết hạn lúc 17:00 ngày 31 tháng 3 năm 2026" in Notice.objects.first().text
