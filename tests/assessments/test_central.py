"""Survey and external leaves, entered by the coordinator."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.actions.central import enter_central_for_cohort
from assessments.actions.council import enter_central
from assessments.actions.verdicts import Verdict
from assessments.actions.writing import Conflict
from assessments.models import Cohort, Layer, LayerTotal, Score
from assessments.queries.recounting import total_differences
from assessments.workflow import Refusal
from criteria.models import CriteriaSet
from criteria.scoring import Refused
from tests.assessments.conftest import NOW, Year, make_year

pytestmark = pytest.mark.django_db

HELD = {"counts": {"Hài lòng": "9", "Không hài lòng": "3"}}
NOT_HELD = Verdict(Score.Basis.DATA, {"not_applicable": True})


def test_no_survey_was_held(year: Year) -> None:
    year.enter("1.3", HELD, 1)
    entry = enter_central_for_cohort(
        cohort=year.cohort, criterion_id=year.criterion("1.3"), verdict=NOT_HELD, by=year.coordinator, now=NOW
    )
    assert (entry.entered, entry.kept, entry.closed) == (2, (year.units[1].short_name,), ())
    assert year.row("1.3", Layer.COUNCIL).excluded
    assert year.row("1.3", Layer.COUNCIL, 1).points == Decimal("2.25")
    assert LayerTotal.objects.get(assessment=year.sheet(), layer=Layer.COUNCIL).applicable == 17
    assert total_differences(year.cohort) == []


def test_a_larger_cohort_is_read_in_as_many_queries(small_set: CriteriaSet) -> None:
    reads = []
    for size in (1, 3):
        year = make_year(small_set, size=size)
        year.open()
        cohort, leaf = Cohort.objects.select_related("period").get(pk=year.cohort.pk), year.criterion("1.3")
        with CaptureQueriesContext(connection) as queries:
            enter_central_for_cohort(
                cohort=cohort, criterion_id=leaf, verdict=NOT_HELD, by=year.coordinator, now=NOW
            )
        reads.append(sum(query["sql"].startswith("SELECT") for query in queries))
    assert reads[0] == reads[1]


def test_a_final_sheet_stays_as_it_is(year: Year) -> None:
    year.play()
    entry = enter_central_for_cohort(
        cohort=year.cohort, criterion_id=year.criterion("1.3"), verdict=NOT_HELD, by=year.coordinator, now=NOW
    )
    assert (entry.entered, entry.closed) == (2, (year.units[0].short_name,))


def test_a_cleared_entry_is_entered_anew(year: Year) -> None:
    year.enter("1.3", HELD)
    year.enter("1.3", None)
    assert not year.row("1.3", Layer.COUNCIL).is_answered
    entry = enter_central_for_cohort(
        cohort=year.cohort, criterion_id=year.criterion("1.3"), verdict=NOT_HELD, by=year.coordinator, now=NOW
    )
    assert entry.entered == 3


def test_the_later_of_two_people_is_told(year: Year) -> None:
    year.enter("1.3", HELD)
    with pytest.raises(Conflict) as conflict:
        enter_central(
            assessment=year.sheet(),
            criterion_id=year.criterion("1.3"),
            verdict=Verdict(Score.Basis.DATA, {"counts": {"Hài lòng": "1", "Không hài lòng": "1"}}),
            seen=0,
            by=year.coordinator,
            now=NOW,
        )
    assert conflict.value.saved.data == HELD


@pytest.mark.parametrize("code", ["1.1", "2"])
def test_units_leaves_and_parents_are_not_entered_here(year: Year, code: str) -> None:
    with pytest.raises(Refusal):
        enter_central_for_cohort(
            cohort=year.cohort,
            criterion_id=year.criterion(code),
            verdict=NOT_HELD,
            by=year.coordinator,
            now=NOW,
        )


def test_a_penalty_cannot_be_skipped_and_nobody_else_enters(year: Year) -> None:
    with pytest.raises(Refused, match="không được chọn"):
        enter_central_for_cohort(
            cohort=year.cohort,
            criterion_id=year.criterion("P"),
            verdict=NOT_HELD,
            by=year.coordinator,
            now=NOW,
        )
    for person in (year.leader, year.appraiser, *year.officers.values()):
        with pytest.raises(PermissionDenied):
            enter_central_for_cohort(
                cohort=year.cohort, criterion_id=year.criterion("1.3"), verdict=NOT_HELD, by=person, now=NOW
            )


def test_nothing_is_entered_before_the_period_opens(preparing_year: Year) -> None:
    with pytest.raises(Refusal):
        enter_central_for_cohort(
            cohort=preparing_year.cohort,
            criterion_id=preparing_year.criterion("1.3"),
            verdict=NOT_HELD,
            by=preparing_year.coordinator,
            now=NOW,
        )
