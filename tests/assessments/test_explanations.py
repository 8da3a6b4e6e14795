"""What a unit is asked, what it says, what silence counts for, and how a whole cohort goes on."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.actions.evidence import add_link, detach
from assessments.actions.rounds import (
    Answered,
    agree_with_rest,
    close_appraisal,
    release,
)
from assessments.models import Event, Evidence, Explanation, Layer, Score
from assessments.queries.explanations import asked_leaves, disputes_of, is_below, thread, threads_of
from assessments.queries.rounds import readiness
from assessments.workflow import Action, Refusal, State
from tests.assessments.conftest import NOW, Year, later
from tests.assessments.explaining import CLOSES, LATE, lower, say, sent, told
from tests.factories import user_with

Stance = Explanation.Stance


def codes(leaves: list) -> list[str]:
    return [leaf.criterion.code for leaf in leaves]


def leaf_of(year: Year, code: str, now=NOW):
    return next(leaf for leaf in thread(year.sheet(), now=now) if leaf.criterion.code == code)


@pytest.fixture
def asked(year: Year) -> Year:
    told(year)
    return year


def test_only_what_is_below_the_units_own_points_is_asked(asked: Year):
    assert codes(thread(asked.sheet(), now=NOW)) == ["1.1", "1.2", "T.1"]


def test_taken_in_or_out_of_the_base_is_asked_too(year: Year):
    year.score("1.2", {"not_applicable": True})
    year.submit()
    lower(year, "1.2", "3")
    year.release()
    assert asked_leaves(year.sheet()) == {year.criterion("1.2")}


def test_nothing_is_told_before_round_1_is_released(year: Year):
    sent(year)
    assert thread(year.sheet(), now=NOW) == []


def test_a_thread_says_who_took_off_what_and_why(asked: Year):
    leaf = leaf_of(asked, "1.1")
    assert (leaf.own.points, leaf.round1.points, leaf.round1.note) == (4, 2, "Lý do 1.1")
    office = asked.cohort.assignments.order_by("pk").first().office
    assert leaf.offices == (office.short_name,)
    assert (leaf.stance, leaf.may_answer, leaf.decision) == (None, True, "")


def test_evidence_of_the_explanation_stands_apart(asked: Year):
    officer = asked.officers[asked.units[0].pk]
    here = {"assessment": asked.sheet(), "criterion_id": asked.criterion("1.1")}
    added = add_link(**here, url="https://a.vn/", title="Bổ sung", by=officer, now=later(days=1))
    leaf = leaf_of(asked, "1.1", later(days=1))
    assert [row.evidence for row in leaf.added] == [added.evidence]
    detach(evidence=added.evidence, criterion_id=here["criterion_id"], by=officer, now=later(days=1))
    assert leaf_of(asked, "1.1", later(days=1)).evidence == []


def test_what_was_sent_with_the_sheet_is_not_taken_off_later(year: Year):
    officer = year.officers[year.units[0].pk]
    here = {"assessment": year.sheet(), "criterion_id": year.criterion("1.1")}
    shown = add_link(**here, url="https://a.vn/", title="Kế hoạch", by=officer, now=NOW)
    told(year)
    stored = Evidence.objects.get(pk=shown.evidence.pk)
    with pytest.raises(Refusal, match="đã gửi cùng phiếu"):
        detach(evidence=stored, criterion_id=here["criterion_id"], by=officer, now=later(days=1))
    leaf = leaf_of(year, "1.1", later(days=1))
    assert (len(leaf.evidence), leaf.added) == (1, [])


def test_no_evidence_where_nothing_is_asked(asked: Year):
    with pytest.raises(Refusal, match="thấp hơn điểm tự chấm"):
        add_link(
            assessment=asked.sheet(),
            criterion_id=asked.criterion("2.2.2"),
            url="https://a.vn/",
            title="Thừa",
            by=asked.officers[asked.units[0].pk],
            now=NOW,
        )


def test_the_later_of_two_is_told_and_may_decide(asked: Year):
    say(asked, "1.1", "của tôi")
    leader = asked.leaders[asked.units[0].pk]
    with pytest.raises(Answered) as told_so:
        say(asked, "1.1", agrees=True, by=leader)
    assert told_so.value.saved.text == "của tôi"
    assert say(asked, "1.1", agrees=True, seen=1, by=leader).version == 2


def test_agreeing_with_the_rest_leaves_what_was_said(asked: Year):
    say(asked, "1.1", "của tôi")
    by = asked.officers[asked.units[0].pk]
    act = {"assessment": asked.sheet(), "by": by, "now": NOW}
    assert agree_with_rest(seen=0, leaves=[asked.criterion("1.2")], **act) == 1
    assert (
        agree_with_rest(seen=0, leaves=[asked.criterion(code) for code in ("1.1", "2.2.2", "T.1")], **act)
        == 1
    )
    stances = {leaf.criterion.code: leaf.stance for leaf in thread(asked.sheet(), now=NOW)}
    assert stances == {"1.1": Stance.DISAGREED, "1.2": Stance.AGREED, "T.1": Stance.AGREED}
    said = Event.objects.filter(action=Action.EXPLAIN).order_by("pk").values_list("criterion__code", "by")
    assert list(said) == [("1.1", by.pk), ("1.2", by.pk), ("T.1", by.pk)]


def test_nobody_agrees_with_the_rest_of_another_unit_or_too_late(asked: Year):
    act = {"assessment": asked.sheet(), "leaves": [asked.criterion("1.1")]}
    with pytest.raises(PermissionDenied):
        agree_with_rest(seen=0, **act, by=asked.officers[asked.units[1].pk], now=NOW)
    with pytest.raises(Refusal, match="hết hạn giải trình"):
        agree_with_rest(seen=0, **act, by=asked.officers[asked.units[0].pk], now=LATE)


def test_silence_is_agreement_by_the_clock_before_anybody_records_it(asked: Year):
    assert leaf_of(asked, "1.1", CLOSES).stance is None
    assert leaf_of(asked, "1.1", LATE).stance is Stance.SILENT
    assert not asked.sheet().explanations.exists()


def test_closing_records_silence_per_leaf(asked: Year):
    say(asked, "1.1", agrees=True)
    asked.period.round2_closes = asked.period.council_closes = LATE + timedelta(days=1)
    asked.period.save()
    close_appraisal(assessment=asked.sheet(), by=asked.coordinator, now=LATE)
    silent = Explanation.objects.filter(stance=Stance.SILENT).order_by("pk")
    assert {row.criterion.code for row in silent} == {"1.2", "T.1"}
    recorded = Event.objects.filter(action=Event.Deed.SILENT).order_by("pk")
    assert {event.criterion.code for event in recorded} == {"1.2", "T.1"}


def test_an_open_leaf_keeps_the_sheet_from_being_closed(asked: Year):
    with pytest.raises(Refusal, match="Còn 3 tiêu chí đơn vị chưa trả lời"):
        asked.close()


def test_round_2_shows_once_it_is_closed_and_only_on_disputes(asked: Year):
    say(asked, "1.1", "Có văn bản")
    say(asked, "1.2", agrees=True)
    say(asked, "T.1", "Có sáng kiến")
    lower(asked, "1.1", "3", action=Action.REVISE)
    lower(asked, "T.1", "0", action=Action.REVISE)
    assert [leaf.round2 for leaf in thread(asked.sheet(), now=NOW)] == [None, None, None]
    asked.close()
    decided = {leaf.criterion.code: leaf.decision for leaf in thread(asked.sheet(), now=NOW)}
    assert decided == {"1.1": "Nâng điểm", "1.2": "", "T.1": "Giữ điểm"}
    assert asked.row("1.1", Layer.COUNCIL).points == 3


def test_what_round_2_has_decided_is_no_longer_explained(asked: Year):
    say(asked, "1.1", "Có văn bản")
    lower(asked, "1.1", "1", action=Action.REVISE)
    with pytest.raises(Refusal, match="đã được xem xét ở vòng 2"):
        say(asked, "1.1", "Nói thêm", seen=1)
    assert not leaf_of(asked, "1.1").may_answer
    assert leaf_of(asked, "1.2").may_answer


def test_disputes_of_a_cohort_with_the_decision_that_the_unit_does_not_know_yet(asked: Year):
    told(asked, 1)
    say(asked, "1.1", "Một")
    say(asked, "1.1", "Hai", place=1)
    say(asked, "1.2", agrees=True, place=1)
    lower(asked, "1.1", "1", action=Action.REVISE)
    found = disputes_of(asked.cohort)
    assert [(row.assessment.unit, row.decided) for row in found] == [
        (unit, unit == asked.units[0]) for unit in sorted(asked.units[:2], key=lambda unit: unit.sort_key)
    ]
    threads = {leaf.assessment.unit: leaf for leaf in threads_of(found, now=NOW)}
    assert threads[asked.units[0]].decision == "Hạ điểm"
    assert threads[asked.units[1]].decision == ""


@pytest.mark.parametrize("places", [1, 3])
def test_disputes_take_as_many_queries_for_three_units_as_for_one(
    year: Year, places: int, django_assert_num_queries
):
    for place in range(places):
        told(year, place)
        say(year, "1.1", "Có văn bản", place=place)
    threads_of(disputes_of(year.cohort), now=NOW)
    with django_assert_num_queries(5):
        assert len(threads_of(disputes_of(year.cohort), now=NOW)) == places


@pytest.mark.parametrize("leaves", [1, 3])
def test_a_thread_takes_as_many_queries_for_three_leaves_as_for_one(
    year: Year, leaves: int, django_assert_num_queries
):
    told(year)
    for code in ["1.1", "1.2", "T.1"][:leaves]:
        say(year, code, "Có văn bản")
    sheet = year.sheet()
    thread(sheet, now=NOW)
    with django_assert_num_queries(5):
        thread(sheet, now=NOW)


def test_who_is_ready_to_be_told_and_why_others_are_not(year: Year):
    sent(year)
    for code, points in {"1.1": "4", "1.2": "3"}.items():
        year.score(code, {"points": points}, 1)
    year.submit(1)
    found = readiness(year.cohort, Action.RELEASE, now=NOW)
    assert [ready.assessment.unit for ready in found.ready] == [year.units[0]]
    reasons = {row.assessment.unit: row.reason for row in found.waiting}
    assert reasons == {
        year.units[1]: "Còn 6 tiêu chí chưa thẩm định.",
        year.units[2]: "Đơn vị chưa gửi phiếu chấm điểm.",
    }


def test_readiness_says_what_the_action_says(year: Year):
    """Whoever is counted as ready goes through, and everybody else is refused."""
    told(year)
    say(year, "1.1", "Có văn bản")
    told(year, 1)
    for code in ("1.1", "1.2", "T.1"):
        say(year, code, agrees=True, place=1)
    sent(year, 2)
    for action, step in {Action.CLOSE_APPRAISAL: close_appraisal, Action.RELEASE: release}.items():
        found = readiness(year.cohort, action, now=NOW)
        for row in found.waiting:
            with pytest.raises(Refusal):
                step(assessment=row.assessment, by=year.coordinator, now=NOW)
        [ready] = found.ready
        step(assessment=ready.assessment, seen=ready.leaves, by=year.coordinator, now=NOW)
    assert [sheet.state for sheet in year.sheets()] == [State.EXPLAINING, State.APPRAISED, State.EXPLAINING]


def test_waiting_sheets_name_what_is_missing(year: Year):
    told(year)
    say(year, "1.1", "Có văn bản")
    found = readiness(year.cohort, Action.CLOSE_APPRAISAL, now=NOW)
    reasons = {row.assessment.unit: row.reason for row in found.waiting}
    assert reasons[year.units[0]] == "Còn 2 tiêu chí đơn vị chưa trả lời và vẫn trong thời gian giải trình."
    for code in ("1.2", "T.1"):
        say(year, code, agrees=True)
    found = readiness(year.cohort, Action.CLOSE_APPRAISAL, now=NOW)
    reasons = {row.assessment.unit: row.reason for row in found.waiting}
    assert reasons[year.units[0]] == "Còn 1 tiêu chí đơn vị không đồng ý và chưa thẩm định vòng 2."
    assert reasons[year.units[1]] == "Đơn vị chưa gửi phiếu chấm điểm."


@pytest.mark.parametrize(("action", "queries"), [(Action.RELEASE, 6), (Action.CLOSE_APPRAISAL, 4)])
@pytest.mark.parametrize("places", [1, 3])
def test_readiness_takes_constant_queries(
    year: Year, places: int, action: Action, queries: int, django_assert_num_queries
):
    for place in range(places):
        told(year, place) if action is Action.CLOSE_APPRAISAL else sent(year, place)
    readiness(year.cohort, action, now=NOW)
    with django_assert_num_queries(queries):
        readiness(year.cohort, action, now=NOW)


def test_closing_a_sheet_takes_as_many_statements_for_many_leaves(year: Year):
    """170 sheets of 120 leaves must not take minutes."""
    told(year)
    year.accept()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        year.close()
    assert len(captured) < 40
    kept = Event.objects.filter(action=Action.CLOSE_APPRAISAL, criterion__isnull=False)
    assert kept.filter(after__layer=Layer.COUNCIL).count() == 6


def test_a_stranger_releases_nothing(year: Year):
    sent(year)
    stranger = user_with("coordinator", year.units[0])
    with pytest.raises(PermissionDenied):
        release(assessment=year.sheet(), by=stranger, now=NOW)


def test_both_definitions_of_below_agree(year: Year):
    """In SQL and for rows at hand: every way in which two layers of a leaf can stand to each other."""
    year.score("1.1", {"points": "2"})
    year.score("1.2", {"not_applicable": True})
    year.submit()
    leaf = year.criterion("1.1")
    answers = [(Decimal(2), False), (Decimal(1), False), (Decimal(3), False), (None, True), (None, False)]
    for own, judged in product(answers, answers):
        Score.objects.filter(criterion=leaf).delete()
        for layer, (points, excluded) in {Layer.SELF: own, Layer.ROUND1: judged}.items():
            if layer == Layer.ROUND1 and (points, excluded) == (None, False):
                continue  # nobody judges without saying how many points
            Score.objects.create(
                assessment=year.sheet(),
                criterion_id=leaf,
                layer=layer,
                points=points,
                excluded=excluded,
                max_points=4,
                updated_at=NOW,
                updated_by=year.appraiser,
            )
        rows = {row.layer: row for row in Score.objects.filter(criterion=leaf).order_by("pk")}
        below = is_below(rows.get(Layer.SELF), rows.get(Layer.ROUND1))
        assert (leaf in asked_leaves(year.sheet())) is below, (own, judged)
