"""Whose each criterion is: offices and people of the host, never a unit's own, and officers within a unit."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Role, Unit, User
from assessments.actions.appraisal import agree_with_area, judge
from assessments.actions.assignments import Duty, assign, share
from assessments.actions.cohorts import edit_cohort, remove_cohort
from assessments.actions.renewal import move_to_set
from assessments.actions.verdicts import Verdict
from assessments.models import Assignment, Cohort, Event, Layer, Score, Share
from assessments.queries.assignments import assigned, shares_of
from assessments.workflow import Action, PeriodState, Refusal
from criteria.actions import load_set
from criteria.schema import read_set
from tests.assessments.appraising import fresh, office_of
from tests.assessments.conftest import NOW, SMALL, Year
from tests.factories import DepartmentFactory, ProvinceFactory, UnitFactory, user_with

pytestmark = pytest.mark.django_db


def give(year: Year, code: str, *duties: Duty, **other: object) -> None:
    act = {"cohort": year.cohort, "by": year.coordinator, "now": NOW, **other}
    assign(criterion_id=year.criterion(code), duties=duties, **act)


def another_office(year: Year) -> tuple[Unit, User]:
    office = DepartmentFactory(parent=year.host)
    return office, user_with(Role.APPRAISER, office)


def his(year: Year, user: User, place: int = 0) -> set[str]:
    """Codes of the leaves that the user may appraise of that unit."""
    stored = {
        year.criterion(leaf): leaf for leaf in ("1.1", "1.2", "1.3", "2.1", "2.2.1", "2.2.2", "T.1", "P")
    }
    leaves = assigned(year.cohort).leaves_of(fresh(user), year.units[place].pk)
    return {stored[leaf] for leaf in leaves}


def keep(year: Year, code: str, by: User, place: int = 0) -> object:
    return judge(
        action=Action.APPRAISE,
        assessment=year.sheet(place),
        criterion_id=year.criterion(code, place),
        verdict=Verdict(Score.Basis.KEPT),
        seen=0,
        by=fresh(by),
        now=NOW,
    )


class TestAssign:
    def test_an_area_goes_with_all_under_it_and_the_nearest_assignment_counts(self, year: Year) -> None:
        assert his(year, year.appraiser) == {"1.1", "1.2", "2.1", "2.2.1", "2.2.2", "T.1"}
        office, person = another_office(year)
        give(year, "2.2", Duty(office))
        assert his(year, person) == {"2.2.1", "2.2.2"}
        assert his(year, year.appraiser) == {"1.1", "1.2", "2.1", "T.1"}
        third, deepest = another_office(year)
        give(year, "2.2.1", Duty(third))
        assert (his(year, deepest), his(year, person)) == ({"2.2.1"}, {"2.2.2"})
        give(year, "2.2")  # to nobody: back to what is above
        assert his(year, person) == set()
        assert "2.2.2" in his(year, year.appraiser)

    def test_a_leaf_without_any_is_nobodys(self, year: Year) -> None:
        give(year, "1")
        assert {leaf.code for leaf in self.leaves_without(year)} == {"1.1", "1.2"}
        year.submit()
        with pytest.raises(PermissionDenied):
            keep(year, "1.1", year.appraiser)
        act = {"by": fresh(year.appraiser), "now": NOW}
        assert agree_with_area(seen=0, assessment=year.sheet(), area_code="1", **act) == 0
        assert agree_with_area(seen=0, assessment=year.sheet(), area_code="2", **act) == 3

    @staticmethod
    def leaves_without(year: Year) -> list:
        return list(year.criteria_set.criteria.filter(pk__in=assigned(year.cohort).unassigned).order_by("pk"))

    def test_it_is_logged_with_what_stood_and_only_if_it_changed(self, year: Year) -> None:
        office, person = another_office(year)
        substitute = user_with(Role.APPRAISER, office)
        give(year, "2", Duty(office, person, substitute))
        event = Event.objects.filter(action="assign").latest("pk")
        assert (event.by, event.period, event.criterion.code) == (year.coordinator, year.period, "2")
        stood = {"office": office_of(year).code, "appraiser": None, "substitute": None}
        now = {"office": office.code, "appraiser": person.username, "substitute": substitute.username}
        assert event.before == {"cohort": "Xã", "duties": [stood]}
        assert event.after == {"cohort": "Xã", "duties": [now]}
        events = Event.objects.filter(action="assign").count()
        give(year, "2", Duty(office, person, substitute))
        assert Event.objects.filter(action="assign").count() == events
        give(year, "2")
        assert Event.objects.filter(action="assign").latest("pk").after["duties"] == []
        assert not Assignment.objects.filter(criterion__code="2").exists()

    def test_a_named_appraiser_alone_and_not_his_office(self, year: Year) -> None:
        colleague = user_with(Role.APPRAISER, office_of(year))
        give(year, "1", Duty(office_of(year), year.appraiser))
        assert "1.1" in his(year, year.appraiser)
        assert "1.1" not in his(year, colleague)
        assert "2.1" in his(year, colleague)
        year.submit()
        with pytest.raises(PermissionDenied):
            keep(year, "1.1", colleague)
        assert keep(year, "1.1", year.appraiser)

    def test_only_the_hosts_coordinator_assigns_and_not_after_publication(self, year: Year) -> None:
        for person in (year.leader, year.appraiser, *year.officers.values(), user_with(Role.COORDINATOR)):
            with pytest.raises(PermissionDenied):
                give(year, "1", Duty(office_of(year)), by=person)
        year.play()
        type(year.period).objects.filter(pk=year.period.pk).update(state=PeriodState.OPEN)
        give(year, "1")  # final sheets don't keep the others from being given to somebody else
        assert not Assignment.objects.filter(criterion__code="1").exists()

    def test_a_criterion_of_another_set_is_refused(self, year: Year) -> None:
        other = load_set(read_set(SMALL.replace("code: nho", "code: khac")))
        with pytest.raises(Refusal, match="không có tiêu chí này"):
            assign(
                cohort=year.cohort,
                criterion_id=other.criteria.get(code="1").pk,
                duties=[Duty(office_of(year))],
                by=year.coordinator,
                now=NOW,
            )

    def test_offices_are_the_host_and_its_parts(self, year: Year) -> None:
        give(year, "1", Duty(year.host))
        strangers = [
            year.units[0],
            DepartmentFactory(parent=ProvinceFactory()),
            UnitFactory(parent=year.host, level="district"),
            UnitFactory(parent=office_of(year), level="office"),
        ]
        for office in strangers:
            with pytest.raises(Refusal, match="không phải cơ quan thẩm định"):
                give(year, "1", Duty(office))
        assert Assignment.objects.get(criterion__code="1").office == year.host

    def test_people_are_appraisers_of_the_host_and_a_named_one_of_that_office(self, year: Year) -> None:
        office, person = another_office(year)
        elsewhere = user_with(Role.APPRAISER, DepartmentFactory(parent=ProvinceFactory()))
        for duty in (
            Duty(office, year.officers[year.units[0].pk]),
            Duty(office, elsewhere),
            Duty(office, person, elsewhere),
            Duty(office, person, year.coordinator),
        ):
            with pytest.raises(Refusal, match="không có vai trò thẩm định"):
                give(year, "1", duty)
        with pytest.raises(Refusal, match=f"không phải cán bộ thẩm định của {office}"):
            give(year, "1", Duty(office, year.appraiser))
        with pytest.raises(Refusal, match="Người thay thế phải là người khác"):
            give(year, "1", Duty(office, person, person))
        give(year, "1", Duty(office, person, year.appraiser))  # who stands in may be another office's

    def test_two_places_are_never_the_same_persons(self, year: Year) -> None:
        office, person = another_office(year)
        colleague = user_with(Role.APPRAISER, office)
        here = office_of(year)
        for duties in (
            (Duty(office), Duty(office)),
            (Duty(office, person), Duty(office)),
            (Duty(office, person), Duty(office, person)),
        ):
            with pytest.raises(Refusal, match="hai người khác nhau"):
                give(year, "1", *duties)
        with pytest.raises(Refusal, match="người thay thế khác nhau"):
            give(year, "1", Duty(office, person, colleague), Duty(here, year.appraiser, colleague))
        for duties in (
            (Duty(office, person, year.appraiser), Duty(here, year.appraiser)),
            (Duty(office, person, year.appraiser), Duty(here)),
            (Duty(office), Duty(here, year.appraiser, colleague)),
        ):
            with pytest.raises(Refusal, match="đã là người chấm ở vị trí kia"):
                give(year, "1", *duties)
        with pytest.raises(Refusal, match="nhiều nhất hai"):
            give(year, "1", Duty(office, person), Duty(office, colleague), Duty(here))
        give(year, "1", Duty(office, person), Duty(office, colleague))
        assert Assignment.objects.filter(criterion__code="1").count() == 2
        assert assigned(year.cohort).is_double(year.criterion("1.1"))
        assert not assigned(year.cohort).is_double(year.criterion("2.1"))


class TestOwnUnit:
    """Nobody appraises the unit he works for; then the substitute does, and only then."""

    @pytest.fixture
    def own(self, year: Year) -> Year:
        """The named appraiser works for the first unit; a colleague of his office stands in."""
        self.substitute = user_with(Role.APPRAISER, office_of(year))
        give(year, "1", Duty(office_of(year), year.appraiser, self.substitute))
        year.appraiser.memberships.create(role=Role.OFFICER, unit=year.units[0])
        for place in (0, 1):
            year.score("1.1", {"points": "4"}, place)
            year.submit(place)
        return year

    def test_the_substitute_stands_in_for_that_unit_alone(self, own: Year) -> None:
        assert not {"1.1", "1.2"} & his(own, own.appraiser)
        assert {"1.1", "1.2"} <= his(own, self.substitute)
        assert {"1.1", "1.2"} <= his(own, own.appraiser, 1)
        assert not {"1.1", "1.2"} & his(own, self.substitute, 1)
        with pytest.raises(PermissionDenied):
            keep(own, "1.1", own.appraiser)
        with pytest.raises(PermissionDenied):
            keep(own, "1.1", self.substitute, 1)
        assert keep(own, "1.1", self.substitute).updated_by == self.substitute
        assert keep(own, "1.1", own.appraiser, 1).updated_by == own.appraiser

    def test_not_even_by_agreeing_with_a_whole_area(self, own: Year) -> None:
        act = {"area_code": "1", "now": NOW}
        with pytest.raises(PermissionDenied):
            agree_with_area(seen=0, assessment=own.sheet(), by=fresh(own.appraiser), **act)
        # He is also of the office that has the other areas, but not of this unit's sheet.
        with pytest.raises(PermissionDenied):
            agree_with_area(
                seen=0, assessment=own.sheet(), by=fresh(own.appraiser), **act | {"area_code": "2"}
            )
        assert agree_with_area(seen=0, assessment=own.sheet(), by=fresh(self.substitute), **act) == 2

    def test_a_substitute_of_that_very_unit_does_not_either(self, own: Year) -> None:
        self.substitute.memberships.create(role=Role.UNIT_LEADER, unit=own.units[0])
        with pytest.raises(PermissionDenied):
            keep(own, "1.1", self.substitute)

    def test_an_office_that_is_itself_scored_has_its_substitute(self, year: Year) -> None:
        office, person = another_office(year)
        stand_in = user_with(Role.APPRAISER, office_of(year))
        year.units[2] = office
        cohort = year.cohort
        sheet = year.sheet(1)
        type(sheet).objects.filter(pk=sheet.pk).update(unit=office)
        assign(
            cohort=cohort,
            criterion_id=cohort.criteria_set.criteria.get(code="1").pk,
            duties=[Duty(office, substitute=stand_in)],
            by=year.coordinator,
            now=NOW,
        )
        responsible = assigned(cohort)
        leaf = year.criterion("1.1")
        assert responsible.places_of(fresh(stand_in), office.pk, leaf) == [1]
        assert responsible.places_of(fresh(person), office.pk, leaf) == []
        assert responsible.places_of(fresh(person), year.units[0].pk, leaf) == [1]
        assert responsible.places_of(fresh(stand_in), year.units[0].pk, leaf) == []

    def test_without_a_substitute_it_is_nobodys(self, year: Year) -> None:
        give(year, "1", Duty(office_of(year), year.appraiser))
        year.appraiser.memberships.create(role=Role.OFFICER, unit=year.units[0])
        year.submit()
        for person in (year.appraiser, user_with(Role.APPRAISER, office_of(year))):
            with pytest.raises(PermissionDenied):
                keep(year, "1.1", person)

    def test_a_coordinator_neither_settles_nor_fixes_nor_enters_for_his_own_unit(self, year: Year) -> None:
        year.coordinator.memberships.create(role=Role.OFFICER, unit=year.units[0])
        year.coordinator = fresh(year.coordinator)
        for place in (0, 1):
            year.score("1.1", {"points": "4"}, place)
            year.submit(place)
            year.appraise(place)
        with pytest.raises(PermissionDenied):
            year.enter("P", {"count": "1"})
        year.enter("P", {"count": "1"}, 1)
        for action, place in ((Action.FIX, 0), (Action.SETTLE, 0)):
            with pytest.raises(PermissionDenied):
                judge(
                    action=action,
                    assessment=year.sheet(place),
                    criterion_id=year.criterion("1.1"),
                    verdict=Verdict(Score.Basis.KEPT),
                    seen=1,
                    by=year.coordinator,
                    now=NOW,
                )
        with pytest.raises(PermissionDenied):
            year.finalise()


class TestThroughTheYear:
    def test_a_cohort_goes_with_its_assignments(self, preparing_year: Year) -> None:
        act = {"by": preparing_year.coordinator, "now": NOW}
        remove_cohort(cohort=preparing_year.cohort, **act)
        assert not Assignment.objects.exists()
        assert not Cohort.objects.exists()

    def test_another_set_keeps_those_of_the_same_code(self, preparing_year: Year) -> None:
        year = preparing_year
        other = load_set(
            read_set(SMALL.replace("code: nho", "code: khac").replace("  - code: T\n", "  - code: U\n")
                     .replace("code: T.1", "code: U.1"))
        )  # fmt: skip
        edit_cohort(cohort=year.cohort, name="Xã", criteria_set=other, by=year.coordinator, now=NOW)
        stay = Assignment.objects.order_by("criterion__position")
        assert [row.criterion.code for row in stay] == ["1", "2", "P"]
        assert {row.criterion.criteria_set for row in stay} == {other}
        without = assigned(Cohort.objects.get()).unassigned
        assert [other.criteria.get(pk=pk).code for pk in without] == ["U.1"]

    def test_a_new_version_keeps_assignments_and_shares_also_where_the_rule_is_another(
        self, year: Year
    ) -> None:
        office, person = another_office(year)
        give(year, "1.1", Duty(office, person), Duty(office_of(year)))
        officer = year.officers[year.units[0].pk]
        share(
            assessment=year.sheet(),
            criterion_id=year.criterion("1"),
            officers=[officer],
            by=officer,
            now=NOW,
        )
        new = load_set(
            read_set(
                SMALL.replace("version: 1", "version: 2").replace(
                    "Kế hoạch, max_points: 4, rule: {kind: direct}",
                    "Kế hoạch, max_points: 4, rule: {kind: direct, step: 0.5}",
                )
            )
        )
        stood = list(Assignment.objects.order_by("pk").values_list("criterion__code", "place", "office"))
        move_to_set(cohort=year.cohort, criteria_set=new, reason="Quyết định 5", by=year.coordinator, now=NOW)
        rows = Assignment.objects.order_by("pk")
        assert list(rows.values_list("criterion__code", "place", "office")) == stood
        assert {row.criterion.criteria_set for row in rows.select_related("criterion__criteria_set")} == {new}
        kept = Share.objects.get()
        assert (kept.criterion.code, kept.criterion.criteria_set) == ("1", new)
        year.cohort = Cohort.objects.get(pk=year.cohort.pk)
        assert "1.1" in his(year, person)


class TestShare:
    @pytest.fixture
    def two(self, year: Year) -> tuple[User, User]:
        return year.officers[year.units[0].pk], user_with(Role.OFFICER, year.units[0])

    def give(self, year: Year, code: str, *officers: User, by: User | None = None) -> bool:
        return share(
            assessment=year.sheet(),
            criterion_id=year.criterion(code),
            officers=officers,
            by=by or year.leaders[year.units[0].pk],
            now=NOW,
        )

    def test_it_closes_an_area_to_the_others_and_is_logged(self, year: Year, two: tuple[User, User]) -> None:
        mine, other = two
        assert self.give(year, "1", other)
        event = Event.objects.get(action="share")
        assert (event.assessment, event.criterion.code) == (year.sheet(), "1")
        assert (event.before, event.after) == ({"officers": []}, {"officers": [other.username]})
        assert shares_of(year.sheet()).by_area == {year.criterion("1"): (other,)}
        with pytest.raises(Refusal, match=f"phân công cho {other.full_name}"):
            year.score("1.1", {"points": "3"})
        assert year.score("2.2.1", {"points": "1"}).updated_by == mine
        year.officers[year.units[0].pk] = other
        assert year.score("1.1", {"points": "3"}).updated_by == other
        assert not self.give(year, "1", other)
        assert Event.objects.filter(action="share").count() == 1

    def test_to_several_and_back_to_all(self, year: Year, two: tuple[User, User]) -> None:
        self.give(year, "1", *two)
        assert set(shares_of(year.sheet()).by_area[year.criterion("1")]) == set(two)
        year.score("1.1", {"points": "3"})
        self.give(year, "1", two[1])
        self.give(year, "1")
        assert not Share.objects.exists()
        year.score("1.1", {"points": "2"})

    def test_only_areas_and_only_among_the_units_own_officers(
        self, year: Year, two: tuple[User, User]
    ) -> None:
        with pytest.raises(Refusal, match="theo lĩnh vực"):
            self.give(year, "1.1", two[1])
        strangers = [year.officers[year.units[1].pk], year.leaders[year.units[0].pk], year.coordinator]
        for stranger in strangers:
            with pytest.raises(Refusal, match="không phải cán bộ đầu mối"):
                self.give(year, "1", stranger)
        assert not Share.objects.exists()

    def test_by_the_units_own_people_and_only_while_it_is_being_scored(
        self, year: Year, two: tuple[User, User]
    ) -> None:
        others = [year.coordinator, year.leader, year.appraiser, year.officers[year.units[1].pk]]
        for person in [*others, year.leaders[year.units[1].pk]]:
            with pytest.raises(PermissionDenied):
                self.give(year, "1", two[1], by=person)
        self.give(year, "1", two[1], by=two[0])
        year.send()
        with pytest.raises(Refusal, match="chờ lãnh đạo"):
            self.give(year, "1")

    def test_the_whole_sheet_is_sent_by_any_of_them(self, year: Year, two: tuple[User, User]) -> None:
        self.give(year, "1", two[1])
        year.send()
        assert year.sheet().sent_by == two[0]
        assert year.row("1.1", Layer.SELF) is None
