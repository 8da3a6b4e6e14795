"""The unit's own work: saving a leaf, sending the sheet."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from assessments.actions.scoring import save_score, send, send_back, submit
from assessments.actions.writing import Conflict
from assessments.models import Event, Layer, LayerTotal
from assessments.queries.submission import submission_check
from assessments.workflow import Refusal
from criteria.actions import load_set
from criteria.queries import stored_tree
from criteria.schema import read_set
from criteria.scoring import Refused
from tests.assessments.conftest import DEADLINE, SMALL, Year, make_year


def save(year: Year, code: str, data, *, seen=0, by=None, now=None, note="", place=0):
    return save_score(
        assessment=year.sheet(place),
        criterion_id=year.criterion(code),
        data=data,
        note=note,
        seen=seen,
        by=by or year.officers[year.sheet(place).unit_id],
        now=now or year.now,
    )


def test_a_leaf_its_event_and_its_totals_are_stored_together(year: Year):
    score = save(year, "1.1", {"points": "3.25"}, note="thiếu 1 nội dung")
    assert (score.points, score.version) == (Decimal("3.25"), 1)
    event = Event.objects.filter(action="score").get()
    assert (event.before, event.after["points"], event.by) == (None, "3.25", score.updated_by)
    total = LayerTotal.objects.get(assessment=year.sheet(), layer=Layer.SELF)
    assert (str(total.total), total.answered) == ("3.25", 1)
    assert total.nodes.keys() == {top.code for top in stored_tree(year.criteria_set).tree.criteria}
    area = total.nodes["1"]
    assert (str(area.points), str(area.applicable)) == ("3.25", "7")


def test_what_somebody_saved_meanwhile_is_not_overwritten(year: Year):
    save(year, "1.1", {"points": "3"})
    with pytest.raises(Conflict) as conflict:
        save(year, "1.1", {"points": "2"}, seen=0)
    assert conflict.value.saved.data == {"points": "3"}
    assert year.row("1.1", Layer.SELF).data == {"points": "3"}
    assert save(year, "1.1", {"points": "2"}, seen=1).version == 2


def test_the_same_value_sent_twice_is_stored_once(year: Year):
    save(year, "1.1", {"points": "3"})
    assert save(year, "1.1", {"points": "3"}, seen=0).version == 1
    assert Event.objects.filter(action="score").count() == 1


def test_a_cleared_leaf_is_unanswered_and_keeps_its_note(year: Year):
    save(year, "1.1", {"points": "3"}, note="đang kiểm tra")
    score = save(year, "1.1", None, seen=1, note="đang kiểm tra")
    assert (score.is_answered, score.note) == (False, "đang kiểm tra")
    assert LayerTotal.objects.get(assessment=year.sheet(), layer=Layer.SELF).answered == 0


def test_refused_data_store_nothing(year: Year):
    with pytest.raises(Refused):
        save(year, "1.1", {"points": "4.5"})
    assert year.row("1.1", Layer.SELF) is None
    assert not Event.objects.filter(action="score").exists()


@pytest.mark.parametrize("code", ["1.3", "P"])
def test_units_dont_score_what_is_entered_centrally(year: Year, code: str):
    with pytest.raises(Refusal, match="không chấm ở bước này"):
        save(year, code, {"points": "1"})


def test_a_leaf_without_its_assigned_target_is_refused(year: Year):
    with pytest.raises(Refused, match="chỉ tiêu được giao"):
        save(year, "2.1", {"numerator": "1", "denominator": "2"})


def test_a_criterion_of_another_set_is_refused(year: Year):
    with pytest.raises(Refusal, match="không có tiêu chí này"):
        save_score(
            assessment=year.sheet(),
            criterion_id=0,
            data={"points": "1"},
            note="",
            seen=0,
            by=year.officers[year.sheet().unit_id],
            now=year.now,
        )


def test_only_the_units_own_officer_scores(year: Year):
    for person in (year.officers[year.units[1].pk], year.coordinator, year.appraiser, year.leader):
        with pytest.raises(PermissionDenied):
            save(year, "1.1", {"points": "3"}, by=person)


def test_a_deactivated_officer_no_longer_scores(year: Year):
    officer = year.officers[year.sheet().unit_id]
    officer.is_active = False
    with pytest.raises(PermissionDenied):
        save(year, "1.1", {"points": "3"}, by=officer)


def test_the_deadlines_last_moment_counts_and_the_next_does_not(year: Year):
    save(year, "1.1", {"points": "3"}, now=DEADLINE)
    with pytest.raises(Refusal, match="Đã hết hạn tự chấm lúc 17:00 ngày 31 tháng 3 năm 2026"):
        save(year, "1.1", {"points": "2"}, seen=1, now=DEADLINE + timedelta(microseconds=1))


def test_of_two_ways_that_exclude_each_other_one_answer_is_enough(year: Year):
    for code in ("1.1", "1.2", "2.2.2", "T.1"):
        save(year, code, {"points": "1"}, note="đủ")
    assert [item.criterion.code for item in submission_check(year.sheet()).unanswered] == ["2.1"]
    total = LayerTotal.objects.get(assessment=year.sheet(), layer=Layer.SELF)
    assert total.leaves - total.answered == 1


def test_sending_names_what_is_missing_and_asks_before_counting_zero(year: Year):
    save(year, "1.1", {"points": "3"})
    check = submission_check(year.sheet())
    assert [item.criterion.code for item in check.without_note] == ["1.1"]
    assert [item.criterion.code for item in check.unanswered] == ["1.2", "2.1", "2.2.1", "2.2.2", "T.1"]
    act = {"assessment": year.sheet(), "by": year.officers[year.sheet().unit_id], "now": year.now}
    with pytest.raises(Refusal, match="thiếu ghi chú"):
        send(confirmed_unanswered=5, **act)
    save(year, "1.1", {"points": "3"}, seen=1, note="thiếu báo cáo quý III")
    with pytest.raises(Refusal, match="5 tiêu chí chưa chấm, tính 0 điểm"):
        send(confirmed_unanswered=0, **act)
    send(confirmed_unanswered=5, **act)
    sheet = year.sheet()
    assert (sheet.state, sheet.sent_by, sheet.sent_at) == ("review", act["by"], year.now)
    assert (sheet.receipt, sheet.submitted_at) == ("", None)


def test_the_leader_approves_what_he_was_told_of_and_gets_the_receipt(year: Year):
    save(year, "1.1", {"points": "3"}, note="thiếu báo cáo quý III")
    year.send()
    act = {"assessment": year.sheet(), "by": year.leaders[year.sheet().unit_id], "now": year.now}
    with pytest.raises(Refusal, match="5 tiêu chí chưa chấm, tính 0 điểm"):
        submit(confirmed_unanswered=4, **act)
    receipt = submit(confirmed_unanswered=5, **act)
    sheet = year.sheet()
    assert (sheet.state, sheet.receipt, str(sheet.submitted_total)) == ("submitted", receipt.sha256, "3")
    assert (sheet.submitted_by, sheet.submitted_at, receipt.at) == (act["by"], year.now, year.now)
    assert len(receipt.sha256) == 64
    assert LayerTotal.objects.filter(assessment=sheet, layer=Layer.ROUND1).exists()


def test_the_leader_gives_it_back_with_a_remark_and_the_officer_mends_it(year: Year):
    save(year, "1.1", {"points": "4"})
    year.send()
    with pytest.raises(Refusal, match="đang chờ lãnh đạo"):
        save(year, "1.1", {"points": "3"}, seen=1)
    act = {"assessment": year.sheet(), "by": year.leaders[year.sheet().unit_id], "now": year.now}
    with pytest.raises(Refusal, match="điều cần sửa"):
        send_back(remark="  ", **act)
    send_back(remark=" Tiêu chí 1.1 còn thiếu. ", **act)
    sheet = year.sheet()
    assert (sheet.state, sheet.remark) == ("returned", "Tiêu chí 1.1 còn thiếu.")
    assert (sheet.sent_at, sheet.sent_by) == (None, None)
    event = Event.objects.get(action="send_back")
    assert (event.by, event.reason, event.assessment) == (act["by"], "Tiêu chí 1.1 còn thiếu.", sheet)
    with pytest.raises(Refusal, match="trả lại"):
        submit(**act)

    save(year, "1.1", {"points": "3"}, seen=1, note="thiếu báo cáo")
    year.send()
    assert (year.sheet().state, year.sheet().remark) == ("review", "")
    actions = Event.objects.filter(assessment=sheet).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["score", "send", "send_back", "score", "send"]


def test_officers_send_and_leaders_approve_each_for_his_own_unit(year: Year):
    unit = year.sheet().unit_id
    act = {"assessment": year.sheet(), "now": year.now}
    hosts = {year.coordinator, year.leader, year.appraiser}
    officers, leaders = set(year.officers.values()), set(year.leaders.values())
    for person in hosts | leaders | officers - {year.officers[unit]}:
        with pytest.raises(PermissionDenied):
            send(confirmed_unanswered=6, by=person, **act)
    year.send()
    for person in hosts | officers | leaders - {year.leaders[unit]}:
        with pytest.raises(PermissionDenied):
            submit(confirmed_unanswered=6, by=person, **act)
        with pytest.raises(PermissionDenied):
            send_back(remark="x", by=person, **act)


def test_a_leader_approves_until_the_last_moment_of_his_own_time(year: Year):
    year.send()
    year.send(1)
    year.now = DEADLINE
    with pytest.raises(Refusal, match="chờ lãnh đạo"):
        year.send()
    approve = {"confirmed_unanswered": 6, "by": year.leaders[year.sheet().unit_id]}
    submit(assessment=year.sheet(), now=DEADLINE, **approve)
    approve["by"] = year.leaders[year.sheet(1).unit_id]
    with pytest.raises(Refusal, match="Đã hết hạn lãnh đạo đơn vị duyệt phiếu lúc 17:00 ngày 31 tháng 3"):
        submit(assessment=year.sheet(1), now=DEADLINE + timedelta(microseconds=1), **approve)


@pytest.mark.parametrize(("points", "lacking"), [("0", []), ("1", ["P"])])
def test_only_a_penalty_that_is_taken_wants_a_note(db: None, points: str, lacking: list[str]):
    text = SMALL.replace("rule: {kind: count, per_unit: 0.5}", "source: unit, rule: {kind: direct}")
    year = make_year(load_set(read_set(text)), size=1)
    year.open()
    save(year, "P", {"points": points})
    assert [item.criterion.code for item in submission_check(year.sheet()).without_note] == lacking


def test_after_submission_the_unit_cannot_write(year: Year):
    year.submit()
    with pytest.raises(Refusal, match="không sửa được nữa"):
        save(year, "1.1", {"points": "3"})
    with pytest.raises(Refusal):
        year.submit()


def test_the_receipt_speaks_of_the_content(year: Year):
    for place in (0, 1):
        save(year, "1.1", {"points": "4"}, place=place)
    save(year, "1.2", {"points": "3"}, place=1)
    year.submit(0)
    year.submit(1)
    assert year.sheet(0).receipt != year.sheet(1).receipt
