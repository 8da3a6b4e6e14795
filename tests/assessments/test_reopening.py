"""A sheet that was made final and is taken back to the council before its result is published."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.urls import reverse

from accounts.models import Role
from assessments.actions.publication import publish
from assessments.actions.writing import Changed
from assessments.models import (
    CouncilDecision,
    Event,
    Layer,
    LayerTotal,
    Notice,
    Period,
    Result,
    Score,
)
from assessments.queries.before_council import listed_leaves
from assessments.queries.minutes import minutes
from assessments.queries.publication import publication_check
from assessments.queries.recounting import total_differences
from assessments.queries.verification import verify
from assessments.workflow import Refusal
from tests.assessments.appraising import fresh
from tests.assessments.conftest import NOW, Year, later
from tests.assessments.corrected import DECISION, announce
from tests.assessments.councils import KEEP, appraise, meet, points, rule
from tests.assessments.showing import text
from tests.assessments.test_period_pages import seen_on
from tests.assessments.test_renewal import REWORDED, SECOND, move, version

pytestmark = pytest.mark.usefixtures("in_the_middle_of_the_year")


def stored(*models: type[Model]) -> list[list[dict[str, Any]]]:
    return [list(model.objects.order_by("pk").values()) for model in models]


def at(year: Year, **passed: int) -> Year:
    """The year goes on."""
    year.now = later(**passed)
    return year


def disputed_and_final(year: Year) -> None:
    appraise(year, text="Có kế hoạch")
    year.enter("1.3", {"not_applicable": True})
    year.enter("P", {"count": "0"})
    rule(year, meet(year, held_at=NOW - timedelta(hours=1)), KEEP)
    year.finalise()


def test_it_waits_for_the_council_again_with_all_that_was_said_of_it(year: Year) -> None:
    disputed_and_final(year)
    said = stored(Score, CouncilDecision, LayerTotal)
    moment = year.sheet().finality
    year.reopen(reason="  Nhập nhầm 1.1 ")
    sheet = year.sheet()
    assert (sheet.state, sheet.finalised_at, sheet.finalised_by) == ("appraised", None, None)
    assert sheet.appraised_at is not None
    assert stored(Score, CouncilDecision, LayerTotal) == said
    event = Event.objects.get(action="reopen")
    assert (event.assessment, event.by, event.at) == (sheet, year.coordinator, NOW)
    assert event.reason == "Nhập nhầm 1.1"
    assert event.before == {"state": "final", "finalised_at": moment, "total": "5.882"}
    assert event.after == {"state": "appraised"}


def test_nobody_is_told_as_nobody_is_told_that_it_was_final(year: Year) -> None:
    disputed_and_final(year)
    told = Notice.objects.count()
    year.reopen()
    assert Notice.objects.count() == told


def test_only_what_is_final_and_only_with_a_reason(year: Year) -> None:
    with pytest.raises(Refusal, match="chưa gửi"):
        year.reopen()
    disputed_and_final(year)
    with pytest.raises(Refusal, match="lý do"):
        year.reopen(reason=" ")
    year.reopen()
    with pytest.raises(Refusal, match="đang chờ Hội đồng chốt điểm"):
        year.reopen()
    assert Event.objects.filter(action="reopen").count() == 1


def test_only_by_the_hosts_coordinator_and_never_for_his_own_unit(year: Year, as_: Callable) -> None:
    disputed_and_final(year)
    officer, leader = year.officers[year.units[0].pk], year.leaders[year.units[0].pk]
    for person in (year.appraiser, year.leader, officer, leader):
        with pytest.raises(PermissionDenied):
            year.reopen(by=person)
    year.coordinator.memberships.create(role=Role.OFFICER, unit=year.units[0])
    with pytest.raises(PermissionDenied):
        year.reopen(by=fresh(year.coordinator))
    assert as_(year.coordinator).get(reverse("reopen", args=[year.sheet().pk])).status_code == 403
    assert year.sheet().state == "final"


def test_once_published_it_is_corrected_and_not_reopened(year: Year) -> None:
    year.play()
    announce(year)
    with pytest.raises(Refusal, match="đã công bố"):
        year.reopen()


def test_a_page_that_showed_it_final_reopens_nothing_that_was_mended_since(year: Year) -> None:
    disputed_and_final(year)
    shown = year.sheet().finality
    year.reopen()
    at(year, minutes=5).finalise()
    for seen in (shown, ""):
        with pytest.raises(Changed):
            year.reopen(seen=seen)
    assert year.sheet().state == "final"


def test_the_council_mends_it_and_what_is_published_holds(year: Year) -> None:
    disputed_and_final(year)
    year.reopen()
    rule(year, meet(year), points("3.5"))
    year.enter("P", {"count": "1"})
    at(year, hours=1).finalise()
    assert total_differences(year.cohort) == []
    publication = announce(year)
    assert Result.objects.get(assessment=year.sheet()).total == Decimal("7.147")
    assert verify(publication) == []


class TestPublishing:
    def test_a_page_from_before_publishes_nothing(self, year: Year, as_: Callable) -> None:
        year.play(0)
        year.play(1)
        browser, url = as_(year.coordinator), reverse("publish", args=[year.period.pk])
        seen = seen_on(text(browser.get(url)))
        year.reopen(1)
        page = browser.post(url, DECISION | {"seen": seen, "confirm": "on"})
        assert page.status_code == 422
        assert "Nội dung đã thay đổi sau khi mở trang này" in text(page)
        assert Period.objects.get(pk=year.period.pk).state == "open"

    def test_a_reopened_sheet_is_named_and_has_no_rank(self, year: Year) -> None:
        year.play(0)
        year.play(1)
        before = publication_check(year.period, now=NOW).fingerprint
        year.reopen(1)
        check = publication_check(year.period, now=NOW)
        assert check.fingerprint != before
        assert "có 2 đơn vị chưa có điểm cuối cùng" in check.warnings[0].text
        with pytest.raises(Changed):
            publish(period=year.period, seen=before, by=year.coordinator, now=NOW, **DECISION)
        reasons = {row.assessment.pk: row.reason for row in check.standings[0].rows}
        assert reasons[year.sheet(1).pk] == "Hội đồng chưa chốt điểm"


class TestAgendas:
    """What was final when a session began stays none of its business."""

    @pytest.fixture
    def sessions(self, year: Year) -> Callable[[], list[int]]:
        """How many leaves are listed before sessions two hours apart: final after the first, reopened after the
        second, final again after the third."""
        appraise(year, text="Có kế hoạch")
        year.enter("1.3", {"not_applicable": True})
        year.enter("P", {"count": "0"})
        held = [meet(year, held_at=later(hours=2 * place), ended_at=None) for place in range(4)]
        return lambda: [len(listed_leaves(session)) for session in held]

    def test_whatever_happens_next(self, year: Year, sessions: Callable[[], list[int]]) -> None:
        at(year, hours=1).finalise()
        assert sessions() == [1, 0, 0, 0]
        at(year, hours=3).reopen()
        assert sessions() == [1, 0, 1, 1]
        at(year, hours=5).finalise()
        assert sessions() == [1, 0, 1, 0]
        at(year, hours=7).reopen()
        assert sessions() == [1, 0, 1, 0]

    def test_what_others_do_changes_nothing(self, year: Year, sessions: Callable[[], list[int]]) -> None:
        at(year, hours=1)
        year.play(1)
        year.reopen(1)
        assert sessions() == [1, 1, 1, 1]


def test_minutes_say_that_it_is_not_final(year: Year) -> None:
    disputed_and_final(year)
    session = meet(year)
    assert [unit.is_final for unit in minutes(session, now=NOW).totals] == [True]
    year.reopen()
    assert [unit.is_final for unit in minutes(session, now=NOW).totals] == [False]


class TestPages:
    def test_the_final_sheet_leads_to_it(self, year: Year, as_: Callable) -> None:
        disputed_and_final(year)
        sheet, browser = year.sheet().pk, as_(year.coordinator)
        appraisal, url = reverse("appraisal", args=[sheet]), reverse("reopen", args=[sheet])
        assert f'href="{url}"' in text(browser.get(appraisal))
        page = text(browser.get(url))
        assert "đã chốt <strong>5,882 điểm</strong>" in page
        assert "đơn vị không có thứ hạng" in page
        data = {"seen": seen_on(page), "reason": ""}
        assert browser.post(url, data).status_code == 409
        page = text(browser.post(url, data | {"reason": "Nhập nhầm 1.1"}, follow=True))
        assert "Đã mở lại phiếu" in page
        assert reverse("finalise", args=[sheet]) in page
        assert f'href="{url}"' not in page
        told = text(browser.get(reverse("period_events", args=[year.period.pk])))
        assert "Mở lại phiếu đã chốt" in told
        assert re.search("Đã chốt điểm; chốt lúc .*; tổng điểm 5,882", told)

    def test_it_is_offered_to_nobody_else(self, year: Year, as_: Callable) -> None:
        disputed_and_final(year)
        url = reverse("reopen", args=[year.sheet().pk])
        for person in (year.leader, year.appraiser):
            assert url not in text(as_(person).get(reverse("appraisal", args=[year.sheet().pk])))

    def test_a_page_from_before_is_told_and_shows_what_is_final_now(self, year: Year, as_: Callable) -> None:
        disputed_and_final(year)
        browser, url = as_(year.coordinator), reverse("reopen", args=[year.sheet().pk])
        data = {"seen": seen_on(text(browser.get(url))), "reason": "Nhập nhầm"}
        year.reopen()
        at(year, minutes=5).finalise()
        answer = browser.post(url, data)
        assert answer.status_code == 409
        assert "Nội dung đã thay đổi" in text(answer)
        assert seen_on(text(answer)) == year.sheet().finality

    def test_after_the_councils_time_it_leads_to_the_calendar(self, year: Year, as_: Callable) -> None:
        disputed_and_final(year)
        period = Period.objects.get(pk=year.period.pk)
        Period.objects.filter(pk=period.pk).update(council_closes=NOW - timedelta(minutes=1))
        browser = as_(year.coordinator)
        assert "Mở lại phiếu" not in text(browser.get(reverse("appraisal", args=[year.sheet().pk])))
        page = text(browser.get(reverse("reopen", args=[year.sheet().pk])))
        assert "Đã hết hạn" in page
        assert reverse("period_calendar", args=[period.pk]) in page
        assert 'name="reason"' not in page


class TestMoving:
    def test_a_cohort_moves_once_its_final_sheets_are_reopened(self, year: Year, as_: Callable) -> None:
        for place in (0, 1):
            year.play(place)
        new, browser = version(SECOND), as_(year.coordinator)
        page = reverse("cohort_move", args=[year.cohort.pk])
        data = {"criteria_set": new.pk, "reason": "Quyết định 5"}
        assert "Hãy mở lại các phiếu sau rồi chuyển" in text(browser.post(page, data))
        for place in (0, 1):
            reopen = reverse("reopen", args=[year.sheet(place).pk])
            assert f'href="{reopen}"' in text(browser.get(page))
            seen = seen_on(text(browser.get(reopen)))
            browser.post(reopen, {"seen": seen, "reason": "Chuyển bộ tiêu chí"})
            assert f'href="{reopen}"' not in text(browser.get(page))
        assert browser.post(page, data).status_code == 302
        year.cohort.refresh_from_db()
        assert year.cohort.criteria_set == new
        assert [sheet.state for sheet in year.sheets()] == ["returned", "returned", "draft"]
        assert total_differences(year.cohort) == []

    def test_where_nothing_is_scored_again_it_is_made_final_on_the_new_version(self, year: Year) -> None:
        year.play()
        total = LayerTotal.objects.get(layer=Layer.COUNCIL).total
        year.reopen()
        move(year, REWORDED)
        assert year.sheet().state == "appraised"
        at(year, hours=1).finalise()
        publication = announce(year)
        assert Result.objects.get(assessment=year.sheet()).total == total
        assert verify(publication) == []

    def test_what_was_scored_again_becomes_final_anew(self, year: Year) -> None:
        year.play()
        year.reopen()
        move(year, SECOND)
        year.score("1.1", {"points": "3.5"})
        year.submit()
        year.appraise()
        at(year, hours=1).finalise()
        assert total_differences(year.cohort) == []
        assert verify(announce(year)) == []
        assert year.row("1.1", Layer.COUNCIL).points == Decimal("3.5")

    def test_somebody_else_reopens_the_sheet_of_ones_own_unit(self, year: Year, as_: Callable) -> None:
        year.play()
        version(SECOND)
        year.coordinator.memberships.create(role=Role.OFFICER, unit=year.units[0])
        page = text(as_(year.coordinator).get(reverse("cohort_move", args=[year.cohort.pk])))
        assert "ông/bà công tác tại đơn vị này nên không mở lại được" in page
        assert reverse("reopen", args=[year.sheet().pk]) not in page
