"""The coordinator's board: who is where, who is late, who has not begun, and reminding them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.actions.appraisal import judge
from assessments.actions.assignments import share
from assessments.actions.extensions import extend
from assessments.actions.rounds import explain
from assessments.actions.verdicts import Verdict
from assessments.calendar import Phase
from assessments.models import Event, Layer, Notice, Score
from assessments.queries.board import Board, board
from assessments.queries.explained import asked_scores, explained
from assessments.queries.explanations import asked_leaves
from assessments.workflow import Action
from criteria.models import CriteriaSet
from tests.assessments.conftest import DEADLINE, NOW, Year, make_year
from tests.assessments.corrected import announce

pytestmark = pytest.mark.django_db
AFTER = DEADLINE + timedelta(seconds=1)


def units(shown: Board) -> set[int]:
    return {row.assessment.unit_id for row in shown.shown}


def look(year: Year, chosen: str = "", words: str = "", now=NOW) -> Board:
    return board(year.period, now=now, chosen=chosen, words=words)


def places(year: Year, *numbers: int) -> set[int]:
    return {year.units[number].pk for number in numbers}


def counts(shown: Board) -> dict[str, int]:
    return {one.value: one.count for one in shown.filters if one.count}


class TestFilters:
    def test_states_are_counted_over_all_cohorts(self, year: Year):
        year.submit(0)
        year.send(1)
        found = look(year, "submitted")
        assert counts(found) == {"submitted": 1, "review": 1, "draft": 1, "chua-bat-dau": 1}
        assert units(found) == places(year, 0)

    def test_who_did_nothing_at_all_has_not_begun(self, year: Year):
        year.score("1.1", {"points": "4"}, 0)
        officer = year.officers[year.units[1].pk]
        share(
            assessment=year.sheet(1),
            criterion_id=year.criterion("1"),
            officers=[officer],
            by=officer,
            now=NOW,
        )
        assert units(look(year, "chua-bat-dau")) == places(year, 2)
        # Nor did who has only been given something.
        extend(
            assessment=year.sheet(2),
            phase=Phase.SELF,
            until=AFTER + timedelta(days=9),
            reason="Bão",
            document="1",
            by=year.coordinator,
            now=NOW,
        )
        assert units(look(year, "chua-bat-dau")) == places(year, 2)
        # Clearing what was scored is still having begun.
        year.score("1.1", None, 0)
        assert units(look(year, "chua-bat-dau")) == places(year, 2)

    def test_who_missed_his_own_deadline_is_late(self, year: Year):
        year.submit(0)
        extend(
            assessment=year.sheet(1),
            phase=Phase.SELF,
            until=AFTER + timedelta(days=9),
            reason="Bão",
            document="1",
            by=year.coordinator,
            now=NOW,
        )
        assert units(look(year, "tre-han", now=DEADLINE)) == set()
        assert units(look(year, "tre-han", now=AFTER)) == places(year, 2)
        assert units(look(year, "tre-han", now=AFTER + timedelta(days=9, seconds=1))) == places(year, 1, 2)

    @pytest.mark.parametrize("words", ["dong lam", "ĐỒNG  LÂM", "Xã Đồng Lâm"])
    def test_names_are_found_without_accents(self, year: Year, words: str):
        wanted = year.units[1].place.rsplit(" ", 1)[1]
        assert units(look(year, words=words)) == places(year, 0, 1, 2)
        assert year.units[1].pk in units(look(year, words=f"{words} {wanted}"))
        assert units(look(year, words="không có")) == set()

    def test_state_and_words_narrow_together(self, year: Year):
        year.submit(0)
        assert units(look(year, "draft", words=year.units[0].code)) == set()
        assert units(look(year, "draft", words=year.units[1].code.lower())) == places(year, 1)

    def test_an_unknown_filter_shows_everybody(self, year: Year):
        assert (look(year, "x").chosen, units(look(year, "x"))) == ("", places(year, 0, 1, 2))


def told_lower(year: Year, place: int, *codes: str) -> None:
    for code in codes:
        year.score(code, {"points": "2"}, place)
    year.submit(place)
    for code in codes:
        judge(
            action=Action.APPRAISE,
            assessment=year.sheet(place),
            criterion_id=year.criterion(code),
            verdict=Verdict(Score.Basis.OVERRIDE, points=Decimal(1), reason="Thiếu"),
            seen=0,
            by=year.appraiser,
            now=NOW,
        )
    year.release(place)


def dispute(year: Year, place: int, code: str) -> None:
    explain(
        assessment=year.sheet(place),
        criterion_id=year.criterion(code),
        agrees=False,
        text="Có đủ",
        seen=0,
        by=year.officers[year.units[place].pk],
        now=NOW,
    )


class TestProgress:
    def test_it_counts_what_is_asked_answered_disputed_and_decided(self, year: Year):
        told_lower(year, 0, "1.1", "1.2", "2.2.2")
        dispute(year, 0, "1.1")
        dispute(year, 0, "1.2")
        judge(
            action=Action.REVISE,
            assessment=year.sheet(0),
            criterion_id=year.criterion("1.1"),
            verdict=Verdict(Score.Basis.KEPT),
            seen=0,
            by=year.appraiser,
            now=NOW,
        )
        found = explained(year.period)[year.sheet(0).pk]
        assert (found.asked, found.answered, found.disputed, found.decided, found.unanswered) == (
            3,
            2,
            2,
            1,
            1,
        )
        assert units(look(year, "chua-giai-trinh")) == places(year, 0)
        year.accept(0)
        assert units(look(year, "chua-giai-trinh")) == set()

    def test_the_database_asks_about_the_same_leaves_as_python(self, year: Year):
        """Lower, equal, higher, taken out of the base and put back: as `is_below` has it."""
        for code, data in {
            "1.1": {"points": "2"},
            "1.2": {"not_applicable": True},
            "2.2.1": {"points": "1"},
            "2.2.2": {"points": "1"},
            "T.1": {"points": "0.5"},
        }.items():
            year.score(code, data)
        year.submit()
        for code, points in {
            "1.1": Decimal("1.999"),
            "1.2": Decimal(3),
            "2.2.1": Decimal(1),
            "2.2.2": Decimal(2),
        }.items():
            judge(
                action=Action.APPRAISE,
                assessment=year.sheet(),
                criterion_id=year.criterion(code),
                verdict=Verdict(Score.Basis.OVERRIDE, points=points, reason="Xem lại"),
                seen=0,
                by=year.appraiser,
                now=NOW,
            )
        year.release()
        Score.objects.filter(criterion__code="T.1", layer=Layer.ROUND1).update(points=None, excluded=True)
        in_database = set(asked_scores(year.period).values_list("criterion_id", flat=True))
        assert in_database == asked_leaves(year.sheet())
        assert {year.criterion(code) for code in ("1.1", "1.2", "T.1")} == in_database

    def test_nothing_is_asked_before_the_unit_knows_round_1(self, year: Year):
        year.score("1.1", {"points": "2"})
        year.submit()
        judge(
            action=Action.APPRAISE,
            assessment=year.sheet(),
            criterion_id=year.criterion("1.1"),
            verdict=Verdict(Score.Basis.OVERRIDE, points=Decimal(1), reason="Thiếu"),
            seen=0,
            by=year.appraiser,
            now=NOW,
        )
        assert explained(year.period) == {}


class TestPage:
    @pytest.fixture(autouse=True)
    def clock(self, time_machine: object) -> None:
        time_machine.move_to(NOW, tick=False)

    @pytest.fixture
    def browser(self, year: Year, as_: Callable) -> Client:
        return as_(year.coordinator)

    def test_it_shows_the_calendar_and_how_far_everybody_is(self, year: Year, browser: Client):
        told_lower(year, 0, "1.1")
        page = browser.get(reverse("period", args=[year.period.pk])).content.decode()
        assert "còn 29 ngày 8 giờ" in page
        assert "Chưa bắt đầu (2)" in page
        assert '<td class="num">0/1</td>' in page

    def test_it_asks_as_often_for_three_units_as_for_one(self, small_set: CriteriaSet, as_: Callable):
        found = []
        for size in (1, 3):
            year = make_year(small_set, size)
            year.open()
            for place in range(size):
                told_lower(year, place, "1.1")
                dispute(year, place, "1.1")
                extend(
                    assessment=year.sheet(place),
                    phase=Phase.EXPLANATION,
                    until=AFTER + timedelta(days=99),
                    leaves=[year.criterion("1.1")],
                    reason="Bão",
                    document="1",
                    by=year.coordinator,
                    now=NOW,
                )
            browser = as_(year.coordinator)
            url = reverse("period", args=[year.period.pk])
            browser.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(url).status_code == 200
            found.append(len(queries))
        assert found[0] == found[1]

    def test_one_click_and_a_confirmation_remind_the_units_shown(self, year: Year, browser: Client):
        year.score("1.1", {"points": "4"}, 0)
        board_url, url = (reverse(name, args=[year.period.pk]) for name in ("period", "period_remind"))
        page = browser.get(board_url, {"tinh-trang": "chua-bat-dau"}).content.decode()
        assert "Nhắc 2 đơn vị chưa xong" in page
        narrowed = {"tinh-trang": "chua-bat-dau", "tim": ""}
        page = browser.get(url, narrowed).content.decode()
        assert "2 đơn vị" in page
        assert year.units[0].short_name not in page
        Notice.objects.all().delete()
        done = browser.post(url, narrowed, follow=True)
        assert done.redirect_chain[0][0] == f"{board_url}?tinh-trang=chua-bat-dau&tim="
        assert "Đã nhắc 2 đơn vị." in done.content.decode()
        assert {notice.user for notice in Notice.objects.all()} == {
            people[pk] for pk in places(year, 1, 2) for people in (year.officers, year.leaders)
        }
        again = browser.post(url, narrowed, follow=True).content.decode()
        assert "đã được nhắc hôm nay" in again
        assert Event.objects.filter(action="remind").count() == 1

    def test_where_nobody_has_anything_to_do_there_is_nothing_to_confirm(self, year: Year, browser: Client):
        for place in range(3):
            year.submit(place)
        url = reverse("period_remind", args=[year.period.pk])
        assert "không còn việc phải làm" in browser.get(url, follow=True).content.decode()
        assert "board-remind" not in browser.get(reverse("period", args=[year.period.pk])).content.decode()

    def test_it_leads_everybody_to_what_he_may_read_also_after_publication(self, year: Year, as_: Callable):
        year.play()
        for_period, for_cohort = ("extensions", "sessions"), ("cohort_appraisal", "disputes")
        board_url = reverse("period", args=[year.period.pk])
        for published in (False, True):
            if published:
                announce(year)
            for person in (year.coordinator, year.leader, year.appraiser):
                shown = as_(person).get(board_url).content.decode()
                urls = [reverse(name, args=[year.period.pk]) for name in for_period]
                urls += [reverse(name, args=[year.cohort.pk]) for name in for_cohort]
                assert {f'href="{url}"' in shown for url in urls} == {person != year.appraiser}
                assert {as_(person).get(url).status_code for url in urls[:2]} == {
                    403 if person == year.appraiser else 200
                }
                trail = reverse("period_events", args=[year.period.pk])
                assert (f'href="{trail}"' in shown) == (person == year.coordinator)

    def test_only_the_coordinator_is_offered_to_remind(self, year: Year, as_: Callable):
        for person in (year.leader, year.appraiser):
            page = as_(person).get(reverse("period", args=[year.period.pk])).content.decode()
            assert reverse("period_remind", args=[year.period.pk]) not in page

    def test_a_filter_keeps_the_words_that_were_searched(self, year: Year, browser: Client):
        page = browser.get(reverse("period", args=[year.period.pk]), {"tim": "Đồng & Lâm"}).content.decode()
        assert "?tinh-trang=draft&amp;tim=%C4%90%E1%BB%93ng%20%26%20L%C3%A2m" in page
