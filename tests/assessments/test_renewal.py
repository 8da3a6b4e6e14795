"""A new version of the criteria set in the middle of the year."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from assessments.actions.appraisal import agree_with_area, judge
from assessments.actions.extensions import extend
from assessments.actions.renewal import move_to_set
from assessments.actions.returning import return_sheet
from assessments.actions.rounds import agree_with_rest, explain, release
from assessments.actions.targets import assign_targets
from assessments.actions.verdicts import Verdict
from assessments.actions.writing import Conflict, Resent
from assessments.calendar import Phase
from assessments.models import (
    AssignedTarget,
    Attachment,
    CouncilDecision,
    Event,
    Evidence,
    Explanation,
    Layer,
    LayerTotal,
    Mark,
    Score,
)
from assessments.queries.explained import explained
from assessments.queries.explanations import disputed_leaves
from assessments.queries.minutes import minutes
from assessments.queries.recounting import total_differences
from assessments.queries.renewal import newer_versions, renewal_preview
from assessments.queries.sheet import sections_of
from assessments.queries.targets import TargetChange
from assessments.workflow import Action, Refusal
from criteria.actions import load_set
from criteria.models import CriteriaSet, Criterion
from criteria.queries import stored_tree
from criteria.schema import read_set
from tests.assessments import appraising
from tests.assessments.appraising import give_to_two, say
from tests.assessments.conftest import NOW, SMALL, Year, later
from tests.assessments.councils import appraise, meet, points, rule

pytestmark = pytest.mark.django_db

# 1.1 is scored in steps from now on, 2.2.2 is gone for 2.2.3, wording of 1.2 is another.
SECOND = (
    SMALL.replace("version: 1", "version: 2")
    .replace("max_points: 4, rule: {kind: direct}}\n      - {code: 1.2", "max_points: 4, "
             "rule: {kind: direct, step: 0.5}}\n      - {code: 1.2")
    .replace("name: Kiểm tra", "name: Công tác kiểm tra")
    .replace("2.2.2, name: Cách hai", "2.2.3, name: Cách ba")
)  # fmt: skip
# Only words are others: everything stays.
REWORDED = SMALL.replace("version: 1", "version: 2").replace("name: Kiểm tra", "name: Công tác kiểm tra")


def version(text: str) -> CriteriaSet:
    return load_set(read_set(text))


def move(year: Year, text: str = SECOND, **fields: object) -> CriteriaSet:
    new = version(text)
    move_to_set(
        **{
            "cohort": year.cohort,
            "criteria_set": new,
            "reason": "Quyết định 5/QĐ-UBND",
            "by": year.coordinator,
            "now": NOW,
            **fields,
        }
    )
    year.cohort.refresh_from_db()
    return new


def fill(year: Year, place: int = 0) -> None:
    year.score("1.1", {"points": "3.2"}, place)
    year.score("1.2", {"not_applicable": True}, place)
    year.score("2.2.2", {"points": "2"}, place)


def waiting(year: Year) -> dict[str, object]:
    """Leaves that the sheet shows with the answer they had on an older version, and that answer."""
    rows = (row for section in sections_of(year.sheet()) for row in section.entries if row.is_leaf)
    return {row.criterion.code: row.earlier.data for row in rows if row.earlier}


def test_answers_of_equal_leaves_go_along_and_the_rest_waits(year: Year) -> None:
    fill(year)
    sheet = year.sheet()
    evidence = Evidence.objects.create(
        assessment=sheet, kind="link", title="KH", url="https://a.vn", added_at=NOW, added_by=year.coordinator
    )
    for code in ("1.1", "1.2"):
        Attachment.objects.create(
            evidence=evidence,
            criterion_id=year.criterion(code),
            attached_at=NOW,
            attached_by=year.coordinator,
        )
    assign_targets(
        cohort=year.cohort,
        changes=[TargetChange(sheet.pk, year.criterion("2.1"), Decimal("0.7"), None)],
        by=year.coordinator,
        now=NOW,
    )
    rows = Score.objects.count()
    new = move(year)

    assert Score.objects.count() == rows
    assert year.row("1.2", Layer.SELF).excluded
    assert year.row("1.1", Layer.SELF) is None
    assert AssignedTarget.objects.get().criterion.criteria_set == new
    assert Attachment.objects.get(criterion__code="1.2").criterion.criteria_set == new
    assert Attachment.objects.get(criterion__code="1.1").criterion.criteria_set == year.criteria_set

    assert waiting(year) == {"1.1": {"points": "3.2"}}
    assert total_differences(year.cohort) == []
    total = LayerTotal.objects.get(assessment=sheet, layer=Layer.SELF)
    assert total.nodes.keys() == {top.code for top in stored_tree(new).tree.criteria}
    assert (total.total, total.answered, total.leaves) == (0, 1, 6)

    year.score("1.1", {"points": "3.5"})
    assert waiting(year) == {}


def test_only_words_changed_so_nothing_has_to_be_scored_again(year: Year) -> None:
    fill(year)
    year.submit()
    receipt = year.sheet().receipt
    move(year, REWORDED)
    assert (year.sheet().state, year.sheet().receipt) == ("submitted", receipt)
    assert waiting(year) == {}
    assert year.row("1.1", Layer.SELF).points == Decimal("3.2")


def test_sent_sheets_go_back_and_the_event_keeps_the_receipt(year: Year) -> None:
    for place in (0, 1):
        fill(year, place)
        year.submit(place)
    year.appraise(1)
    receipts = [sheet.receipt for sheet in year.sheets()]
    move(year)

    for place in (0, 1):
        sheet = year.sheet(place)
        assert (sheet.state, sheet.remark, sheet.receipt) == ("returned", "Quyết định 5/QĐ-UBND", "")
        steps = ("sent", "submitted", "released", "appraised")
        assert [getattr(sheet, f"{step}_by") for step in steps] == [None] * 4
        assert [getattr(sheet, f"{step}_at") for step in steps] == [None] * 4
        assert sheet.submitted_total is None
        event = Event.objects.get(action="renew", assessment=sheet)
        assert event.before["receipt"] == receipts[place]
        assert event.before["submitted_total"] == "5.2"
        assert event.after["again"] == ["1.1", "2.2.3"]
        assert event.reason == "Quyết định 5/QĐ-UBND"
    assert not Event.objects.filter(action="renew", assessment=year.sheet(2)).exists()
    assert total_differences(year.cohort) == []
    # What was agreed with on leaves that stay is still there.
    assert year.row("1.2", Layer.ROUND1, 1).excluded
    year.score("1.1", {"points": "3.5"})
    year.submit()
    assert year.sheet().receipt not in {"", receipts[0]}


def test_the_preview_says_what_will_happen(year: Year) -> None:
    fill(year)
    year.submit()
    new = version(SECOND)
    assert newer_versions(year.cohort) == [new]
    preview = renewal_preview(year.cohort, new)
    compared = preview.comparison
    assert [leaf.code for leaf in compared.kept] == ["1.2", "1.3", "2.1", "2.2.1", "T.1", "P"]
    assert [(pair.new.code, pair.why) for pair in compared.changed] == [("1.1", "cách chấm")]
    assert [leaf.code for leaf in compared.added] == ["2.2.3"]
    assert [leaf.code for leaf in compared.gone] == ["2.2.2"]
    by_unit = {sheet.assessment.unit_id: sheet for sheet in preview.sheets}
    first, second = by_unit[year.units[0].pk], by_unit[year.units[1].pk]
    assert (first.kept, first.again, first.returns) == (1, ("1.1", "2.2.3"), True)
    assert (second.kept, second.again, second.returns) == (0, ("2.2.3",), False)


def test_other_decimals_leave_no_answer_what_it_was(year: Year) -> None:
    fill(year)
    preview = renewal_preview(
        year.cohort, version(SMALL.replace("version: 1", "version: 2").replace("decimals: 3", "decimals: 2"))
    )
    assert not preview.comparison.kept


def test_a_final_sheet_holds_the_cohort(year: Year) -> None:
    year.play()
    with pytest.raises(Refusal, match="đã được Hội đồng chốt"):
        move(year)
    assert year.cohort.criteria_set == year.criteria_set


def test_only_a_newer_version_of_the_same_set_with_a_reason_by_the_coordinator(year: Year) -> None:
    with pytest.raises(Refusal, match="đã dùng phiên bản này"):
        move_to_set(
            cohort=year.cohort, criteria_set=year.criteria_set, reason="x", by=year.coordinator, now=NOW
        )
    with pytest.raises(Refusal, match="mới hơn"):
        move(year, SECOND.replace("code: nho", "code: khac"))
    with pytest.raises(Refusal, match="lý do"):
        move(year, reason=" ")
    CriteriaSet.objects.get(version=2, code="nho").delete()
    with pytest.raises(PermissionDenied):
        move(year, by=year.leader)
    assert not Event.objects.filter(action="renew").exists()


def test_before_opening_the_set_is_chosen_on_the_cohort(preparing_year: Year) -> None:
    with pytest.raises(Refusal, match="sửa nhóm"):
        move(preparing_year)


def test_a_second_click_is_refused(year: Year) -> None:
    new = move(year)
    with pytest.raises(Refusal, match="đã dùng phiên bản này"):
        move_to_set(cohort=year.cohort, criteria_set=new, reason="x", by=year.coordinator, now=NOW)


def test_an_answer_given_after_the_sheet_came_back_is_appraised_again(year: Year) -> None:
    fill(year)
    year.score("2.2.1", {"points": "1"})
    year.score("T.1", {"points": "1"})
    year.submit()
    year.appraise()
    move(year)
    assert year.sheet().state == "returned"
    year.score("2.2.1", {"points": "3"})
    for layer in (Layer.ROUND1, Layer.ROUND2, Layer.COUNCIL):
        assert year.row("2.2.1", layer) is None, layer
        kept = Event.objects.get(action="withdraw_verdict", before__layer=layer)
        assert kept.before["points"] == "1"
        assert year.row("T.1", layer).points == 1  # not touched, so still agreed with
    assert not list(total_differences(year.cohort))

    year.submit()
    with pytest.raises(Refusal, match=r"chưa thẩm định: .*2\.2\.1"):
        release(assessment=year.sheet(), by=year.coordinator, now=NOW)
    year.appraise()
    for layer in (Layer.ROUND1, Layer.ROUND2, Layer.COUNCIL):
        assert year.row("2.2.1", layer).points == 3


def scored_anew(year: Year) -> int:
    """A sheet that was appraised came back for a new version and was sent with another answer; returns the version of
    round 1 that a page from before shows."""
    fill(year)
    year.score("2.2.1", {"points": "2"})
    year.submit()
    year.appraise()
    shown = year.row("2.2.1", Layer.ROUND1).version
    move(year)
    year.score("2.2.1", {"points": "3"})
    year.submit()
    return shown


def test_a_page_from_before_an_answer_was_withdrawn_overwrites_nothing(year: Year) -> None:
    shown = scored_anew(year)
    act = {"action": Action.APPRAISE, "assessment": year.sheet(), "criterion_id": year.criterion("2.2.1")}
    act |= {"by": year.appraiser, "now": NOW}
    judge(**act, verdict=Verdict(Score.Basis.KEPT), seen=year.sheet().version_floor)
    stale = Verdict(Score.Basis.DATA, {"points": "1"}, reason="thiếu hồ sơ")
    with pytest.raises(Conflict):
        judge(**act, verdict=stale, seen=shown)
    assert year.row("2.2.1", Layer.ROUND1).points == 3


def test_nobody_judges_by_a_page_from_before_the_sheet_was_sent_anew(year: Year) -> None:
    shown = scored_anew(year)
    sheet, act = year.sheet(), {"by": year.appraiser, "now": NOW}
    agree = {"action": Action.APPRAISE, "verdict": Verdict(Score.Basis.KEPT)}
    agree |= {"assessment": sheet, "criterion_id": year.criterion("2.2.1")}
    for seen in (0, shown):
        with pytest.raises(Resent, match="gửi lại phiếu"):
            judge(**agree, **act, seen=seen)
        with pytest.raises(Resent, match="gửi lại phiếu"):
            agree_with_area(assessment=sheet, area_code="2", **act, seen=seen)
    assert year.row("2.2.1", Layer.ROUND1) is None
    judge(**agree, **act, seen=sheet.version_floor)
    assert year.row("2.2.1", Layer.ROUND1).points == 3


def test_nobody_explains_by_a_page_from_before_the_sheet_was_appraised_anew(year: Year) -> None:
    fill(year)
    year.score("2.2.1", {"points": "2"})
    year.submit()
    say(year, year.appraiser, "1", code="2.2.1", reason="thiếu")
    year.release()
    answer = {"agrees": False, "text": "có đủ", "by": year.officers[year.units[0].pk], "now": NOW}
    answer["criterion_id"] = year.criterion("2.2.1")
    shown = explain(assessment=year.sheet(), **answer, seen=0).version
    move(year)
    year.score("2.2.1", {"points": "3"})
    year.submit()
    say(year, year.appraiser, "0", code="2.2.1", reason="thiếu hẳn")
    year.release()
    sheet = year.sheet()
    answer["criterion_id"] = year.criterion("2.2.1")
    rest = {"leaves": [answer["criterion_id"]], "by": answer["by"], "now": NOW}
    for seen in (0, shown):
        with pytest.raises(Resent):
            explain(assessment=sheet, **answer, seen=seen)
        with pytest.raises(Resent):
            agree_with_rest(assessment=sheet, **rest, seen=seen)
    assert not Explanation.objects.exists()
    explain(assessment=sheet, **answer, seen=sheet.version_floor)
    assert Explanation.objects.get().version > sheet.version_floor


def test_a_page_from_before_the_sheet_was_sent_anew_is_told_and_may_still_save(
    year: Year, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    year.score("1.1", {"points": "4"})
    year.submit()
    page = appraising.page(year.appraiser, reverse("appraisal", args=[year.sheet().pk]))
    assert 'name="version" value="0"' in page
    return_sheet(assessment=year.sheet(), reason="thiếu", by=year.coordinator, now=year.now)
    year.score("1.1", {"points": "3"})
    year.submit()
    url, typed = appraising.leaf_url(year), {"basis": "data", "points": "1", "reason": "thiếu hồ sơ"}
    late = appraising.post(year.appraiser, url, version="0", **typed)
    told = late.content.decode()
    assert (late.status_code, year.row("1.1", Layer.ROUND1)) == (409, None)
    assert "Đơn vị đã gửi lại phiếu" in told
    assert "1 điểm" in told
    assert "Mở lại tiêu chí này" in told
    chosen = re.search(r'name="overwrite" value="(\d+)"', told)[1]
    assert appraising.post(year.appraiser, url, version="0", overwrite=chosen, **typed).status_code == 200
    assert year.row("1.1", Layer.ROUND1).points == 1
    area = reverse("agree_area", args=[year.sheet().pk, "2"])
    appraising.post(year.appraiser, area, htmx=False)
    assert year.row("2.1", Layer.ROUND1) is None
    fresh = appraising.page(year.appraiser, reverse("appraisal", args=[year.sheet().pk]))
    floor = year.sheet().version_floor
    assert f'name="version" value="{floor}"' in fresh
    appraising.post(year.appraiser, area, htmx=False, version=str(floor))
    assert year.row("2.1", Layer.ROUND1) is not None


def test_what_the_council_kept_follows_what_the_appraiser_says_the_second_time(year: Year) -> None:
    fill(year)
    year.score("2.2.1", {"points": "3"})
    year.submit()
    year.appraise()
    move(year)
    year.submit()
    judge(
        action=Action.APPRAISE,
        assessment=year.sheet(),
        criterion_id=year.criterion("2.2.1"),
        verdict=Verdict(Score.Basis.DATA, {"points": "1"}, reason="thiếu hồ sơ"),
        seen=year.row("2.2.1", Layer.ROUND1).version,
        by=year.appraiser,
        now=NOW,
    )
    for layer in (Layer.ROUND1, Layer.ROUND2, Layer.COUNCIL):
        assert year.row("2.2.1", layer).points == 1
    assert total_differences(year.cohort) == []


def test_more_time_stays_with_the_leaves_of_the_same_code_and_never_becomes_one_for_all(year: Year) -> None:
    fill(year)
    granted = {
        name: extend(
            assessment=year.sheet(),
            phase=Phase.SELF,
            until=later(days=60),
            leaves={year.criterion(code) for code in codes},
            reason="bão",
            document="Công văn 1",
            by=year.coordinator,
            now=NOW,
        )
        for name, codes in {"stays": ["1.1", "1.2"], "gone": ["2.2.2"]}.items()
    }
    new = move(year)
    ids = stored_tree(new).ids
    assert granted["stays"].as_rule.leaves == {ids["1.1"], ids["1.2"]}
    gone = granted["gone"].as_rule.leaves
    assert gone
    assert not gone & set(ids.values())


def test_marks_and_explanations_go_along(year: Year) -> None:
    fill(year)
    fill(year, 1)
    year.submit()
    year.submit(1)
    say(year, year.appraiser, "1", code="1.1")
    say(year, year.appraiser, "1", code="2.2.2", reason="thiếu")
    year.release()
    explain(
        assessment=year.sheet(),
        criterion_id=year.criterion("1.1"),
        agrees=False,
        text="có kế hoạch",
        seen=0,
        by=year.officers[year.units[0].pk],
        now=NOW,
    )
    give_to_two(year)
    say(year, year.appraiser, "2", place=1)
    assert explained(year.period)[year.sheet().pk].disputed == 1
    new = move(year, REWORDED)
    ids = stored_tree(new).ids
    assert [row.criterion_id for row in Mark.objects.all()] == [ids["1.1"]]
    assert [row.criterion_id for row in Explanation.objects.all()] == [ids["1.1"]]
    assert year.sheet().state == "explaining"
    assert disputed_leaves(year.sheet()) == {ids["1.1"]}
    assert explained(year.period)[year.sheet().pk].disputed == 1
    # What was disputed about a leaf that has another rule now is nobody's to decide.
    move(year, SECOND.replace("version: 2", "version: 3"))
    assert disputed_leaves(year.sheet()) == frozenset()
    assert year.sheet().pk not in explained(year.period)


def test_what_the_council_decided_goes_along(year: Year) -> None:
    appraise(year)
    session = meet(year)
    rule(year, session, points("3"))
    new = move(year, REWORDED)
    assert year.sheet().state == "appraised"
    assert CouncilDecision.objects.get().criterion_id == stored_tree(new).ids["1.1"]
    [row] = minutes(session, now=NOW).rows
    assert (row.code, row.decided.points) == ("1.1", 3)


def test_whatever_hangs_on_a_criterion_goes_along_or_stays_knowingly() -> None:
    hanging = {
        model.__name__
        for model in apps.get_app_config("assessments").get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and field.many_to_one and field.related_model is Criterion
    }
    carried = {"Score", "Attachment", "AssignedTarget", "Mark", "Explanation", "CouncilDecision"}
    reassigned = {"Assignment", "Share", "Extension_leaves"}
    # Events say what was; the others come with a publication, behind which no cohort moves.
    stays = {"Event", "AreaResult", "CorrectedScore"}
    assert hanging == carried | reassigned | stays
