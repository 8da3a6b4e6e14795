"""The coordinator's pages, with and without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from assessments.models import AssignedTarget, Cohort, Layer, LayerTotal, Period, Publication
from criteria.actions import load_set
from criteria.models import CriteriaSet
from criteria.schema import read_set
from tests.assessments.conftest import DEADLINE, NOW, SMALL, Year, make_year
from tests.factories import UnitFactory, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine: object) -> None:
    time_machine.move_to(NOW, tick=False)


def test_a_coordinator_makes_a_period_and_opens_it(preparing_year: Year, as_: Callable) -> None:
    year, browser = preparing_year, as_(preparing_year.coordinator)
    browser.post(
        reverse("period_new"),
        {"host": year.host.pk, "year": "2027", "name": "Chỉ số 2027", "deadline": "2027-03-31T17:00"},
    )
    made = Period.objects.get(year=2027)
    assert made.deadline.isoformat() == "2027-03-31T10:00:00+00:00"

    late = UnitFactory(parent=year.host)
    page = browser.get(reverse("cohort_new", args=[made.pk])).content.decode()
    assert late.short_name in page
    data = {"name": "Xã", "criteria_set": year.criteria_set.pk, "units": [late.pk, year.units[0].pk]}
    browser.post(reverse("cohort_new", args=[made.pk]), data)
    assert made.assessments.count() == 2

    page = browser.get(reverse("period_open", args=[made.pk])).content.decode()
    assert "còn thiếu 2 chỉ tiêu giao" in page
    browser.post(reverse("period_open", args=[made.pk]))
    made.refresh_from_db()
    assert made.state == "open"
    # The second tab is told, and nothing breaks.
    again = browser.post(reverse("period_open", args=[made.pk]), follow=True).content.decode()
    assert "Kỳ đánh giá đã mở." in again


def test_a_refused_cohort_leaves_nothing_behind(preparing_year: Year, as_: Callable) -> None:
    year = preparing_year
    closed = UnitFactory(code="DONG", active_until=NOW.date().replace(year=2025))
    answer = as_(year.coordinator).post(
        reverse("cohort_new", args=[year.period.pk]),
        {"name": "Phường", "criteria_set": year.criteria_set.pk, "outside": "DONG"},
    )
    assert (answer.status_code, Cohort.objects.count()) == (422, 1)
    assert f"{closed.short_name}: không còn hoạt động" in answer.content.decode()


def test_an_open_cohort_keeps_the_units_whose_fixed_boxes_are_not_posted(year: Year, as_: Callable) -> None:
    late = UnitFactory(parent=year.host)
    as_(year.coordinator).post(
        reverse("cohort_edit", args=[year.cohort.pk]), {"name": "Các xã", "units": [late.pk]}
    )
    year.cohort.refresh_from_db()
    assert (year.cohort.name, year.cohort.assessments.count()) == ("Các xã", 4)


def test_an_untouched_deadline_with_seconds_is_no_change(year: Year, as_: Callable) -> None:
    Period.objects.update(deadline=year.period.deadline.replace(second=30))
    answer = as_(year.coordinator).post(
        reverse("period_edit", args=[year.period.pk]),
        {"name": "Tên khác", "deadline": "2026-03-31T17:00", "reason": ""},
    )
    assert answer.status_code == 302
    assert Period.objects.get().deadline.second == 30


class TestBoard:
    def test_followers_read_it_and_only_the_coordinator_is_offered_more(
        self, year: Year, as_: Callable
    ) -> None:
        url = reverse("period", args=[year.period.pk])
        page = as_(year.coordinator).get(url).content.decode()
        assert reverse("publish", args=[year.period.pk]) in page
        assert reverse("sheet", args=[year.sheet().pk]) in page
        for person, opens_drafts in ((year.leader, True), (year.appraiser, False)):
            page = as_(person).get(url).content.decode()
            assert year.units[0].short_name in page
            assert reverse("publish", args=[year.period.pk]) not in page
            assert reverse("cohort_edit", args=[year.cohort.pk]) not in page
            assert (reverse("sheet", args=[year.sheet().pk]) in page) == opens_drafts
        assert as_(year.officers[year.units[0].pk]).get(url).status_code == 403

    @pytest.mark.parametrize("name", ["period", "targets", "publish"])
    def test_queries_do_not_grow_with_units(self, small_set: CriteriaSet, as_: Callable, name: str) -> None:
        counts = []
        for size in (1, 3):
            year = make_year(small_set, size)
            year.open()
            for place in range(size):
                year.play(place)
            browser = as_(year.coordinator)
            url = reverse(name, args=[year.cohort.pk if name == "targets" else year.period.pk])
            browser.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(url).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_the_central_page_asks_as_often_for_three_units_as_for_one(
        self, small_set: CriteriaSet, as_: Callable
    ) -> None:
        counts = []
        for size in (1, 3):
            year = make_year(small_set, size)
            year.open()
            browser = as_(year.coordinator)
            url = reverse("central_leaf", args=[year.cohort.pk, year.criterion("1.3")])
            browser.get(url)
            with CaptureQueriesContext(connection) as queries:
                browser.get(url)
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestTargets:
    def fields(self, year: Year, *values: str, seen: str = "{}") -> dict[str, str]:
        names = [f"target-{sheet.pk}-{year.criterion('2.1')}" for sheet in year.sheets()]
        return {"seen": seen, **dict(zip(names, values, strict=True))}

    def test_percents_are_stored_as_ratios(self, year: Year, as_: Callable) -> None:
        url = reverse("targets", args=[year.cohort.pk])
        as_(year.coordinator).post(url, self.fields(year, "72,25", "70%", ""))
        assert sorted(str(t.value) for t in AssignedTarget.objects.all()) == ["0.7", "0.7225"]
        assert 'value="72,25"' in as_(year.coordinator).get(url).content.decode()

    @pytest.mark.parametrize("typed", ["0", "-5", "72,255", "1001", "abc"])
    def test_other_figures_are_refused_and_kept(self, year: Year, as_: Callable, typed: str) -> None:
        url = reverse("targets", args=[year.cohort.pk])
        answer = as_(year.coordinator).post(url, self.fields(year, typed, "70", ""))
        assert (answer.status_code, AssignedTarget.objects.count()) == (422, 0)
        assert f'value="{typed}"' in answer.content.decode()

    def test_a_page_that_is_out_of_date_overwrites_nothing(self, year: Year, as_: Callable) -> None:
        url = reverse("targets", args=[year.cohort.pk])
        as_(year.coordinator).post(url, self.fields(year, "70", "", ""))
        answer = as_(year.coordinator).post(url, self.fields(year, "50", "60", ""))
        assert "người khác đã giao 70%" in answer.content.decode()
        assert AssignedTarget.objects.count() == 1

    @pytest.mark.parametrize("seen", ["[1]", '{"a": "x"}', "{", '{"a": [], "b": "NaN"}', '"{}"'])
    def test_a_mangled_page_is_refused(self, year: Year, as_: Callable, seen: str) -> None:
        answer = as_(year.coordinator).post(
            reverse("targets", args=[year.cohort.pk]), self.fields(year, "70", "", "", seen=seen)
        )
        assert (answer.status_code, AssignedTarget.objects.count()) == (422, 0)

    def test_one_value_for_all_leaves_what_is_there_unless_told(self, year: Year, as_: Callable) -> None:
        browser, fill = as_(year.coordinator), reverse("targets_fill", args=[year.cohort.pk])
        browser.post(reverse("targets", args=[year.cohort.pk]), self.fields(year, "50", "", ""))
        browser.post(fill, {"criterion": year.criterion("2.1"), "value": "70"})
        assert sorted(str(t.value) for t in AssignedTarget.objects.all()) == ["0.5", "0.7", "0.7"]
        browser.post(fill, {"criterion": year.criterion("2.1"), "value": "60", "replace": "on"})
        assert {str(t.value) for t in AssignedTarget.objects.all()} == {"0.6"}


def test_a_new_version_is_previewed_and_taken(year: Year, as_: Callable) -> None:
    year.score("1.1", {"points": "3.2"})
    year.submit()
    browser, url = as_(year.coordinator), reverse("cohort_move", args=[year.cohort.pk])
    assert "Chưa có phiên bản mới hơn" in browser.get(url).content.decode()
    new = load_set(
        read_set(
            SMALL.replace("version: 1", "version: 2").replace(
                "Kế hoạch, max_points: 4, rule: {kind: direct}",
                "Kế hoạch, max_points: 4, rule: {kind: direct, step: 0.5}",
            )
        )
    )
    page = browser.get(url).content.decode()
    assert "đổi cách chấm: cần chấm lại" in page
    assert "Trả về đơn vị" in page
    assert browser.post(url, {"criteria_set": new.pk, "reason": ""}).status_code == 422
    browser.post(url, {"criteria_set": new.pk, "reason": "Quyết định 5"})
    year.cohort.refresh_from_db()
    assert (year.cohort.criteria_set, year.sheet().state) == (new, "draft")


def test_the_result_is_previewed_and_published_once(year: Year, as_: Callable) -> None:
    year.play(0)
    year.play(1)
    browser, url = as_(year.coordinator), reverse("publish", args=[year.period.pk])
    page = browser.get(url).content.decode()
    assert "đồng hạng" in page
    assert "Chưa gửi phiếu tự chấm điểm" in page
    data = {
        "decision_number": "12/QĐ-UBND",
        "decision_date": "2026-03-02",
        "decision_issuer": "Chủ tịch UBND",
    }
    assert browser.post(url, data | {"decision_number": ""}).status_code == 422
    unconfirmed = browser.post(url, data)
    assert (unconfirmed.status_code, Publication.objects.count()) == (422, 0)
    assert "1 đơn vị chưa có điểm cuối cùng, công bố không có thứ hạng" in unconfirmed.content.decode()
    data["confirm"] = "on"
    assert browser.post(url, data).status_code == 302
    assert browser.post(url, data).status_code == 302  # told to look at the board
    assert Publication.objects.count() == 1
    board = browser.get(reverse("period", args=[year.period.pk])).content.decode()
    assert "Quyết định số 12/QĐ-UBND" in board
    assert url not in board


def test_wrong_totals_are_shown_before_anybody_publishes(year: Year, as_: Callable) -> None:
    year.play(0)
    LayerTotal.objects.filter(layer=Layer.COUNCIL).update(base=1)
    page = as_(year.coordinator).get(reverse("publish", args=[year.period.pk])).content.decode()
    assert "không khớp với điểm từng tiêu chí" in page
    assert 'name="decision_number"' not in page


RUN_BY_THE_COORDINATOR = [
    *[(name, "period") for name in ("period_edit", "period_open", "cohort_new", "publish")],
    *[
        (name, "cohort")
        for name in ("cohort_edit", "cohort_remove", "cohort_move", "targets", "targets_fill")
    ],
    *[(name, "leaf") for name in ("central_leaf", "central_skip")],
    ("central", "cohort"),
    ("central_row", "row"),
]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("name", "of"), RUN_BY_THE_COORDINATOR)
def test_nobody_else_runs_a_period(year: Year, as_: Callable, name: str, of: str, method: str) -> None:
    leaf = year.criterion("1.3")
    url = reverse(
        name,
        args={
            "period": [year.period.pk],
            "cohort": [year.cohort.pk],
            "leaf": [year.cohort.pk, leaf],
            "row": [year.sheet().pk, leaf],
        }[of],
    )
    officer = year.officers[year.units[0].pk]
    strangers = [user_with(Role.COORDINATOR), user_with(Role.ADMINISTRATOR)]
    for person in (year.leader, year.appraiser, officer, *strangers):
        assert getattr(as_(person), method)(url).status_code == 403
    assert getattr(as_(year.coordinator), method)(url).status_code != 403


def test_the_board_shows_the_units_of_a_state_or_the_late_ones(
    year: Year, as_: Callable, time_machine: object
) -> None:
    year.submit(0)
    url = reverse("period", args=[year.period.pk])

    def units(chosen: str) -> set[int]:
        boards = as_(year.coordinator).get(url, {"tinh-trang": chosen}).context["cohorts"]
        return {row.assessment.unit_id for board in boards for row in board.shown}

    sent, *waiting = (unit.pk for unit in year.units)
    assert units("submitted") == {sent}
    assert units("draft") == set(waiting)
    assert units("tre-han") == set()
    assert units("gì đó") == {sent, *waiting}
    time_machine.move_to(DEADLINE.replace(hour=18), tick=False)
    assert units("tre-han") == set(waiting)
