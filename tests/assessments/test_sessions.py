"""Meetings of the council: who met, what is put before them, what they decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from assessments.actions.appraisal import judge
from assessments.actions.sessions import Kept, OpinionMissing, convene, edit_session, keep_rest
from assessments.actions.writing import Conflict
from assessments.minutes import SessionFacts
from assessments.models import CouncilDecision, CouncilSession, Event, Layer
from assessments.queries.agenda import agenda
from assessments.queries.before_council import BY_CRITERION, BY_UNIT, listed_leaves
from assessments.queries.recounting import total_differences
from assessments.queries.sessions import facts_of
from assessments.queries.trail import OWN_LAYERS, leaf_trail
from assessments.workflow import Action, Refusal
from criteria.models import CriteriaSet
from criteria.scoring import Refused
from tests.assessments.conftest import NOW, Year, make_year
from tests.assessments.councils import ABSENT, CHAIR, KEEP, SECRETARY, appraise, facts, meet, points, rule
from tests.factories import user_with

pytestmark = pytest.mark.django_db


def events(year: Year, action: str) -> list[Event]:
    return list(Event.objects.filter(period=year.period, action=action).order_by("pk"))


def listed(session: CouncilSession, **given: Any) -> list[tuple[int, bool, bool, bool]]:
    return [
        (leaf.assessment_id, leaf.is_disputed, leaf.differs, leaf.is_decided)
        for leaf in listed_leaves(session, **given)
    ]


def test_a_session_is_kept_with_its_members_and_an_event(year: Year) -> None:
    session = meet(year)
    assert facts_of(session) == facts()
    [event] = events(year, "convene")
    assert SessionFacts.read(event.after) == facts()
    assert (event.by, event.before, event.after["session"]) == (year.coordinator, None, session.pk)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"ended_at": NOW}, "giờ kết thúc"),
        ({"threshold": Decimal(0)}, "lớn hơn 0"),
        ({"place": ""}, "địa điểm"),
        ({"members": (SECRETARY,)}, "đúng một người chủ trì"),
        ({"members": (CHAIR, replace(CHAIR, full_name="Hai"))}, "đúng một người chủ trì"),
        ({"members": (replace(CHAIR, absent=True),)}, "không thể vắng mặt"),
        ({"members": (CHAIR, replace(ABSENT, full_name=""))}, "họ và tên"),
    ],
)
def test_what_can_t_be_meant_is_refused(year: Year, wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(Refusal, match=why):
        meet(year, **wrong)
    assert not CouncilSession.objects.exists()


def test_editing_keeps_both_and_loses_nobodys_change(year: Year) -> None:
    session, first = meet(year), facts()
    second = facts(place="Hội trường", members=(CHAIR, replace(ABSENT, absent=False)))
    act = {"session": session, "by": year.coordinator, "now": NOW}
    edit_session(facts=second, seen=first, **act)
    assert facts_of(CouncilSession.objects.get()) == second
    with pytest.raises(Refusal, match="Người khác đã sửa"):
        edit_session(facts=facts(note="Khác"), seen=first, **act)
    edit_session(facts=second, seen=first, **act)
    [_, event] = events(year, "convene")
    assert SessionFacts.read(event.before) == first
    assert SessionFacts.read(event.after) == second


def test_only_the_coordinator_of_an_open_period_convenes(preparing_year: Year) -> None:
    with pytest.raises(Refusal):
        meet(preparing_year)
    preparing_year.open()
    for person in (preparing_year.leader, preparing_year.appraiser):
        with pytest.raises(PermissionDenied):
            convene(period=preparing_year.period, facts=facts(), by=person, now=NOW)


def test_the_agenda_has_what_is_disputed_and_what_differs(year: Year) -> None:
    """Unit 0 still disagrees, unit 1 was raised by 0.5, unit 2 agreed to 0.4 less."""
    appraise(year, 0, own="4", round1="3.8", text="Có kế hoạch")
    appraise(year, 1, own="3", round1="3.5")
    appraise(year, 2, own="4", round1="3.6")
    session = meet(year)
    disputed, raised = (year.sheet(0).pk, True, False, False), (year.sheet(1).pk, False, True, False)
    assert listed(session) == [disputed, raised]
    assert listed(meet(year, threshold=Decimal("0.4")))[2] == (year.sheet(2).pk, False, True, False)
    assert listed(meet(year, threshold=Decimal("0.51"))) == [disputed]


def test_what_round_2_gave_back_is_no_longer_disputed(year: Year) -> None:
    appraise(year, 0, own="4", round1="2", text="Có kế hoạch", round2="4")
    assert listed(meet(year)) == []


def test_an_agreed_loss_is_listed_for_its_size_only(year: Year) -> None:
    appraise(year, 0, own="4", round1="1")
    assert listed(meet(year)) == [(year.sheet().pk, False, True, False)]
    assert listed(meet(year, threshold=Decimal("3.1"))) == []


def test_what_was_final_before_the_session_is_not_listed(year: Year) -> None:
    appraise(year, 0, text="Có kế hoạch")
    year.enter("1.3", {"not_applicable": True})
    year.enter("P", {"count": "0"})
    before, during = meet(year), meet(year, held_at=NOW - timedelta(hours=1))
    rule(year, before, KEEP)
    year.finalise()
    assert len(listed(before)) == 1
    assert len(listed(during)) == 1
    assert listed(meet(year, held_at=NOW + timedelta(hours=1), ended_at=None)) == []


def test_a_leaf_taken_out_of_the_base_is_listed_whatever_the_threshold(year: Year) -> None:
    year.score("1.2", {"not_applicable": True})
    year.submit()
    judge(
        action=Action.APPRAISE,
        assessment=year.sheet(),
        criterion_id=year.criterion("1.2"),
        verdict=points("3", "Có kiểm tra"),
        seen=0,
        by=year.appraiser,
        now=NOW,
    )
    year.appraise()
    assert listed(meet(year, threshold=Decimal(20))) == [(year.sheet().pk, False, True, False)]


def test_a_decision_lowers_with_its_reason_and_totals_follow(year: Year) -> None:
    appraise(year, text="Có kế hoạch")
    session = meet(year)
    score = rule(year, session, points("1", "Kế hoạch ban hành muộn"))
    decision = CouncilDecision.objects.get()
    assert (decision.before, decision.points, decision.reason) == (2, 1, "Kế hoạch ban hành muộn")
    assert (score.points, score.layer) == (1, Layer.COUNCIL)
    [event] = events(year, "decide")
    assert (event.before["points"], event.after["points"], event.reason) == ("2", "1", decision.reason)
    assert total_differences(year.cohort) == []
    assert listed(session) == [(year.sheet().pk, True, True, True)]


def test_a_decision_raises_and_only_with_an_opinion(year: Year) -> None:
    appraise(year, text="Có kế hoạch")
    session = meet(year)
    with pytest.raises(OpinionMissing):
        rule(year, session, points("3", " "))
    assert rule(year, session, points("3")).points == 3


def test_keeping_needs_no_opinion_and_changes_no_points(year: Year) -> None:
    appraise(year, text="Có kế hoạch")
    version = year.row("1.1", Layer.COUNCIL).version
    assert rule(year, meet(year), KEEP).version == version
    decision = CouncilDecision.objects.get()
    assert (decision.before, decision.points, decision.reason) == (2, 2, "")
    assert len(events(year, "decide")) == 1
    assert not events(year, "fix")


def test_deciding_again_replaces_the_row_and_events_keep_both(year: Year) -> None:
    appraise(year, text="Có kế hoạch")
    session = meet(year)
    rule(year, session, points("3"))
    rule(year, session, points("1", "Bỏ phiếu lại"))
    rule(year, session, points("1", "Bỏ phiếu lại"))
    decision = CouncilDecision.objects.get()
    assert (decision.before, decision.points) == (2, 1)
    [first, second] = events(year, "decide")
    assert (first.after["points"], second.before["points"], second.after["points"]) == ("3", "3", "1")


def test_another_session_has_a_decision_of_its_own(year: Year) -> None:
    appraise(year, text="Có kế hoạch")
    rule(year, meet(year), points("3"))
    rule(year, meet(year), KEEP)
    assert list(CouncilDecision.objects.order_by("pk").values_list("before", "points")) == [(2, 3), (3, 2)]


def test_any_leaf_may_be_decided_and_is_marked_as_added(year: Year) -> None:
    appraise(year, text="Có kế hoạch")
    session = meet(year)
    rule(year, session, points("2", "Kiểm tra chưa đủ"), code="1.2")
    leaves = {leaf.criterion_id: leaf for leaf in listed_leaves(session)}
    assert leaves[year.criterion("1.2")].added
    assert leaves[year.criterion("1.2")].why == "Hội đồng xem xét thêm"
    assert not leaves[year.criterion("1.1")].added


def test_nobody_is_overwritten_and_nothing_is_half_done(year: Year) -> None:
    appraise(year, text="Có kế hoạch")
    session = meet(year)
    rule(year, session, points("3"))
    with pytest.raises(Conflict):
        rule(year, session, points("1"), seen=1)
    with pytest.raises(Refused):
        rule(year, session, points("9"))
    with pytest.raises(Refusal, match="không chấm ở bước này"):
        rule(year, session, points("1"), code="1.3")
    assert CouncilDecision.objects.get().points == 3


def test_the_gate_holds_for_decisions(year: Year) -> None:
    session = meet(year)
    with pytest.raises(Refusal):
        rule(year, session, points("1"))
    appraise(year, text="Có kế hoạch")
    stranger = make_year(year.criteria_set)
    stranger.open()
    with pytest.raises(Refusal, match="không thuộc"):
        rule(year, meet(stranger), points("1"))
    year.coordinator.memberships.create(role=Role.OFFICER, unit=year.units[0])
    year.coordinator = type(year.coordinator).objects.get(pk=year.coordinator.pk)
    with pytest.raises(PermissionDenied):
        rule(year, session, points("1"))


def test_the_unit_reads_of_no_decision_before_its_time(year: Year) -> None:
    appraise(year, text="Có kế hoạch")
    sheet, leaf = year.sheet(), year.criterion("1.1")
    before = len(leaf_trail(sheet, leaf, OWN_LAYERS))
    rule(year, meet(year), points("1"))
    assert len(leaf_trail(sheet, leaf, OWN_LAYERS)) == before


def test_the_rest_is_kept_at_once(year: Year) -> None:
    for place in range(3):
        appraise(year, place, text="Có kế hoạch")
    session = meet(year)
    rule(year, session, points("3"), 0)
    rule(year, meet(year), points("1"), 1)
    act = {"session": session, "cohort_id": None, "by": year.coordinator, "now": NOW}
    with pytest.raises(Refusal, match="đã thay đổi"):
        keep_rest(expected=3, **act)
    assert keep_rest(expected=2, **act) == Kept(done=1, left=1)
    decisions = CouncilDecision.objects.filter(session=session).order_by("pk")
    assert [(row.assessment_id, row.points) for row in decisions] == [
        (year.sheet(0).pk, 3),
        (year.sheet(2).pk, 2),
    ]
    assert year.row("1.1", Layer.COUNCIL, 1).points == 1


def test_the_rest_of_closed_and_own_sheets_is_left(year: Year) -> None:
    for place in range(2):
        appraise(year, place, text="Có kế hoạch")
    session = meet(year, held_at=NOW - timedelta(hours=1))
    year.enter("1.3", {"not_applicable": True})
    year.enter("P", {"count": "0"})
    year.finalise()
    year.coordinator.memberships.create(role=Role.OFFICER, unit=year.units[1])
    me = type(year.coordinator).objects.get(pk=year.coordinator.pk)
    assert keep_rest(session=session, cohort_id=None, expected=2, by=me, now=NOW) == Kept(0, 2)
    late = NOW + timedelta(days=365)
    other = user_with(Role.COORDINATOR, year.host)
    assert keep_rest(session=session, cohort_id=None, expected=2, by=other, now=late) == Kept(0, 2)


def test_the_agenda_asks_as_much_for_one_unit_as_for_three(small_set: CriteriaSet) -> None:
    for by in (BY_UNIT, BY_CRITERION):
        for now in (NOW, NOW + timedelta(days=365)):
            asked = []
            for size in (1, 3):
                year = make_year(small_set, size=size)
                year.open()
                for place in range(size):
                    appraise(year, place, text="Có kế hoạch")
                session = meet(year)
                with CaptureQueriesContext(connection) as queries:
                    shown = agenda(session, cohort_id=None, by=by, only_left=True, page="1", now=now)
                assert sum(len(group.rows) for group in shown.groups) == size
                asked.append(len(queries))
            assert asked[0] == asked[1]
