"""What a coordinator may do to a period, and when."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from assessments.actions.cohorts import add_cohort, edit_cohort, remove_cohort, set_units
from assessments.actions.periods import create_period, open_period, rename_period
from assessments.actions.targets import assign_targets
from assessments.calendar import calendar_from
from assessments.models import Assessment, AssignedTarget, Cohort, Event, Layer, LayerTotal, Period
from assessments.queries.opening import opening_check
from assessments.queries.periods import periods_of, units_to_offer
from assessments.queries.targets import TargetChange
from assessments.workflow import Refusal
from criteria.actions import load_set
from criteria.models import CriteriaSet
from criteria.queries import stored_tree
from criteria.schema import read_set
from tests.assessments.conftest import DEADLINE, NOW, OPENS, SMALL, Year, later, make_year
from tests.calendars import overlapping
from tests.factories import DepartmentFactory, ProvinceFactory, UnitFactory, user_with

pytestmark = pytest.mark.django_db
CALENDAR = overlapping(OPENS, DEADLINE)


def test_a_period_is_made_by_the_coordinator_of_its_host() -> None:
    host = ProvinceFactory()
    coordinator = user_with(Role.COORDINATOR, host)
    period = create_period(
        host=host, year=2026, name="  Chỉ số  2026 ", calendar=CALENDAR, by=coordinator, now=NOW
    )
    assert (period.name, period.state) == ("Chỉ số 2026", "preparing")
    assert Period.objects.get(pk=period.pk).calendar == CALENDAR
    [event] = period.events.all()
    assert event.after["calendar"]["self_closes"] == DEADLINE.isoformat()
    assert (event.action, event.by, event.at) == ("create_period", coordinator, NOW)
    for person in (user_with(Role.LEADER, host), user_with(Role.COORDINATOR), user_with(Role.ADMINISTRATOR)):
        with pytest.raises(PermissionDenied):
            create_period(host=host, year=2027, name="Khác", calendar=CALENDAR, by=person, now=NOW)


def test_two_periods_of_a_host_and_year_have_different_names(preparing_year: Year) -> None:
    with pytest.raises(Refusal, match="cùng tên"):
        create_period(
            host=preparing_year.host,
            year=2026,
            name=preparing_year.period.name,
            calendar=CALENDAR,
            by=preparing_year.coordinator,
            now=NOW,
        )


def test_a_new_period_ends_in_the_future(preparing_year: Year) -> None:
    with pytest.raises(Refusal, match="sau thời điểm hiện tại"):
        create_period(
            host=preparing_year.host,
            year=2026,
            name="Khác",
            calendar=calendar_from(OPENS, NOW),
            by=preparing_year.coordinator,
            now=NOW,
        )


def test_a_period_is_renamed_until_it_is_published(year: Year) -> None:
    act = {"period": year.period, "by": year.coordinator, "now": NOW}
    assert rename_period(name=" Tên  mới ", **act).name == "Tên mới"
    event = year.period.events.get(action="edit_period")
    assert (event.before, event.after) == ({"name": "Chỉ số CCHC năm 2026"}, {"name": "Tên mới"})
    rename_period(name="Tên mới", **act)  # nothing changes, so nothing is logged
    assert year.period.events.filter(action="edit_period").count() == 1
    with pytest.raises(Refusal, match="đặt tên"):
        rename_period(name="  ", **act)
    for person in (year.leader, year.appraiser, user_with(Role.COORDINATOR)):
        with pytest.raises(PermissionDenied):
            rename_period(name="Khác", **act | {"by": person})


def test_a_name_that_another_period_of_the_year_has_is_refused(year: Year) -> None:
    act = {"by": year.coordinator, "now": NOW}
    create_period(host=year.host, year=2026, name="Khác", calendar=CALENDAR, **act)
    with pytest.raises(Refusal, match="cùng tên"):
        rename_period(period=year.period, name="Khác", **act)


def test_opening_lists_everything_that_is_missing() -> None:
    host = ProvinceFactory()
    coordinator = user_with(Role.COORDINATOR, host)
    period = create_period(host=host, year=2026, name="2026", calendar=CALENDAR, by=coordinator, now=NOW)
    with pytest.raises(Refusal, match="chưa có nhóm xếp hạng nào"):
        open_period(period=period, by=coordinator, now=NOW)
    criteria_set = load_set(read_set(SMALL))
    for name in ("Xã", "Phường"):
        add_cohort(period=period, name=name, criteria_set=criteria_set, by=coordinator, now=NOW)
    with pytest.raises(Refusal) as refused:
        open_period(period=period, by=coordinator, now=later(days=300))
    assert "“Xã” chưa có đơn vị" in str(refused.value)
    assert "“Phường” chưa có đơn vị" in str(refused.value)
    assert "17:00 ngày 31 tháng 3 năm 2026" in str(refused.value)


def test_missing_targets_only_warn(preparing_year: Year) -> None:
    check = opening_check(preparing_year.period, now=NOW)
    assert check.missing == ()
    assert check.warnings == ("nhóm “Xã” còn thiếu 3 chỉ tiêu giao (tiêu chí 2.1)",)


def test_opening_stores_the_totals_of_every_empty_sheet_once(preparing_year: Year) -> None:
    year = preparing_year
    opened = year.open()
    assert (opened.state, opened.opened_at, opened.opened_by) == ("open", NOW, year.coordinator)
    totals = LayerTotal.objects.filter(assessment__period=opened)
    assert {(t.layer, t.answered, t.leaves, t.total) for t in totals} == {(Layer.SELF, 0, 6, 0)}
    assert totals.count() == 3
    with pytest.raises(Refusal, match="đã mở"):
        year.open()


def test_only_the_coordinator_opens(preparing_year: Year) -> None:
    others = [preparing_year.leader, preparing_year.appraiser, *preparing_year.officers.values()]
    for person in [*others, user_with(Role.COORDINATOR), user_with(Role.ADMINISTRATOR)]:
        with pytest.raises(PermissionDenied):
            open_period(period=preparing_year.period, by=person, now=NOW)


def test_opening_takes_as_many_queries_for_three_units_as_for_one(
    small_set: CriteriaSet,
) -> None:
    stored_tree(small_set)  # built once per process
    counts = []
    for size in (1, 3):
        year = make_year(small_set, size)
        year.coordinator.roles  # noqa: B018 — asked once per request
        with CaptureQueriesContext(connection) as queries:
            year.open()
        counts.append(len(queries))
    assert counts[0] == counts[1]


class TestUnits:
    def test_offered_are_active_ones_below_the_host_at_any_depth(self, preparing_year: Year) -> None:
        year = preparing_year
        department = DepartmentFactory(parent=year.host)
        office = UnitFactory(parent=department)
        UnitFactory(parent=year.host, active_until=date(2025, 6, 30))
        UnitFactory()
        offered = set(units_to_offer(year.period, on=NOW.date()))
        assert {department, office} <= offered
        assert not offered & set(year.units)
        assert len(offered) == 3  # the appraiser's department is the third
        assert set(year.units) <= set(units_to_offer(year.period, on=NOW.date(), besides=year.cohort))

    def test_others_are_chosen_explicitly(self, preparing_year: Year) -> None:
        year, stranger = preparing_year, UnitFactory()
        with pytest.raises(Refusal, match="không trực thuộc"):
            set_units(cohort=year.cohort, units=[*year.units, stranger], by=year.coordinator, now=NOW)
        set_units(cohort=year.cohort, units=year.units, outside=[stranger], by=year.coordinator, now=NOW)
        assert Assessment.objects.filter(cohort=year.cohort, unit=stranger).exists()
        # An explicit choice is not asked for again.
        set_units(cohort=year.cohort, units=[*year.units, stranger], by=year.coordinator, now=NOW)

    def test_closed_units_are_refused(self, preparing_year: Year) -> None:
        year = preparing_year
        closed = UnitFactory(parent=year.host, active_until=date(2025, 6, 30))
        with pytest.raises(Refusal, match="không còn hoạt động"):
            set_units(cohort=year.cohort, units=[*year.units, closed], by=year.coordinator, now=NOW)

    def test_a_unit_stands_in_one_cohort_of_a_period(self, preparing_year: Year) -> None:
        year = preparing_year
        other = add_cohort(
            period=year.period, name="Phường", criteria_set=year.criteria_set, by=year.coordinator, now=NOW
        )
        with pytest.raises(Refusal, match="nhóm khác"):
            set_units(cohort=other, units=year.units[:1], by=year.coordinator, now=NOW)

    def test_a_unit_leaves_with_its_targets_until_the_period_opens(self, preparing_year: Year) -> None:
        year = preparing_year
        change = TargetChange(year.sheet().pk, year.criterion("2.1"), value=1, seen=None)
        assign_targets(cohort=year.cohort, changes=[change], by=year.coordinator, now=NOW)
        set_units(cohort=year.cohort, units=year.units[1:], by=year.coordinator, now=NOW)
        assert not AssignedTarget.objects.exists()
        assert year.cohort.assessments.count() == 2
        event = Event.objects.filter(action="set_units").first()
        assert set(event.before["units"]) - set(event.after["units"]) == {year.units[0].code}

    def test_an_open_period_takes_late_units_and_lets_none_go(self, year: Year) -> None:
        late = UnitFactory(parent=year.host)
        set_units(cohort=year.cohort, units=[*year.units, late], by=year.coordinator, now=NOW)
        assert LayerTotal.objects.filter(assessment__unit=late, layer=Layer.SELF).exists()
        with pytest.raises(Refusal, match="không bỏ đơn vị"):
            set_units(cohort=year.cohort, units=year.units, by=year.coordinator, now=NOW)


class TestCohorts:
    def test_the_set_changes_only_while_preparing(self, preparing_year: Year) -> None:
        year = preparing_year
        other = load_set(read_set(SMALL.replace("version: 1", "version: 2")))
        change = TargetChange(year.sheet().pk, year.criterion("2.1"), value=1, seen=None)
        assign_targets(cohort=year.cohort, changes=[change], by=year.coordinator, now=NOW)

        def edit(criteria_set: CriteriaSet) -> Cohort:
            return edit_cohort(
                cohort=year.cohort, name="Các xã", criteria_set=criteria_set, by=year.coordinator, now=NOW
            )

        edit(other)
        assert AssignedTarget.objects.get().criterion.criteria_set == other
        year.open()
        with pytest.raises(Refusal, match="phiên bản mới"):
            edit(year.criteria_set)

    def test_names_are_taken_once(self, preparing_year: Year) -> None:
        year = preparing_year
        with pytest.raises(Refusal, match="cùng tên"):
            add_cohort(
                period=year.period, name="Xã", criteria_set=year.criteria_set, by=year.coordinator, now=NOW
            )

    def test_a_cohort_goes_only_while_preparing(self, preparing_year: Year) -> None:
        year = preparing_year
        other = add_cohort(
            period=year.period, name="Phường", criteria_set=year.criteria_set, by=year.coordinator, now=NOW
        )
        remove_cohort(cohort=other, by=year.coordinator, now=NOW)
        assert list(year.period.cohorts.all()) == [year.cohort]
        year.open()
        with pytest.raises(Refusal, match="không bỏ nhóm"):
            remove_cohort(cohort=year.cohort, by=year.coordinator, now=NOW)


def test_everybody_sees_the_periods_of_his_hosts(year: Year) -> None:
    for person in (year.coordinator, year.leader, year.appraiser):
        [seen] = periods_of(person)
        assert (seen, seen.unit_count) == (year.period, 3)
    assert not periods_of(user_with(Role.COORDINATOR))
    assert not periods_of(year.officers[year.units[0].pk])
