"""The coordinator's pages, with and without script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.dates import VIETNAM
from accounts.models import Role
from assessments.calendar import calendar_from
from assessments.models import AssignedTarget, Cohort, Event, Layer, LayerTotal, Period, Publication
from assessments.models.periods import calendar_values
from assessments.queries.periods import shown_calendar, shown_cohort
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
    typed = {"host": year.host.pk, "year": "2027", "name": "Chỉ số 2027"}
    typed |= {"opens": "2027-03-01T08:00", "closes": "2027-03-31T17:00"}
    answer = browser.post(reverse("period_new"), typed)
    made = Period.objects.get(year=2027)
    # The usual year that follows from it lies ready to be moved.
    assert answer.url == reverse("period_calendar", args=[made.pk])
    assert made.self_closes.isoformat() == "2027-03-31T10:00:00+00:00"
    assert made.calendar == calendar_from(made.self_opens, made.self_closes)

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
        reverse("cohort_edit", args=[year.cohort.pk]),
        {"name": "Các xã", "units": [late.pk], "seen": shown_cohort(year.cohort)},
    )
    year.cohort.refresh_from_db()
    assert (year.cohort.name, year.cohort.assessments.count()) == ("Các xã", 4)


def test_a_period_is_renamed_on_its_page(year: Year, as_: Callable) -> None:
    url = reverse("period_edit", args=[year.period.pk])
    assert as_(year.coordinator).post(url, {"name": " "}).status_code == 422
    typed = {"name": "Tên khác", "seen": year.period.name}
    assert as_(year.coordinator).post(url, typed).status_code == 302
    assert Period.objects.get().name == "Tên khác"


class TestCalendar:
    def typed(self, year: Year, **moved: str) -> dict[str, str]:
        """What the browser sends back of the page as it is, but for what was moved."""
        period = Period.objects.get(pk=year.period.pk)
        values = calendar_values(period.calendar)
        shown = {name: f"{moment.astimezone(VIETNAM):%Y-%m-%dT%H:%M}" for name, moment in values.items()}
        return {**shown, "reason": "", "seen": shown_calendar(period), **moved}

    def test_an_untouched_moment_with_seconds_is_no_change(self, year: Year, as_: Callable) -> None:
        Period.objects.update(council_closes=year.period.council_closes.replace(second=30))
        url = reverse("period_calendar", args=[year.period.pk])
        assert as_(year.coordinator).post(url, self.typed(year)).status_code == 302
        assert Period.objects.get().council_closes.second == 30
        assert not Event.objects.filter(action="reschedule").exists()

    def test_a_date_moves_with_a_reason_and_the_page_says_what_stands(
        self, year: Year, as_: Callable
    ) -> None:
        browser, url = as_(year.coordinator), reverse("period_calendar", args=[year.period.pk])
        page = browser.get(url).content.decode()
        assert "Hiện nay: 17:00 ngày 31 tháng 3 năm 2026" in page
        assert 'value="2026-03-31T17:00"' in page
        moved = self.typed(year, self_closes="2026-04-10T17:00", approval_closes="2026-04-12T17:00")
        refused = browser.post(url, moved)
        assert refused.status_code == 422
        assert "hãy ghi lý do thay đổi lịch" in refused.content.decode()
        assert Period.objects.get().self_closes == DEADLINE
        assert browser.post(url, moved | {"reason": "Công văn 12"}).status_code == 302
        assert Period.objects.get().self_closes.isoformat() == "2026-04-10T10:00:00+00:00"
        trail = browser.get(reverse("period_events", args=[year.period.pk]), {"action": "reschedule"})
        told = trail.content.decode()
        assert "tự chấm điểm đến 17:00 ngày 10 tháng 4 năm 2026" in told
        assert "lãnh đạo đơn vị duyệt đến 17:00 ngày 12 tháng 4 năm 2026" in told
        assert "Công văn 12" in told
        assert "giải trình" not in told.partition("<tbody>")[2].lower(), "only what was moved"

    def test_a_calendar_that_cannot_be_meant_is_refused_in_words(self, year: Year, as_: Callable) -> None:
        url = reverse("period_calendar", args=[year.period.pk])
        answer = as_(year.coordinator).post(
            url, self.typed(year, round2_closes="2026-03-05T17:00", reason="x")
        )
        assert answer.status_code == 422
        assert "“Thẩm định vòng 2” không thể kết thúc trước “Giải trình”" in answer.content.decode()

    def test_while_preparing_no_reason_is_asked(self, preparing_year: Year, as_: Callable) -> None:
        browser = as_(preparing_year.coordinator)
        url = reverse("period_calendar", args=[preparing_year.period.pk])
        assert 'name="reason"' not in browser.get(url).content.decode()
        typed = self.typed(preparing_year, published_opens="2026-03-20T08:00")
        assert browser.post(url, typed).status_code == 302
        assert Period.objects.get().published_opens.isoformat() == "2026-03-20T01:00:00+00:00"


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
        seen = browser.get(reverse("targets", args=[year.cohort.pk])).context["fill"]["seen"].value()
        typed = {"criterion": year.criterion("2.1"), "value": "60", "replace": "on", "seen": seen}
        browser.post(fill, typed)
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
    assert (year.cohort.criteria_set, year.sheet().state) == (new, "returned")


def seen_on(page: str) -> str:
    return re.search(r'name="seen" value="([^"]*)"', page)[1]


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
    assert "Nội dung đã thay đổi" in browser.post(url, data).content.decode()  # says nothing of what it saw
    data["seen"] = seen_on(page)
    year.play(2)
    changed = browser.post(url, data)
    assert (changed.status_code, Publication.objects.count()) == (422, 0)
    shown = changed.content.decode()
    assert "Nội dung đã thay đổi sau khi mở trang này" in shown
    assert "Chưa gửi phiếu tự chấm điểm" not in shown
    data["seen"] = seen_on(shown)
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
    *[
        (name, "period")
        for name in ("period_edit", "period_calendar", "period_open", "cohort_new", "publish")
    ],
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
