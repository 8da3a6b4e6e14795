"""The layers after the unit's own, and the reasons they need."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Role
from assessments.actions.appraisal import agree_with_area, judge
from assessments.actions.council import enter_central, finalise
from assessments.actions.rounds import close_appraisal, release
from assessments.actions.verdicts import ReasonMissing, Verdict
from assessments.actions.writing import Conflict
from assessments.models import Assignment, Event, Layer, LayerTotal, Score
from assessments.permissions import sees_appraisal
from assessments.queries.periods import periods_of
from assessments.queries.waiting import cohorts_to_appraise
from assessments.workflow import Action, Refusal
from criteria.scoring import Refused
from tests.assessments.conftest import Year
from tests.factories import UnitFactory, user_with

KEPT = Verdict(Score.Basis.KEPT)


def direct(points: str, reason: str = "") -> Verdict:
    return Verdict(Score.Basis.DATA, {"points": points}, reason=reason)


def override(points: str, reason: str = "") -> Verdict:
    return Verdict(Score.Basis.OVERRIDE, points=Decimal(points), reason=reason)


def say(year: Year, code: str, verdict: Verdict, *, action=Action.APPRAISE, seen=0, by=None) -> Score:
    return judge(
        action=action,
        assessment=year.sheet(),
        criterion_id=year.criterion(code),
        verdict=verdict,
        seen=seen,
        by=by or (year.appraiser if action == Action.APPRAISE else year.coordinator),
        now=year.now,
    )


@pytest.fixture
def sent(year: Year) -> Year:
    year.score("1.1", {"points": "3"})
    year.score("1.2", {"not_applicable": True})
    year.submit()
    return year


def test_agreeing_takes_the_layer_before(sent: Year):
    score = say(sent, "1.1", KEPT)
    assert (score.points, score.data, score.basis) == (Decimal(3), {"points": "3"}, "kept")
    assert say(sent, "1.2", KEPT).excluded
    unanswered = say(sent, "2.2.1", KEPT)
    assert (unanswered.points, unanswered.data) == (Decimal(0), None)


def test_lower_points_need_a_reason_and_higher_ones_do_not(sent: Year):
    with pytest.raises(ReasonMissing):
        say(sent, "1.1", direct("2.5"))
    with pytest.raises(ReasonMissing):
        say(sent, "1.1", direct("2.5", reason="   "))
    assert say(sent, "1.1", direct("4")).points == 4
    assert say(sent, "1.1", direct("2.5", "thiếu tài liệu"), seen=1).note == "thiếu tài liệu"


def test_an_override_always_needs_a_reason(sent: Year):
    with pytest.raises(ReasonMissing):
        say(sent, "1.1", override("4"))
    assert say(sent, "1.1", override("4", "đã kiểm tra tại chỗ")).basis == "override"


def test_taking_a_leaf_back_into_the_base_needs_a_reason(sent: Year):
    with pytest.raises(ReasonMissing):
        say(sent, "1.2", direct("3"))
    assert say(sent, "1.2", direct("3", "xã có đơn vị thuộc diện kiểm tra")).points == 3


def test_points_above_the_maximum_are_refused_in_every_way(sent: Year):
    for verdict in (direct("4.5", "x"), override("4.001", "x")):
        with pytest.raises(Refused):
            say(sent, "1.1", verdict)
    assert sent.row("1.1", Layer.ROUND1) is None


def test_two_appraisers_on_one_leaf(sent: Year):
    say(sent, "1.1", KEPT)
    with pytest.raises(Conflict):
        say(sent, "1.1", direct("2", "thiếu"), seen=0)


def test_agreeing_with_an_area_leaves_earlier_verdicts_alone(sent: Year):
    say(sent, "1.1", direct("1", "không có kế hoạch"))
    assert (
        agree_with_area(seen=0, assessment=sent.sheet(), area_code="1", by=sent.appraiser, now=sent.now) == 1
    )
    assert sent.row("1.1", Layer.ROUND1).points == 1
    assert sent.row("1.3", Layer.ROUND1) is None, "a survey leaf is not the appraisers'"
    assert (
        agree_with_area(seen=0, assessment=sent.sheet(), area_code="1", by=sent.appraiser, now=sent.now) == 0
    )


def test_nobody_appraises_his_own_unit(sent: Year):
    sent.appraiser.memberships.create(role=Role.OFFICER, unit=sent.units[0])
    with pytest.raises(PermissionDenied):
        say(sent, "1.1", KEPT, by=type(sent.appraiser).objects.get(pk=sent.appraiser.pk))


def test_only_appraisers_of_the_host_appraise(sent: Year):
    for person in (sent.coordinator, sent.leader, sent.officers[sent.units[0].pk]):
        with pytest.raises(PermissionDenied):
            say(sent, "1.1", KEPT, by=person)


def test_appraisal_waits_for_the_unit_and_ends_with_the_council(year: Year):
    with pytest.raises(Refusal, match="chưa gửi"):
        say(year, "1.1", KEPT)
    year.submit()
    act = {"assessment": year.sheet(), "by": year.coordinator, "now": year.now}
    with pytest.raises(Refusal, match="6 tiêu chí chưa thẩm định"):
        release(**act)
    with pytest.raises(Refusal, match="thẩm định vòng 1"):
        close_appraisal(**act)
    year.release()
    with pytest.raises(Refusal, match="bước giải trình"):
        say(year, "1.1", KEPT)
    year.close()
    with pytest.raises(Refusal, match="chờ Hội đồng"):
        say(year, "1.1", KEPT)


def test_the_council_starts_from_the_appraisal_and_may_go_above_the_unit(sent: Year):
    say(sent, "1.1", direct("2", "thiếu tài liệu"))
    sent.appraise()
    assert sent.row("1.1", Layer.COUNCIL).points == 2
    raised = say(sent, "1.1", direct("4"), action=Action.FIX, seen=1)
    assert raised.points == 4
    with pytest.raises(ReasonMissing):
        say(sent, "1.1", direct("1"), action=Action.FIX, seen=2)


def test_central_leaves_are_the_coordinators_in_any_state_before_the_end(year: Year):
    score = year.enter("1.3", {"counts": {"Hài lòng": "2", "Không hài lòng": "1"}})
    assert (score.points, score.layer) == (Decimal(2), Layer.COUNCIL)
    with pytest.raises(PermissionDenied):
        enter_central(
            assessment=year.sheet(),
            criterion_id=year.criterion("P"),
            verdict=Verdict(Score.Basis.DATA, {"count": "1"}),
            seen=0,
            by=year.appraiser,
            now=year.now,
        )


def test_finalising_lists_what_is_missing(sent: Year):
    sent.appraise()
    with pytest.raises(Refusal, match=r"tiêu chí 1\.3 chưa nhập kết quả chấm tập trung; tiêu chí P"):
        sent.finalise()
    sent.enter("1.3", {"not_applicable": True})
    sent.enter("P", {"count": "1"})
    # A reason that went missing by another way than our actions still stops the council.
    Score.objects.filter(layer=Layer.COUNCIL, criterion__code="1.1").update(points=Decimal(1))
    with pytest.raises(Refusal, match=r"tiêu chí 1\.1 thiếu lý do \(Hội đồng\)"):
        finalise(assessment=sent.sheet(), by=sent.coordinator, now=sent.now)


def test_from_empty_to_final(year: Year):
    year.play(0, "3")
    total = LayerTotal.objects.get(assessment=year.sheet(), layer=Layer.COUNCIL)
    # areas: 3 + excluded + 9/12*3=2.25, 0 + best(0, 2)=2 → 7.25 of 17 applicable, re-based to 20, bonus 0.5
    assert (str(total.base), str(total.applicable), str(total.index)) == ("7.25", "17", "8.529")
    assert str(total.total) == "9.029"
    assert year.sheet().state == "final"
    actions = list(
        Event.objects.filter(assessment=year.sheet()).order_by("pk").values_list("action", flat=True)
    )
    assert actions[-1] == "finalise"
    assert actions.count("submit") == actions.count("finalise") == 1
    with pytest.raises(Refusal, match="đã được Hội đồng chốt"):
        year.finalise()


def test_an_appraiser_of_a_commune_or_district_does_not_appraise_for_the_province(year: Year) -> None:
    """Such units host scorings of their own; standing below the province makes nobody its appraiser, not even
    an assignment to them."""
    year.score("1.1", {"points": "3"})
    year.submit()
    sheet = year.sheet()
    for level, lets_in in (("office", True), ("department", True), ("district", False), ("commune", False)):
        unit = UnitFactory(parent=year.host, level=level)
        person = user_with(Role.APPRAISER, unit)
        Assignment.objects.filter(cohort=year.cohort).update(office=unit)
        assert sees_appraisal.test(person, sheet) is lets_in, level
        assert bool(cohorts_to_appraise(person, now=year.now)) is lets_in, level
        assert bool(periods_of(person)) is lets_in, level
