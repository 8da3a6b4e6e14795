"""Targets assigned to units, and the points that rest on them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Role
from assessments.actions.appraisal import agree_with_area, judge
from assessments.actions.targets import assign_targets
from assessments.actions.verdicts import Verdict
from assessments.models import AssignedTarget, Event, Layer, LayerTotal, Score
from assessments.queries.recounting import total_differences
from assessments.queries.targets import TargetChange, target_grid
from assessments.workflow import Action, Refusal
from criteria.scoring import Refused
from tests.assessments.appraising import fresh
from tests.assessments.conftest import NOW, Year

pytestmark = pytest.mark.django_db

HALF = {"numerator": "30", "denominator": "100"}


def assign(
    year: Year, value: str | None, seen: str | None = None, places: tuple[int, ...] = (0,), by: object = None
) -> int:
    changes = [
        TargetChange(
            year.sheet(place).pk,
            year.criterion("2.1"),
            value and Decimal(value),
            seen and Decimal(seen),
        )
        for place in places
    ]
    return assign_targets(cohort=year.cohort, changes=changes, by=by or year.coordinator, now=NOW)


def test_a_target_may_be_given_before_and_after_opening(preparing_year: Year) -> None:
    year = preparing_year
    assert assign(year, "0.7", places=(0, 1, 2)) == 3
    assert assign(year, "0.7", seen="0.7") == 0
    assert Event.objects.filter(action="assign_target", assessment=None, period=year.period).count() == 3
    year.open()
    assert assign(year, "0.5", seen="0.7") == 1
    event = Event.objects.filter(action="assign_target", assessment=year.sheet()).get()
    assert (event.before["target"], event.after["target"]) == ("0.7", "0.5")


def test_without_a_target_the_leaf_takes_no_figures(year: Year) -> None:
    with pytest.raises(Refused, match="chỉ tiêu"):
        year.score("2.1", HALF)
    assign(year, "0.5")
    assert year.score("2.1", HALF).points == Decimal("3.6")


def test_a_new_target_rescores_every_layer_by_its_basis(year: Year) -> None:
    assign(year, "0.6", places=(0, 1))
    for place in (0, 1):
        year.score("2.1", HALF, place)  # 3 points
        year.submit(place)
    agree_with_area(seen=0, assessment=year.sheet(0), area_code="2", by=year.appraiser, now=NOW)
    judge(
        action=Action.APPRAISE,
        assessment=year.sheet(1),
        criterion_id=year.criterion("2.1"),
        verdict=Verdict(Score.Basis.OVERRIDE, points=Decimal("1"), reason="Thiếu danh sách"),
        seen=0,
        by=year.appraiser,
        now=NOW,
    )
    assign(year, "0.5", seen="0.6", places=(0, 1))

    assert year.row("2.1", Layer.SELF).points == Decimal("3.6")
    assert year.row("2.1", Layer.ROUND1).points == Decimal("3.6")
    assert year.row("2.1", Layer.ROUND1, 1).points == Decimal("1")
    for layer in (Layer.SELF, Layer.ROUND1):
        total = LayerTotal.objects.get(assessment=year.sheet(), layer=layer)
        assert (total.total, total.nodes["2"].points) == (Decimal("3.6"), Decimal("3.6"))
    assert total_differences(year.cohort) == []
    changed = Event.objects.filter(
        action="assign_target",
        assessment=year.sheet(),
        criterion=year.criterion("2.1"),
        after__has_key="layer",
    )
    assert {(e.before["points"], e.after["points"]) for e in changed} == {("3", "3.6")}


def test_a_target_that_figures_rest_on_is_changed_but_not_taken_away(year: Year) -> None:
    assign(year, "0.6")
    year.score("2.1", HALF)
    with pytest.raises(Refusal, match="thay vì bỏ trống"):
        assign(year, None, seen="0.6")
    assert AssignedTarget.objects.get().value == Decimal("0.6")
    year.score("2.1", None)
    assert assign(year, None, seen="0.6") == 1
    assert not AssignedTarget.objects.exists()


def test_two_people_at_once_lose_nothing(year: Year) -> None:
    assign(year, "0.6", places=(0, 1))
    with pytest.raises(Refusal, match="người khác đã giao 60%"):
        assign(year, "0.7", seen=None, places=(2, 0))
    assert AssignedTarget.objects.count() == 2


def test_final_sheets_and_other_people_are_refused(year: Year) -> None:
    year.play()
    with pytest.raises(Refusal, match="đã được Hội đồng chốt"):
        assign(year, "0.7")
    for person in (year.leader, year.appraiser, *year.officers.values()):
        with pytest.raises(PermissionDenied):
            assign(year, "0.7", places=(1,), by=person)


def test_nobody_assigns_targets_to_his_own_unit(year: Year) -> None:
    year.coordinator.memberships.create(role=Role.UNIT_LEADER, unit=year.units[0])
    himself = fresh(year.coordinator)
    with pytest.raises(PermissionDenied):
        assign(year, "0.7", places=(0, 1), by=himself)
    assert not AssignedTarget.objects.exists()
    assert assign(year, "0.7", places=(1, 2), by=himself) == 2
    grid = target_grid(year.cohort, barred=himself.own_units)
    assert {cell.assessment_id for cell in grid.open_cells} == {year.sheet(1).pk, year.sheet(2).pk}


def test_only_leaves_that_ask_for_one_get_a_target(year: Year) -> None:
    change = TargetChange(year.sheet().pk, year.criterion("1.1"), Decimal("0.5"), None)
    with pytest.raises(Refusal, match="không chấm theo chỉ tiêu giao"):
        assign_targets(cohort=year.cohort, changes=[change], by=year.coordinator, now=NOW)
