"""A leaf that two appraise: two marks, and round 1 once they agree or the coordinator has settled it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Role, User
from assessments.actions.appraisal import agree_with_area, judge
from assessments.actions.assignments import Duty, assign
from assessments.actions.renewal import move_to_set
from assessments.actions.returning import return_sheet
from assessments.actions.rounds import release
from assessments.actions.verdicts import ReasonMissing, Verdict
from assessments.actions.writing import Conflict
from assessments.models import Assignment, Event, Layer, LayerTotal, Mark
from assessments.permissions import desk_of
from assessments.queries.assignments import assigned, is_to_settle
from assessments.queries.recounting import total_differences
from assessments.queries.rounds import readiness
from assessments.queries.trail import steps
from assessments.workflow import Action, Refusal
from criteria.actions import load_set
from criteria.schema import read_set
from criteria.scoring import Refused
from tests.assessments.conftest import NOW, SMALL, Year, later
from tests.factories import DepartmentFactory, user_with

pytestmark = pytest.mark.django_db
KEPT = Verdict("kept")


def points(value: str, reason: str = "") -> Verdict:
    return Verdict("data", {"points": value}, reason=reason)


class Two:
    """Areas 1 and 2 of the year are appraised twice, by people of two offices; its first sheet has been sent."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self.here = year.appraiser.held[0].unit
        self.there = DepartmentFactory(parent=year.host)
        self.first, self.second = year.appraiser, user_with(Role.APPRAISER, self.there)
        for area in ("1", "2"):
            self.give(area, Duty(self.here), Duty(self.there))
        year.score("1.1", {"points": "3"}, note="thiếu một nội dung")
        year.score("1.2", {"not_applicable": True})
        year.submit()

    def give(self, code: str, *duties: Duty) -> None:
        year = self.year
        assign(
            cohort=year.cohort,
            criterion_id=year.criterion(code),
            duties=duties,
            by=year.coordinator,
            now=NOW,
        )

    def say(self, by: User, verdict: Verdict, code: str = "1.1", **other: Any) -> Any:
        sheet = self.year.sheet()
        act = {"action": Action.APPRAISE, "seen": sheet.version_floor, "now": NOW, **other}
        return judge(
            assessment=sheet,
            criterion_id=self.year.criterion(code),
            verdict=verdict,
            by=by,
            **act,
        )

    def settle(self, verdict: Verdict, *, seen: int = 0, by: User | None = None, code: str = "1.1") -> Any:
        return self.say(by or self.year.coordinator, verdict, code, action=Action.SETTLE, seen=seen)

    def round1(self, code: str = "1.1") -> Any:
        return self.year.row(code, Layer.ROUND1)


@pytest.fixture
def two(year: Year) -> Two:
    return Two(year)


def test_the_first_mark_is_nobodys_round_1_yet(two: Two) -> None:
    mark = two.say(two.first, points("2", "chưa có báo cáo"))
    assert isinstance(mark, Mark)
    assert (mark.place, mark.points, mark.basis, mark.note) == (1, Decimal(2), "data", "chưa có báo cáo")
    assert (mark.version, mark.updated_by, mark.updated_at) == (1, two.first, NOW)
    assert two.round1() is None
    event = Event.objects.get(action="mark")
    assert (event.by, event.criterion.code, event.before, event.reason) == (
        two.first,
        "1.1",
        None,
        "chưa có báo cáo",
    )
    assert (event.after["place"], event.after["points"], event.after["version"]) == (1, "2", 1)
    assert not Event.objects.filter(action="appraise").exists()
    assert LayerTotal.objects.get(assessment=two.year.sheet(), layer=Layer.ROUND1).answered == 0


def test_two_that_agree_make_round_1_however_they_came_to_it(two: Two) -> None:
    two.say(two.first, points("2", "chưa có báo cáo"))
    two.say(two.second, Verdict("override", points=Decimal(2), reason="kiểm tra tại chỗ"))
    assert [mark.place for mark in Mark.objects.order_by("place")] == [1, 2]
    score = two.round1()
    assert (score.points, score.basis, score.data) == (Decimal(2), "data", {"points": "2"})
    assert score.note == "chưa có báo cáo\nkiểm tra tại chỗ"
    event = Event.objects.get(action="appraise")
    assert (event.by, event.after["points"], event.criterion.code) == (two.second, "2", "1.1")
    total = LayerTotal.objects.get(assessment=two.year.sheet(), layer=Layer.ROUND1)
    assert (total.answered, total.base) == (1, 2)
    assert total_differences(two.year.cohort) == []


def test_agreeing_with_the_unit_twice_takes_its_points_over(two: Two) -> None:
    for person in (two.second, two.first):
        two.say(person, KEPT)
        two.say(person, KEPT, "1.2")
    assert (two.round1().points, two.round1().basis, two.round1().note) == (Decimal(3), "kept", "")
    assert two.round1("1.2").excluded
    assert [mark.updated_by for mark in Mark.objects.filter(criterion__code="1.1").order_by("place")] == [
        two.first,
        two.second,
    ]


def test_the_same_reason_of_both_stands_once(two: Two) -> None:
    for person in (two.first, two.second):
        two.say(person, points("2", "chưa có báo cáo"))
    assert two.round1().note == "chưa có báo cáo"


@pytest.mark.parametrize(
    ("code", "other", "say"),
    [("1.1", points("2", "thiếu"), KEPT), ("1.2", points("3", "có kiểm tra"), KEPT)],
    ids=["other points", "in the base or out of it"],
)
def test_two_that_differ_wait_for_the_coordinator(two: Two, code: str, other: Verdict, say: Verdict) -> None:
    leaf = two.year.criterion(code)
    two.say(two.first, say, code)
    assert not is_to_settle(two.year.sheet(), leaf)
    two.say(two.second, other, code)
    assert is_to_settle(two.year.sheet(), leaf)
    assert two.round1(code) is None
    for area in "12TP":
        for person in (two.first, two.second):
            try:
                agree_with_area(seen=0, assessment=two.year.sheet(), area_code=area, by=person, now=NOW)
            except PermissionDenied:  # the second has no leaf of T
                continue
    with pytest.raises(Refusal, match=rf"Còn 1 tiêu chí chưa thẩm định: {code}\."):
        release(assessment=two.year.sheet(), by=two.year.coordinator, now=NOW)


def test_the_coordinator_settles_once_both_are_in_and_differ(two: Two) -> None:
    with pytest.raises(Refusal, match="khi cả hai người đã chấm và chấm khác nhau"):
        two.settle(points("1", "x"))
    two.say(two.first, KEPT)
    with pytest.raises(Refusal, match="khi cả hai người đã chấm và chấm khác nhau"):
        two.settle(points("1", "x"))
    two.say(two.second, points("1", "không có kế hoạch"))
    with pytest.raises(ReasonMissing):
        two.settle(points("2"))
    score = two.settle(points("2", "hai bên đã làm việc lại"))
    assert (score.layer, score.points, score.updated_by) == (Layer.ROUND1, 2, two.year.coordinator)
    event = Event.objects.get(action="settle")
    assert (event.by, event.reason) == (two.year.coordinator, "hai bên đã làm việc lại")
    assert Mark.objects.count() == 2, "what the two said stays"
    assert LayerTotal.objects.get(assessment=two.year.sheet(), layer=Layer.ROUND1).base == 2
    with pytest.raises(Conflict):
        two.settle(points("1", "khác"), seen=0)
    assert two.settle(points("1", "khác"), seen=1).version == 2


def test_nothing_is_settled_where_they_agree_or_one_appraises_alone(two: Two) -> None:
    for person in (two.first, two.second):
        two.say(person, KEPT)
    for code in ("1.1", "T.1"):
        with pytest.raises(Refusal, match="khi cả hai người"):
            two.settle(KEPT, code=code, seen=1)


def test_only_the_coordinator_settles(two: Two) -> None:
    two.say(two.first, KEPT)
    two.say(two.second, points("1", "x"))
    year = two.year
    others = [
        two.first,
        two.second,
        year.leader,
        year.officers[year.units[0].pk],
        user_with(Role.COORDINATOR),
    ]
    for person in others:
        with pytest.raises(PermissionDenied):
            two.settle(points("2", "x"), by=person)
    assert two.round1() is None


def test_ones_own_mark_changes_until_the_other_is_in_and_then_no_more(two: Two) -> None:
    two.say(two.first, KEPT)
    changed = two.say(two.first, points("2", "đọc lại"), seen=1)
    assert (changed.version, Mark.objects.count()) == (2, 1)
    event = Event.objects.filter(action="mark").latest("pk")
    assert (event.before["points"], event.after["points"]) == ("3", "2")
    two.say(two.second, points("1", "x"))
    for person, seen in ((two.first, 2), (two.second, 1)):
        with pytest.raises(Refusal, match="Cả hai người đã chấm"):
            two.say(person, KEPT, seen=seen)
    assert [mark.points for mark in Mark.objects.order_by("place")] == [2, 1]


def test_the_same_once_more_is_stored_once(two: Two) -> None:
    two.say(two.first, KEPT)
    assert two.say(two.first, KEPT).version == 1
    two.say(two.second, KEPT)
    # Both are in; who clicks twice is not told off.
    assert two.say(two.first, KEPT).version == 1
    assert Event.objects.filter(action="mark").count() == 2
    assert Event.objects.filter(action="appraise").count() == 1


def test_colleagues_of_one_office_share_its_place_and_the_later_is_told(two: Two) -> None:
    colleague = user_with(Role.APPRAISER, two.here)
    two.say(two.first, KEPT)
    with pytest.raises(Conflict) as conflict:
        two.say(colleague, points("1", "x"))
    assert conflict.value.saved.updated_by == two.first
    assert two.say(colleague, points("1", "x"), seen=1).place == 1
    mark = Mark.objects.get()
    assert (mark.version, mark.updated_by, mark.points) == (2, colleague, 1)


def test_two_that_change_places_read_nothing_of_each_other(two: Two) -> None:
    two.say(two.second, points("1.25", "thiếu"))
    two.give("1", Duty(two.there), Duty(two.here))
    two.give("1", Duty(two.there, two.second), Duty(two.here))
    seat = desk_of(two.first, two.year.cohort)
    sheet, leaf = two.year.sheet(), two.year.criterion("1.1")
    given = {mark.place: mark for mark in sheet.marks.filter(criterion=leaf).order_by("place")}
    assert not seat.marks(sheet.unit_id, leaf, given).lines
    two.say(two.first, points("2", "thiếu"))
    assert [(mark.updated_by, mark.points) for mark in sheet.marks.order_by("place")] == [
        (two.first, 2),
        (two.second, Decimal("1.25")),
    ]


def test_who_is_left_alone_of_two_keeps_his_own_mark_from_the_one_who_comes(two: Two) -> None:
    third = user_with(Role.APPRAISER, DepartmentFactory(parent=two.year.host))
    two.say(two.first, points("2", "thiếu"))
    two.say(two.second, points("1.25", "thiếu"))
    two.give("1", Duty(two.there, two.second))
    two.give("1", Duty(two.there, two.second), Duty(third.held[0].unit))
    sheet, leaf = two.year.sheet(), two.year.criterion("1.1")
    responsible = assigned(two.year.cohort)
    assert responsible.places_of(two.second, sheet.unit_id, leaf) == [2]
    # What was left in the other place is the new one's to keep or change, as the office's.
    assert responsible.places_of(third, sheet.unit_id, leaf) == [1]


def test_who_is_of_both_offices_marks_in_one_place_only(two: Two) -> None:
    both = user_with(Role.APPRAISER, two.here)
    both.memberships.create(role=Role.APPRAISER, unit=two.there)
    both = User.objects.get(pk=both.pk)
    two.say(both, KEPT)
    assert two.say(both, points("1", "x"), seen=1).version == 2
    assert Mark.objects.count() == 1
    assert two.round1() is None
    # Where somebody else was first, the other place is his.
    two.say(two.first, KEPT, "1.2")
    assert two.say(both, KEPT, "1.2").place == 2


def test_a_reason_and_the_maximum_count_for_a_mark_as_for_round_1(two: Two) -> None:
    with pytest.raises(ReasonMissing):
        two.say(two.first, points("2"))
    for verdict in (points("4.5", "x"), Verdict("override", points=Decimal("4.001"), reason="x")):
        with pytest.raises(Refused):
            two.say(two.first, verdict)
    assert not Mark.objects.exists()


def test_a_stranger_has_no_place(two: Two) -> None:
    third = user_with(Role.APPRAISER, DepartmentFactory(parent=two.year.host))
    with pytest.raises(PermissionDenied):
        two.say(third, KEPT)
    with pytest.raises(PermissionDenied):
        two.say(two.second, KEPT, "T.1")
    assert not Mark.objects.exists()


def test_agreeing_with_an_area_marks_ones_own_place_where_nothing_is_said(two: Two) -> None:
    act = {"assessment": two.year.sheet(), "now": NOW}
    two.say(two.first, points("2", "x"))
    assert agree_with_area(seen=0, area_code="1", by=two.first, **act) == 1
    assert agree_with_area(seen=0, area_code="1", by=two.first, **act) == 0
    assert {mark.criterion.code: mark.points for mark in Mark.objects.select_related("criterion")} == {
        "1.1": 2,
        "1.2": None,
    }
    assert agree_with_area(seen=0, area_code="1", by=two.second, **act) == 2
    assert two.round1() is None
    assert two.round1("1.2").excluded
    assert agree_with_area(seen=0, area_code="T", by=two.first, **act) == 1
    assert two.round1("T.1").points == 0, "one appraises it alone"


def test_a_substitute_marks_for_the_one_who_works_for_the_unit(two: Two) -> None:
    substitute = user_with(Role.APPRAISER, two.there)
    two.give("1", Duty(two.here, two.first, substitute), Duty(two.there, two.second))
    two.first.memberships.create(role=Role.OFFICER, unit=two.year.units[0])
    with pytest.raises(PermissionDenied):
        two.say(User.objects.get(pk=two.first.pk), KEPT)
    assert two.say(substitute, KEPT).place == 1
    two.say(two.second, KEPT)
    assert two.round1().points == 3


def test_one_mark_is_the_beginning_of_the_appraisal(two: Two) -> None:
    two.say(two.second, KEPT)
    with pytest.raises(Refusal, match="Đã bắt đầu thẩm định"):
        return_sheet(assessment=two.year.sheet(), reason="x", by=two.year.coordinator, now=NOW)


def test_the_year_goes_on_with_what_was_agreed_and_settled(two: Two) -> None:
    year = two.year
    two.say(two.first, KEPT)
    two.say(two.second, points("1", "không có kế hoạch"))
    two.settle(points("2", "làm việc lại"))
    agree_with_area(seen=0, assessment=year.sheet(), area_code="1", by=two.second, now=NOW)
    agree_with_area(seen=0, assessment=year.sheet(), area_code="2", by=two.second, now=NOW)
    year.appraise()
    assert year.row("1.1", Layer.COUNCIL).points == 2
    assert total_differences(year.cohort) == []


def test_a_mark_on_an_answer_that_the_unit_changed_since_is_withdrawn(two: Two) -> None:
    """The sheet came back for another leaf while one of the two had already agreed."""
    year = two.year
    two.say(two.first, KEPT)
    two.say(two.first, KEPT, "1.2")
    newer = load_set(
        read_set(
            SMALL.replace("version: 1", "version: 2").replace("2.2.2, name: Cách hai", "2.2.3, name: Cách ba")
        )
    )
    move_to_set(cohort=year.cohort, criteria_set=newer, reason="Quyết định 5", by=year.coordinator, now=NOW)
    assert year.sheet().state == "returned"
    assert Mark.objects.filter(criterion__criteria_set=newer).count() == 2
    assert Assignment.objects.filter(criterion__criteria_set=newer, place=2).count() == 2

    year.score("1.1", {"points": "4"})
    assert [mark.criterion.code for mark in Mark.objects.select_related("criterion").order_by("pk")] == [
        "1.2"
    ]
    event = Event.objects.get(action="withdraw_verdict")
    assert (event.before["layer"], event.before["points"], event.by) == (
        "mark",
        "3",
        year.officers[year.units[0].pk],
    )
    # Marked anew it has another version, so that a page from before stays out of date.
    year.cohort.refresh_from_db()
    year.submit()
    two.say(two.first, KEPT)
    with pytest.raises(Conflict):
        two.say(two.first, points("1", "thiếu"), seen=1)


def test_what_rests_on_round_1_follows_the_two_who_agree_anew(year: Year) -> None:
    """One had appraised the leaf, it was closed, and a new version of the set brought the sheet back to two."""
    year.score("1.1", {"points": "3"}, note="thiếu một nội dung")
    year.score("2.2.2", {"points": "2"})
    year.submit()
    year.appraise()
    newer = load_set(
        read_set(
            SMALL.replace("version: 1", "version: 2").replace("2.2.2, name: Cách hai", "2.2.3, name: Cách ba")
        )
    )
    move_to_set(cohort=year.cohort, criteria_set=newer, reason="Quyết định 5", by=year.coordinator, now=NOW)
    year.cohort.refresh_from_db()
    year.submit()
    here, there = year.appraiser.held[0].unit, DepartmentFactory(parent=year.host)
    second = user_with(Role.APPRAISER, there)
    leaf = year.criterion("1.1")
    assign(
        cohort=year.cohort,
        criterion_id=leaf,
        duties=[Duty(here), Duty(there)],
        by=year.coordinator,
        now=NOW,
    )
    for person in (year.appraiser, second):
        judge(
            action=Action.APPRAISE,
            assessment=year.sheet(),
            criterion_id=leaf,
            verdict=points("1", "không có kế hoạch"),
            seen=year.sheet().version_floor,
            by=person,
            now=NOW,
        )
    for layer in (Layer.ROUND1, Layer.ROUND2, Layer.COUNCIL):
        assert year.row("1.1", layer).points == 1, layer
    assert total_differences(year.cohort) == []


def test_the_periods_trail_tells_whose_mark_it_was(two: Two) -> None:
    two.say(two.first, points("2", "chưa có báo cáo"))
    two.say(two.second, KEPT)
    told = steps(list(Event.objects.filter(action="mark").order_by("pk")))
    assert [(step.layer, step.after) for step in told] == [
        ("Người chấm thứ nhất", "2 điểm – chưa có báo cáo"),
        ("Người chấm thứ hai", "3 điểm"),
    ]


class TestASecondAppraiserWhoComesLater:
    """Round 1 says what one said of a leaf before two had it."""

    @pytest.fixture
    def late(self, two: Two) -> Two:
        year = two.year
        for area in ("1", "2"):
            two.give(area, Duty(two.here))
        two.say(two.first, KEPT)
        year.judge_rest()
        two.give("1.1", Duty(two.here), Duty(two.there))
        return two

    def ready(self, two: Two) -> bool:
        return bool(readiness(two.year.cohort, Action.RELEASE, now=NOW).ready)

    def release(self, two: Two) -> None:
        release(assessment=two.year.sheet(), by=two.year.coordinator, now=later(hours=3))

    def test_is_waited_for_and_what_both_say_is_settled_before_the_unit_is_told(self, late: Two):
        assert not self.ready(late)
        with pytest.raises(Refusal, match=r"1\.1"):
            self.release(late)
        late.say(late.first, KEPT, now=later(hours=1))
        late.say(late.second, points("1", "thiếu"), now=later(hours=1))
        assert not self.ready(late)
        with pytest.raises(Refusal, match=r"1\.1"):
            self.release(late)
        # In the very words that stand there already.
        late.say(late.year.coordinator, KEPT, action=Action.SETTLE, now=later(hours=2))
        assert self.ready(late)
        self.release(late)

    def test_is_done_with_marks_that_were_stored_in_another_order_than_they_came(self, late: Two):
        late.say(late.first, KEPT, now=later(hours=2))
        late.say(late.second, KEPT, now=later(hours=1))
        assert self.ready(late)
        self.release(late)
