"""Two people, or one with two tabs, on the same page of a year: the later one is told, and nothing is overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.dates import VIETNAM
from assessments.actions.targets import assign_targets
from assessments.models import AssignedTarget, Assignment, Cohort, Event, Period
from assessments.models.periods import calendar_values
from assessments.queries.sessions import facts_of
from assessments.queries.targets import TargetChange
from criteria.actions import load_set
from criteria.models import CriteriaSet
from criteria.schema import read_set
from tests.assessments.conftest import NOW, SMALL, Year
from tests.assessments.councils import meet
from tests.assessments.showing import text
from tests.factories import UnitFactory

pytestmark = pytest.mark.django_db
NOTHING_OF_OURS = ["", "x", "\0", "\u00b2 -1 1.5", "9" * 5000, "{}", "[" * 100_000]
TOLD = "Nội dung đã thay đổi sau khi mở trang này"


@pytest.fixture(autouse=True)
def clock(time_machine: object) -> None:
    time_machine.move_to(NOW, tick=False)


def tokens(answer: HttpResponse) -> dict[str, str]:
    """What the page on the screen says that it shows."""
    form = answer.context["form"]
    return {"seen": form.seen} | ({"seen_units": form.seen_units} if hasattr(form, "seen_units") else {})


class TestName:
    def test_the_later_name_waits_until_its_writer_has_seen_the_other(
        self, year: Year, as_: Callable
    ) -> None:
        browser, url = as_(year.coordinator), reverse("period_edit", args=[year.period.pk])
        shown = tokens(browser.get(url))
        assert browser.post(url, {"name": "Tên thứ nhất", **shown}).status_code == 302
        late = browser.post(url, {"name": "Tên thứ hai", **shown})
        assert late.status_code == 409
        assert TOLD in text(late)
        assert "Tên thứ nhất" in text(late)
        assert 'value="Tên thứ hai"' in text(late)
        assert Period.objects.get().name == "Tên thứ nhất"
        assert browser.post(url, {"name": "Tên thứ hai", **tokens(late)}).status_code == 302
        assert Period.objects.get().name == "Tên thứ hai"

    def test_the_same_name_once_more_is_no_conflict(self, year: Year, as_: Callable) -> None:
        browser, url = as_(year.coordinator), reverse("period_edit", args=[year.period.pk])
        shown = tokens(browser.get(url))
        for _ in range(2):
            assert browser.post(url, {"name": "Tên thứ nhất", **shown}).status_code == 302
        assert Event.objects.filter(action="edit_period").count() == 1

    @pytest.mark.parametrize("seen", [None, *NOTHING_OF_OURS])
    def test_a_page_that_says_nothing_has_shown_nothing(
        self, year: Year, as_: Callable, seen: str | None
    ) -> None:
        browser, url = as_(year.coordinator), reverse("period_edit", args=[year.period.pk])
        late = browser.post(url, {"name": "Tên khác"} | ({} if seen is None else {"seen": seen}))
        assert (late.status_code, Period.objects.get().name) == (409, year.period.name)
        assert browser.post(url, {"name": "Tên khác", **tokens(late)}).status_code == 302


class TestCalendar:
    def page(self, browser: Client, url: str) -> dict[str, str]:
        """What a browser would send of the page as it is."""
        answer = browser.get(url)
        values = calendar_values(answer.context["period"].calendar)
        moments = {name: f"{moment.astimezone(VIETNAM):%Y-%m-%dT%H:%M}" for name, moment in values.items()}
        return {**moments, "reason": "Công văn 12", **tokens(answer)}

    def test_a_deadline_that_was_moved_meanwhile_is_not_moved_back(self, year: Year, as_: Callable) -> None:
        browser, url = as_(year.coordinator), reverse("period_calendar", args=[year.period.pk])
        mine = self.page(browser, url) | {"council_closes": "2026-07-20T17:00", "reason": "Lý do tôi ghi"}
        first = self.page(browser, url) | {"self_closes": "2026-03-30T17:00"}
        assert browser.post(url, first).status_code == 302
        moved = Period.objects.get().self_closes
        late = browser.post(url, mine)
        assert late.status_code == 409
        page = text(late)
        assert TOLD in page
        assert 'Tự chấm điểm, kết thúc: <span class="stored">17:00 ngày 30 tháng 3 năm 2026' in page
        assert 'value="2026-07-20T17:00"' in page
        assert "Lý do tôi ghi" in page
        assert Period.objects.get().self_closes == moved
        assert Event.objects.filter(action="reschedule").count() == 1
        knowing = mine | {"self_closes": "2026-03-30T17:00", **tokens(late)}
        assert browser.post(url, knowing).status_code == 302
        period = Period.objects.get()
        assert period.self_closes == moved
        assert period.council_closes.isoformat() == "2026-07-20T10:00:00+00:00"

    def test_who_was_told_may_move_it_back_knowingly(self, year: Year, as_: Callable) -> None:
        browser, url = as_(year.coordinator), reverse("period_calendar", args=[year.period.pk])
        mine = self.page(browser, url)
        stood = Period.objects.get().self_closes
        browser.post(url, self.page(browser, url) | {"self_closes": "2026-03-30T17:00"})
        late = browser.post(url, mine)
        assert browser.post(url, mine | tokens(late)).status_code == 302
        assert Period.objects.get().self_closes == stood

    def test_a_slip_on_an_old_page_keeps_what_the_page_showed(self, year: Year, as_: Callable) -> None:
        browser, url = as_(year.coordinator), reverse("period_calendar", args=[year.period.pk])
        mine = self.page(browser, url)
        browser.post(url, self.page(browser, url) | {"self_closes": "2026-03-30T17:00"})
        slip = browser.post(url, mine | {"council_closes": "x"})
        assert slip.status_code == 422
        assert browser.post(url, mine | tokens(slip)).status_code == 409

    @pytest.mark.parametrize("seen", [None, *NOTHING_OF_OURS])
    def test_a_page_that_says_nothing_has_shown_nothing(
        self, year: Year, as_: Callable, seen: str | None
    ) -> None:
        browser, url = as_(year.coordinator), reverse("period_calendar", args=[year.period.pk])
        stood = Period.objects.get().self_closes
        mine = self.page(browser, url) | {"self_closes": "2026-03-30T17:00"}
        del mine["seen"]
        late = browser.post(url, mine | ({} if seen is None else {"seen": seen}))
        assert (late.status_code, Period.objects.get().self_closes) == (409, stood)
        assert browser.post(url, mine | tokens(late)).status_code == 302


@pytest.fixture
def other_set(small_set: CriteriaSet) -> CriteriaSet:
    return load_set(read_set(SMALL.replace("code: nho", "code: khac")))


class TestCohort:
    def page(self, browser: Client, year: Year) -> dict[str, Any]:
        """What a browser would send of the page as it is."""
        answer = browser.get(reverse("cohort_edit", args=[year.cohort.pk]))
        form = answer.context["form"]
        ticked = [choice["unit"].pk for choice in form.choices if choice["ticked"]]
        kept = {name: form[name].value() for name in ("name", "criteria_set") if name in form.fields}
        return {**kept, "units": ticked, **tokens(answer)}

    def units(self, year: Year) -> set[int]:
        return set(year.cohort.assessments.values_list("unit", flat=True))

    def test_units_that_were_added_meanwhile_stay(self, preparing_year: Year, as_: Callable) -> None:
        year, browser = preparing_year, as_(preparing_year.coordinator)
        url, late_unit = reverse("cohort_edit", args=[year.cohort.pk]), UnitFactory(parent=year.host)
        mine, first = self.page(browser, year), self.page(browser, year)
        first["units"] = [*first["units"], late_unit.pk]
        assert browser.post(url, first).status_code == 302
        mine["units"] = mine["units"][1:]
        late = browser.post(url, mine | {"name": "Tên tôi đặt"})
        assert late.status_code == 409
        page = text(late)
        assert TOLD in page
        assert (
            f'Đang có trong nhóm, ở đây không chọn: <span class="stored">{year.units[0].short_name}' in page
        )
        assert late_unit.short_name in page
        assert 'value="Tên tôi đặt"' in page
        boxes = {choice["unit"].pk: choice["ticked"] for choice in late.context["form"].choices}
        assert [boxes[unit.pk] for unit in (*year.units, late_unit)] == [False, True, True, False]
        assert self.units(year) == {unit.pk for unit in (*year.units, late_unit)}
        assert Cohort.objects.get(pk=year.cohort.pk).name == "Xã"
        assert browser.post(url, mine | {"name": "Tên tôi đặt"} | tokens(late)).status_code == 302
        assert self.units(year) == set(mine["units"])

    def test_a_unit_that_was_taken_out_meanwhile_stays_out(self, preparing_year: Year, as_: Callable) -> None:
        year, browser = preparing_year, as_(preparing_year.coordinator)
        url = reverse("cohort_edit", args=[year.cohort.pk])
        mine, first = self.page(browser, year), self.page(browser, year)
        first["units"] = first["units"][1:]
        browser.post(url, first)
        late = browser.post(url, mine)
        assert late.status_code == 409
        assert "Không có trong nhóm, ở đây đang chọn" in text(late)
        assert self.units(year) == set(first["units"])

    def test_a_set_that_was_chosen_meanwhile_is_not_switched_back(
        self, preparing_year: Year, as_: Callable, other_set: CriteriaSet
    ) -> None:
        year, browser = preparing_year, as_(preparing_year.coordinator)
        url = reverse("cohort_edit", args=[year.cohort.pk])
        mine, first = self.page(browser, year), self.page(browser, year)
        assert browser.post(url, first | {"criteria_set": other_set.pk}).status_code == 302
        given = set(Assignment.objects.filter(cohort=year.cohort).values_list("pk", "criterion"))
        late = browser.post(url, mine | {"name": "Các xã"})
        assert late.status_code == 409
        assert "Bộ tiêu chí: <span" in text(late)
        assert Cohort.objects.get(pk=year.cohort.pk).criteria_set == other_set
        assert set(Assignment.objects.filter(cohort=year.cohort).values_list("pk", "criterion")) == given
        assert browser.post(url, mine | tokens(late)).status_code == 302
        assert Cohort.objects.get(pk=year.cohort.pk).criteria_set == year.criteria_set

    def test_in_an_open_period_both_may_add_units(self, year: Year, as_: Callable) -> None:
        browser, url = as_(year.coordinator), reverse("cohort_edit", args=[year.cohort.pk])
        mine, first = self.page(browser, year), self.page(browser, year)
        two = [UnitFactory(parent=year.host), UnitFactory(parent=year.host)]
        for typed, unit in ((first, two[0]), (mine, two[1])):
            assert browser.post(url, typed | {"units": [unit.pk]}).status_code == 302
        assert self.units(year) == {unit.pk for unit in (*year.units, *two)}

    @pytest.mark.parametrize("seen", [None, *NOTHING_OF_OURS])
    def test_a_page_that_says_nothing_has_shown_nothing(
        self, preparing_year: Year, as_: Callable, seen: str | None
    ) -> None:
        year, browser = preparing_year, as_(preparing_year.coordinator)
        url = reverse("cohort_edit", args=[year.cohort.pk])
        page = self.page(browser, year)
        sent = {} if seen is None else {"seen": seen, "seen_units": seen}
        typed = {name: page[name] for name in ("name", "criteria_set", "units")}
        for changed in ({"name": "Khác"}, {"units": page["units"][1:]}):
            late = browser.post(url, typed | changed | sent)
            assert late.status_code == 409
            assert Cohort.objects.get(pk=year.cohort.pk).name == "Xã"
            assert self.units(year) == set(page["units"])
        assert browser.post(url, typed | changed | tokens(late)).status_code == 302


class TestRemoval:
    def seen(self, answer: HttpResponse) -> dict[str, str]:
        return {"seen": answer.context["contents"].fingerprint}

    def test_what_came_into_a_cohort_meanwhile_is_named_before_it_goes(
        self, preparing_year: Year, as_: Callable
    ) -> None:
        year, browser = preparing_year, as_(preparing_year.coordinator)
        url = reverse("cohort_remove", args=[year.cohort.pk])
        asked = browser.get(url)
        assert "0 chỉ tiêu đã giao" in text(asked)
        target = TargetChange(year.sheet().pk, year.criterion("2.1"), 1, None)
        assign_targets(cohort=year.cohort, changes=[target], by=year.coordinator, now=NOW)
        late = browser.post(url, self.seen(asked))
        assert late.status_code == 409
        assert TOLD in text(late)
        assert "1 chỉ tiêu đã giao" in text(late)
        assert AssignedTarget.objects.count() == 1
        assert browser.post(url, self.seen(late)).status_code == 302
        assert not Cohort.objects.filter(pk=year.cohort.pk).exists()

    @pytest.mark.parametrize("seen", [None, *NOTHING_OF_OURS])
    def test_a_page_that_says_nothing_has_shown_nothing(
        self, preparing_year: Year, as_: Callable, seen: str | None
    ) -> None:
        url = reverse("cohort_remove", args=[preparing_year.cohort.pk])
        sent = {} if seen is None else {"seen": seen}
        assert as_(preparing_year.coordinator).post(url, sent).status_code == 409
        assert preparing_year.cohort.assessments.count() == 3


class TestTargets:
    def names(self, year: Year) -> list[str]:
        return [f"target-{sheet.pk}-{year.criterion('2.1')}" for sheet in year.sheets()]

    def seen(self, answer: HttpResponse, form: str = "form") -> dict[str, str]:
        return {"seen": answer.context[form]["seen"].value()}

    def assign(self, year: Year, *values: str) -> None:
        changes = [
            TargetChange(sheet.pk, year.criterion("2.1"), value, None)
            for sheet, value in zip(year.sheets(), values, strict=False)
        ]
        assign_targets(cohort=year.cohort, changes=changes, by=year.coordinator, now=NOW)

    def stored(self) -> list[str]:
        return [str(target.value) for target in AssignedTarget.objects.order_by("assessment")]

    def test_the_later_targets_wait_until_their_writer_has_seen_the_others(
        self, year: Year, as_: Callable
    ) -> None:
        browser, url = as_(year.coordinator), reverse("targets", args=[year.cohort.pk])
        shown, names = self.seen(browser.get(url)), self.names(year)
        self.assign(year, Decimal("0.7"), Decimal("0.8"))
        mine = dict(zip(names, ["50", "", "60"], strict=True))
        late = browser.post(url, mine | shown)
        assert late.status_code == 409
        page = text(late)
        assert "người khác đã giao 70%" in page
        assert f'{year.units[0].short_name}, tiêu chí 2.1: <span class="stored">70%' in page
        assert 'value="50"' in page
        assert 'value="60"' in page
        assert 'value="80"' in page, "a cell that nobody touched here follows what is stored"
        assert self.stored() == ["0.7", "0.8"]
        again = dict(zip(names, ["50", "80", "60"], strict=True)) | self.seen(late)
        assert browser.post(url, again).status_code == 302
        assert self.stored() == ["0.5", "0.8", "0.6"]

    @pytest.mark.parametrize("shown_first", [True, False])
    def test_one_value_for_all_replaces_only_what_the_page_showed(
        self, year: Year, as_: Callable, shown_first: bool
    ) -> None:
        browser, url = as_(year.coordinator), reverse("targets_fill", args=[year.cohort.pk])
        shown = self.seen(browser.get(reverse("targets", args=[year.cohort.pk])), "fill")
        self.assign(year, Decimal("0.7"))
        mine = {"criterion": year.criterion("2.1"), "value": "60", "replace": "on"}
        late = browser.post(url, mine | (shown if shown_first else {}))
        assert late.status_code == 409
        assert f'{year.units[0].short_name}, tiêu chí 2.1: <span class="stored">70%' in text(late)
        assert late.context["fill"]["value"].value() == "60"
        assert self.stored() == ["0.7"]
        assert browser.post(url, mine | self.seen(late, "fill")).status_code == 302
        assert self.stored() == ["0.6", "0.6", "0.6"]

    @pytest.mark.parametrize("name", ["targets", "targets_fill"])
    @pytest.mark.parametrize("seen", NOTHING_OF_OURS)
    def test_a_page_that_says_nothing_has_shown_nothing(
        self, year: Year, as_: Callable, name: str, seen: str
    ) -> None:
        self.assign(year, Decimal("0.7"))
        mine = dict(zip(self.names(year), ["50", "60", ""], strict=True))
        mine |= {"criterion": str(year.criterion("2.1")), "value": "60", "replace": "on", "seen": seen}
        answer = as_(year.coordinator).post(reverse(name, args=[year.cohort.pk]), mine)
        assert answer.status_code in {409, 422}
        assert self.stored() == ["0.7"]


class TestSession:
    def typed(self, **given: str) -> dict[str, str]:
        meeting = {"held_at": "2026-03-02T14:00", "ended_at": "", "place": "Phòng họp số 2", "note": ""}
        people = {"members-TOTAL_FORMS": "1", "members-INITIAL_FORMS": "0", "members-0-seat": "chair"}
        return meeting | people | {"threshold": "0,25", "members-0-full_name": "Trần Thị Bình"} | given

    def seen(self, answer: HttpResponse) -> dict[str, str]:
        return {"seen": answer.context["form"]["seen"].value()}

    def test_the_later_facts_wait_until_their_writer_has_seen_the_others(
        self, year: Year, as_: Callable
    ) -> None:
        session, browser = meet(year), as_(year.coordinator)
        url = reverse("session_edit", args=[session.pk])
        shown = self.seen(browser.get(url))
        assert browser.post(url, self.typed(place="Hội trường", **shown)).status_code == 302
        stood = facts_of(session)
        mine = {"place": "Phòng tôi ghi", "members-0-full_name": "Người tôi ghi"}
        late = browser.post(url, self.typed(**mine, **shown))
        page = text(late)
        assert "Người khác đã sửa phiên họp này" in page
        assert 'Địa điểm: <span class="stored">Hội trường' in page
        assert 'Thành viên: <span class="stored">Trần Thị Bình (chủ trì)' in page
        assert 'value="Phòng tôi ghi"' in page
        assert 'value="Người tôi ghi"' in page
        assert facts_of(session) == stood
        assert browser.post(url, self.typed(**mine, **self.seen(late))).status_code == 302
        assert facts_of(session).members[0].full_name == "Người tôi ghi"

    @pytest.mark.parametrize("seen", [None, *NOTHING_OF_OURS])
    def test_a_page_that_says_nothing_has_shown_nothing(
        self, year: Year, as_: Callable, seen: str | None
    ) -> None:
        session = meet(year)
        stood, url = facts_of(session), reverse("session_edit", args=[session.pk])
        late = as_(year.coordinator).post(url, self.typed(**({} if seen is None else {"seen": seen})))
        assert (late.status_code, facts_of(session)) == (422, stood)
