"""Corrections: prepared without any effect, then a publication of their own beside the one they correct."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from assessments.actions.corrections import withdraw_correction
from assessments.actions.verdicts import ReasonMissing
from assessments.actions.writing import Conflict
from assessments.models import (
    AreaResult,
    CorrectedScore,
    Event,
    LayerTotal,
    Period,
    Publication,
    Result,
    Score,
)
from assessments.queries.corrections import correction_preview
from assessments.queries.trail import period_trail, steps
from assessments.queries.verification import verify
from assessments.workflow import Refusal
from criteria.models import CriteriaSet
from criteria.scoring import Refused
from tests.assessments.conftest import NOW, Year, make_year
from tests.assessments.corrected import (
    LATER,
    announce,
    council_leaves,
    prepare,
    publish_correction,
    ranks_of,
    total_of,
)
from tests.factories import user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(year: Year) -> Year:
    for place, points in enumerate(("4", "3", "2")):
        year.play(place, points)
    announce(year)
    return year


def everything_of_before() -> list[list[dict[str, Any]]]:
    models = (Score, LayerTotal, Publication, Result, AreaResult)
    return [list(model.objects.order_by("pk").values()) for model in models]


def of(publication: Publication, year: Year) -> list[Result]:
    found = {r.assessment.unit_id: r for r in publication.results.select_related("assessment")}
    return [found[unit.pk] for unit in year.units]


def agrees(year: Year) -> bool:
    publications = Publication.objects.filter(period=year.period).select_related("period__publication")
    return [verify(publication) for publication in publications] == [[]] * len(publications)


# Preparing


def test_what_is_prepared_changes_nothing_and_leaves_an_event(published: Year) -> None:
    before = everything_of_before()
    row = prepare(published, "1.1", {"points": "1"}, reason=" Cộng nhầm ")
    assert (row.points, row.note, row.publication, row.version) == (1, "Cộng nhầm", None, 1)
    assert everything_of_before() == before
    event = Event.objects.get(action="prepare_correction")
    assert (event.before, event.after["points"], event.reason) == (None, "1", "Cộng nhầm")
    changed = prepare(published, "1.1", {"points": "2"}, seen=1)
    assert (changed.pk, changed.version) == (row.pk, 2)
    assert everything_of_before() == before
    assert agrees(published)
    # The period's events tell it in words.
    told = [step.layer for step in steps(list(period_trail(published.period, action="prepare_correction")))]
    assert told == ["Đính chính"] * 2


def test_saving_the_same_twice_is_one_preparation(published: Year) -> None:
    first = prepare(published, "1.1", {"points": "1"})
    again = prepare(published, "1.1", {"points": "1"})
    assert (again.pk, again.version, Event.objects.filter(action="prepare_correction").count()) == (
        first.pk,
        1,
        1,
    )


def test_of_two_who_prepare_at_once_the_later_is_told(published: Year) -> None:
    prepare(published, "1.1", {"points": "1"})
    other = user_with(Role.COORDINATOR, published.host)
    with pytest.raises(Conflict) as told:
        prepare(published, "1.1", {"points": "2"}, by=other)
    assert told.value.saved.points == 1
    assert CorrectedScore.objects.get().points == 1


def test_what_somebody_withdrew_does_not_come_back_unseen(published: Year) -> None:
    prepare(published, "1.1", {"points": "1"})
    withdraw(published, "1.1", 1)
    with pytest.raises(Refusal, match="được người khác rút"):
        prepare(published, "1.1", {"points": "2"}, seen=1)
    # Prepared anew it has another version, so that a page from before the withdrawal stays out of date.
    assert prepare(published, "1.1", {"points": "3"}).version == 3
    with pytest.raises(Conflict):
        prepare(published, "1.1", {"points": "2"}, seen=1)


def withdraw(year: Year, code: str, seen: int, **act: Any) -> None:
    withdraw_correction(
        assessment=year.sheet(),
        criterion_id=year.criterion(code),
        seen=seen,
        **{"by": year.coordinator, "now": NOW, **act},
    )


def test_withdrawing_leaves_an_event_and_nothing_else(published: Year) -> None:
    before = everything_of_before()
    prepare(published, "1.1", {"points": "1"})
    with pytest.raises(Conflict):
        withdraw(published, "1.1", 7)
    withdraw(published, "1.1", 1)
    assert not CorrectedScore.objects.exists()
    assert everything_of_before() == before
    event = Event.objects.filter(action="prepare_correction").latest("pk")
    assert (event.before["points"], event.after) == ("1", None)
    with pytest.raises(Refusal, match="đã được rút"):
        withdraw(published, "1.1", 1)


REFUSED: dict[str, tuple[Callable[[Year], object], type[Exception], str]] = {
    "no reason": (lambda year: prepare(year, "1.1", {"points": "1"}, reason=" "), ReasonMissing, "lý do"),
    "no reason for more": (lambda year: prepare(year, "2.1", "5", reason=""), ReasonMissing, "lý do"),
    "nothing new": (lambda year: prepare(year, "1.1", {"points": "4"}), Refusal, "không có gì thay đổi"),
    "too much": (lambda year: prepare(year, "1.1", {"points": "5"}), Refused, "1.1"),
    "too much by hand": (lambda year: prepare(year, "2.1", "6.5"), Refused, "2.1"),
    "not a number": (lambda year: prepare(year, "1.1", {"points": "nhiều"}), Refused, "1.1"),
    "never not applicable": (lambda year: prepare(year, "1.1", {"not_applicable": True}), Refused, "1.1"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_not_be_prepared(published: Year, case: str) -> None:
    attempt, error, words = REFUSED[case]
    with pytest.raises(error, match=words):
        attempt(published)
    assert not CorrectedScore.objects.exists()


def test_a_leaf_of_another_set_and_a_unit_without_a_result_have_nothing_to_correct(
    year: Year, small_set: CriteriaSet
) -> None:
    year.play(0)
    announce(year)
    with pytest.raises(Refusal, match="không có kết quả"):
        prepare(year, "1.1", {"points": "1"}, place=1)
    with pytest.raises(Refusal, match="không có tiêu chí này"):
        prepare(year, "1", {"points": "1"})


def test_only_the_coordinator_corrects_and_never_his_own_unit(published: Year) -> None:
    prepare(published, "1.1", {"points": "1"})
    strangers = (
        published.leader,
        published.appraiser,
        *published.officers.values(),
        *published.leaders.values(),
        user_with(Role.COORDINATOR),
        user_with(Role.ADMINISTRATOR),
    )
    for person in strangers:
        with pytest.raises(PermissionDenied):
            prepare(published, "1.1", {"points": "2"}, seen=1, by=person)
        with pytest.raises(PermissionDenied):
            withdraw(published, "1.1", 1, by=person)
        with pytest.raises(PermissionDenied):
            publish_correction(published, by=person)
    published.coordinator.memberships.create(role=Role.OFFICER, unit=published.units[0])
    himself = User.objects.get(pk=published.coordinator.pk)
    with pytest.raises(PermissionDenied):
        prepare(published, "1.1", {"points": "2"}, seen=1, by=himself)
    assert CorrectedScore.objects.get().points == 1


def test_before_publication_there_is_nothing_to_correct(year: Year) -> None:
    year.play(0)
    with pytest.raises(Refusal, match="đã công bố"):
        prepare(year, "1.1", {"points": "1"})
    with pytest.raises(Refusal, match="đã công bố"):
        publish_correction(year)


# Publishing


def test_a_correction_is_a_publication_beside_the_old_one(published: Year) -> None:
    before = everything_of_before()
    first = Publication.objects.get()
    prepare(published, "1.1", {"points": "4"}, place=2)
    second = publish_correction(published)
    assert (second.ordinal, second.reason, second.decision_number) == (2, "Cộng thiếu điểm", "200/QĐ-UBND")
    assert CorrectedScore.objects.get().publication == second
    assert Period.objects.get(pk=published.period.pk).publication == second
    for kept, now in zip(before, everything_of_before(), strict=True):
        assert now[: len(kept)] == kept
    assert [r.rank for r in of(first, published)] == [1, 2, 3]
    # The third unit has what the first one has, and a ranking of the same leaves by hand says so too.
    leaves = [council_leaves(published, place) for place in range(3)]
    leaves[2]["1.1"] = Fraction(4)
    assert [r.rank for r in of(second, published)] == ranks_of(leaves) == [1, 3, 1]
    assert [Fraction(r.total) for r in of(second, published)] == [total_of(unit) for unit in leaves]
    assert [r.grade for r in of(second, published)] == ["Khá", "", "Khá"]
    areas = {a.criterion.code: a for a in of(second, published)[2].areas.select_related("criterion")}
    assert (areas["1"].points, areas["1"].rank, areas["2"].rank) == (Decimal("6.25"), 1, 1)
    event = Event.objects.get(action="correct")
    assert event.reason == "Cộng thiếu điểm"
    third = published.units[2].code
    assert (event.before["totals"][third], event.after["totals"][third]) == ("7.853", "10.206")
    assert agrees(published)


def test_ties_are_broken_and_made_by_a_correction(published: Year) -> None:
    """1.1 is worth less and 2.2.1 more by as much: equal totals, of which the second area decides."""
    prepare(published, "1.1", {"points": "2"}, place=1)
    prepare(published, "2.2.1", {"points": "4"}, place=1)
    second = publish_correction(published)
    leaves = [council_leaves(published, place) for place in range(3)]
    leaves[1] |= {"1.1": Fraction(2), "2.2.1": Fraction(4)}
    assert total_of(leaves[0]) == total_of(leaves[1])
    assert [r.rank for r in of(second, published)] == ranks_of(leaves) == [2, 1, 3]
    # Now the first unit gets the same leaves: nothing decides between the two any more.
    prepare(published, "1.1", {"points": "2"}, place=0)
    prepare(published, "2.2.1", {"points": "4"}, place=0)
    third = publish_correction(published, decision_number="201/QĐ-UBND")
    leaves[0] |= {"1.1": Fraction(2), "2.2.1": Fraction(4)}
    assert [r.rank for r in of(third, published)] == ranks_of(leaves) == [1, 1, 3]
    assert [Fraction(r.total) for r in of(third, published)] == [total_of(unit) for unit in leaves]
    assert third.ordinal == 3
    assert agrees(published)


def test_taking_a_leaf_in_and_out_of_the_base(published: Year) -> None:
    """1.2 was not applicable and is worth 3; the survey is taken out; points by hand, a penalty and the bonus."""
    prepare(published, "1.2", {"points": "3"})
    prepare(published, "1.3", {"not_applicable": True}, place=1)
    prepare(published, "P", {"count": "3"}, place=1)
    prepare(published, "2.1", "5.125", place=2)
    prepare(published, "T.1", {"points": "1"}, place=2)
    second = publish_correction(published)
    leaves = [council_leaves(published, place) for place in range(3)]
    leaves[0]["1.2"] = Fraction(3)
    leaves[1] |= {"1.3": None, "P": Fraction(-3, 2)}
    leaves[2] |= {"2.1": Fraction(41, 8), "T.1": Fraction(1)}
    assert [Fraction(r.total) for r in of(second, published)] == [total_of(unit) for unit in leaves]
    assert [r.rank for r in of(second, published)] == ranks_of(leaves)
    assert agrees(published)


def test_the_later_correction_of_a_leaf_counts(published: Year) -> None:
    prepare(published, "1.1", {"points": "1"})
    publish_correction(published)
    with pytest.raises(Refusal, match="không có gì thay đổi"):
        prepare(published, "1.1", {"points": "1"})
    # Back to what the council said is a change by now; its version counts on from the first.
    assert prepare(published, "1.1", {"points": "4"}, reason="Xem lại").version == 2
    publish_correction(published)
    totals = [of(p, published)[0].total for p in Publication.objects.order_by("ordinal")]
    assert totals == [Decimal("10.206"), Decimal("6.676"), Decimal("10.206")]
    assert agrees(published)


def test_the_preview_is_what_is_published(published: Year) -> None:
    prepare(published, "1.1", {"points": "4"}, place=2)
    preview = correction_preview(Period.objects.get(pk=published.period.pk))
    [leaf] = preview.leaves
    assert (leaf.in_force.points, leaf.row.points, leaf.criterion.code) == (2, 4, "1.1")
    told = {e.row.assessment.unit_id: e for e in preview.effects}
    # The first is no longer alone, but nothing of his own changes.
    assert set(told) == {published.units[1].pk, published.units[2].pk}
    third = told[published.units[2].pk]
    assert (third.old.total, third.old.rank, third.old.grade) == (Decimal("7.853"), 3, "")
    assert (third.row.tally.total, third.row.rank, third.row.grade) == (Decimal("10.206"), 1, "Khá")
    [area] = third.areas
    assert (area.area.code, area.old.points, area.points, area.old.rank, area.rank) == (
        "1", Decimal("4.25"), Decimal("6.25"), 3, 1,
    )  # fmt: skip
    second = publish_correction(published)
    stored = of(second, published)
    for effect in preview.effects:
        [now] = [r for r in stored if r.assessment_id == effect.row.assessment.pk]
        assert (now.total, now.rank, now.grade) == (
            effect.row.tally.total,
            effect.row.rank,
            effect.row.grade,
        )


def test_a_correction_without_effect_on_any_total_is_one_too(published: Year) -> None:
    """2.2.2 counts, not 2.2.1 beside it."""
    prepare(published, "2.2.1", {"points": "1"})
    assert correction_preview(Period.objects.get(pk=published.period.pk)).effects == ()
    second = publish_correction(published)
    assert second.seal != Publication.objects.get(ordinal=1).seal
    assert agrees(published)


@pytest.mark.parametrize("missing", ["decision_number", "decision_date", "decision_issuer", "reason"])
def test_decision_and_reason_are_needed(published: Year, missing: str) -> None:
    prepare(published, "1.1", {"points": "1"})
    with pytest.raises(Refusal, match=r"Còn thiếu|Hãy ghi lý do"):
        publish_correction(published, **{missing: None if missing == "decision_date" else "  "})
    assert Publication.objects.count() == 1


def test_days_that_can_not_be_and_nothing_to_publish_are_refused(published: Year) -> None:
    with pytest.raises(Refusal, match="Chưa có nội dung đính chính"):
        publish_correction(published)
    prepare(published, "1.1", {"points": "1"})
    with pytest.raises(Refusal, match="trước ngày của quyết định"):
        publish_correction(published, decision_date=date(2026, 3, 1))
    with pytest.raises(Refusal, match="sau hôm nay"):
        publish_correction(published, decision_date=LATER["decision_date"] + timedelta(days=1))


def test_nothing_is_published_that_the_page_did_not_show(published: Year) -> None:
    prepare(published, "1.1", {"points": "1"})
    seen = correction_preview(Period.objects.get(pk=published.period.pk)).fingerprint
    prepare(published, "1.1", {"points": "2"}, seen=1)
    with pytest.raises(Refusal, match="đã thay đổi sau khi mở trang"):
        publish_correction(published, seen=seen)
    assert Publication.objects.count() == 1


def test_two_clicks_publish_a_correction_once(published: Year) -> None:
    prepare(published, "1.1", {"points": "1"})
    period = Period.objects.get(pk=published.period.pk)
    seen = correction_preview(period).fingerprint
    publish_correction(published, seen=seen)
    with pytest.raises(Refusal, match="đã thay đổi sau khi mở trang"):
        publish_correction(published, seen=seen)
    assert Publication.objects.count() == 2


def test_what_was_tampered_with_is_not_sealed_as_good(published: Year) -> None:
    prepare(published, "1.1", {"points": "1"})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE assessments_score SET note = 'khác' WHERE layer = 'self'")
    with pytest.raises(Refusal, match="không còn khớp"):
        publish_correction(published)
    assert Publication.objects.count() == 1


def test_queries_do_not_grow_with_units_or_leaves(small_set: CriteriaSet) -> None:
    counts = []
    for size in (1, 3):
        year = make_year(small_set, size)
        year.open()
        for place in range(size):
            year.play(place)
        announce(year)
        for place in range(size):
            prepare(year, "1.1", {"points": "1"}, place)
        period = Period.objects.get(pk=year.period.pk)
        period.publication  # noqa: B018
        with CaptureQueriesContext(connection) as queries:
            preview = correction_preview(period)
        assert len(preview.leaves) == size
        counts.append(len(queries))
    assert counts[0] == counts[1]
