"""Exceptions: granted with a reason and a paper, for a phase, a sheet and maybe some leaves; seen everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.dates import VIETNAM, format_moment
from accounts.models import Role
from assessments.actions.extensions import extend
from assessments.calendar import Phase
from assessments.models import Event, Extension
from assessments.queries.extensions import extensions_of
from assessments.workflow import Refusal, State
from tests.assessments.appraising import fresh
from tests.assessments.conftest import DEADLINE, NOW, Year
from tests.assessments.explaining import CLOSES, LATE, fill, lower, say, told
from tests.assessments.showing import HTMX, client_of, officer, text

AFTER = DEADLINE + timedelta(hours=1)
UNTIL = DEADLINE + timedelta(days=3)


@pytest.fixture(autouse=True)
def after_the_deadline() -> Iterator[None]:
    with time_machine.travel(AFTER, tick=False):
        yield


def grant(year: Year, place: int = 0, *codes: str, **given: Any) -> Extension:
    values = {
        "phase": Phase.SELF,
        "until": UNTIL,
        "reason": "Mất điện",
        "document": "Công văn 12/SNV",
        "by": year.coordinator,
        "now": AFTER,
        **given,
    }
    leaves = [year.criterion(code, place) for code in codes]
    return extend(assessment=year.sheet(place), leaves=leaves, **values)


def leaf_url(year: Year, code: str) -> str:
    return reverse("leaf", args=[year.sheet().pk, year.criterion(code)])


def form_url(year: Year, place: int = 0) -> str:
    return reverse("extend", args=[year.sheet(place).pk])


def typed(until: datetime = UNTIL, **given: Any) -> dict[str, Any]:
    local = until.astimezone(VIETNAM)
    return {
        "phase": "self",
        "until": f"{local:%Y-%m-%dT%H:%M}",
        "reason": "Mất điện",
        "document": "Công văn 12/SNV",
        **given,
    }


def test_it_opens_one_sheet_until_its_second(year: Year):
    grant(year)
    posted = {"points": "3", "version": "0"}
    with time_machine.travel(UNTIL, tick=False):
        assert client_of(officer(year)).post(leaf_url(year, "1.1"), posted, **HTMX).status_code == 200
    with time_machine.travel(UNTIL + timedelta(seconds=1), tick=False):
        refused = client_of(officer(year)).post(leaf_url(year, "1.2"), posted, **HTMX)
    assert refused.status_code == 409
    assert "Đã hết thời gian gia hạn" in text(refused)
    other = reverse("leaf", args=[year.sheet(1).pk, year.criterion("1.1")])
    assert client_of(officer(year, 1)).post(other, posted, **HTMX).status_code == 409


def test_for_some_leaves_the_sheet_opens_those_alone_and_says_so(year: Year):
    year.score("1.2", {"points": "2"})
    grant(year, 0, "1.1")
    client = client_of(officer(year))
    page = text(client.get(reverse("sheet", args=[year.sheet().pk])))
    assert f'data-leaf="{year.criterion("1.1")}"' in page
    assert page.count("data-leaf=") == 1
    assert page.count("tiêu chí này không nằm trong đó") == 5
    assert f"đến {format_moment(UNTIL)}" in page
    assert "chỉ các tiêu chí 1.1" in page
    posted = {"points": "3", "version": "0"}
    assert client.post(leaf_url(year, "1.1"), posted, **HTMX).status_code == 200
    refused = client.post(leaf_url(year, "2.2.1"), posted, **HTMX)
    assert "tiêu chí này không nằm trong đó" in text(refused)
    shown = text(client.get(leaf_url(year, "2.2.1")))
    assert "tiêu chí này không nằm trong đó" in shown


def test_the_way_to_sending_counts_down_to_the_extension(year: Year):
    with time_machine.travel(NOW, tick=False):
        fill(year)
    grant(year)
    page = text(client_of(officer(year)).get(reverse("send", args=[year.sheet().pk])))
    assert "còn 2 ngày 23 giờ" in page
    posted = {"unanswered": "1", "confirm": "on"}
    client_of(officer(year)).post(reverse("send", args=[year.sheet().pk]), posted)
    leader = client_of(year.leaders[year.units[0].pk])
    assert format_moment(UNTIL) in text(leader.get(reverse("send_back", args=[year.sheet().pk])))
    assert leader.post(reverse("submit", args=[year.sheet().pk]), posted).status_code == 302


def test_a_sent_sheet_goes_back_in_the_same_step(year: Year):
    with time_machine.travel(NOW, tick=False):
        fill(year)
        year.submit()
    client = client_of(year.coordinator)
    assert "Trả lại phiếu cho đơn vị ngay" in text(client.get(form_url(year)))
    alone = client.post(form_url(year), typed())
    assert alone.status_code == 409
    assert "chọn trả lại phiếu" in text(alone)
    done = client.post(form_url(year), typed(give_back="on"), follow=True)
    assert "Đã gia hạn tự chấm điểm" in text(done)
    sheet = year.sheet()
    assert (sheet.state, sheet.remark) == (State.RETURNED, "Mất điện")
    deeds = Event.objects.filter(assessment=sheet).order_by("-pk").values_list("action", flat=True)
    assert list(deeds[:2]) == ["extend", "return"]


def test_where_appraisal_has_begun_nothing_goes_back_and_nothing_is_granted(year: Year):
    with time_machine.travel(NOW, tick=False):
        fill(year)
        year.submit()
        lower(year, "1.1", "2")
    client = client_of(year.coordinator)
    assert "Trả lại phiếu cho đơn vị ngay" not in text(client.get(form_url(year)))
    with pytest.raises(Refusal, match="Đã bắt đầu thẩm định"):
        grant(year, give_back=True)
    assert not Extension.objects.exists()
    assert year.sheet().state == State.SUBMITTED


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"reason": "  "}, "Hãy ghi lý do"),
        ({"document": ""}, "văn bản"),
        ({"until": AFTER}, "phải sau thời điểm hiện tại"),
        ({"phase": Phase.ROUND1, "until": CLOSES}, "phải sau hạn chung"),
    ],
)
def test_not_without_reason_paper_and_more_time(year: Year, given: dict[str, Any], why: str):
    with pytest.raises(Refusal, match=why):
        grant(year, **given)


def test_not_for_a_phase_that_lies_behind_the_sheet(year: Year):
    with time_machine.travel(NOW, tick=False):
        told(year)
        year.accept()
        year.close()
    for phase in (Phase.SELF, Phase.ROUND1, Phase.EXPLANATION, Phase.ROUND2):
        with pytest.raises(Refusal, match="đã qua giai đoạn này"):
            grant(year, phase=phase, until=CLOSES + timedelta(days=9))
    assert grant(year, phase=Phase.COUNCIL, until=CLOSES + timedelta(days=9)).pk


def test_not_by_others(year: Year):
    for by in (officer(year), year.leader, year.appraiser):
        with pytest.raises(PermissionDenied):
            grant(year, by=by)


def test_nobody_grants_one_to_his_own_unit(year: Year):
    year.coordinator.memberships.create(role=Role.OFFICER, unit=year.units[0])
    himself = fresh(year.coordinator)
    with pytest.raises(PermissionDenied):
        grant(year, by=himself)
    assert grant(year, 1, by=himself).pk


@pytest.mark.parametrize(
    "wrong",
    [
        {"until": "hôm nào đó"},
        {"phase": "published"},
        {"leaves": "999999"},
        {"leaves": "x"},
        {"reason": "x" * 1001},
        {"document": ""},
    ],
)
def test_a_mistake_is_named_and_what_was_typed_in_stays(year: Year, wrong: dict[str, str]):
    response = client_of(year.coordinator).post(form_url(year), typed() | wrong)
    assert response.status_code == 422
    assert "Mất điện" in text(response) or "x" * 1001 in text(response)
    assert not Extension.objects.exists()


def test_the_time_to_explain_is_extended_for_some_leaves(year: Year):
    with time_machine.travel(NOW, tick=False):
        told(year)
    with time_machine.travel(LATE, tick=False):
        grant(year, 0, "1.1", phase=Phase.EXPLANATION, until=LATE + timedelta(days=2), now=LATE)
        client = client_of(officer(year))
        page = text(client.get(reverse("explanation", args=[year.sheet().pk])))
        assert page.count("data-leaf=") == 1
        assert page.count("Không ý kiến, coi là đồng ý") == 2
        assert "Được gia hạn giải trình" in page
        assert say(year, "1.1", "Có văn bản", now=LATE).pk
        with pytest.raises(Refusal, match="không nằm trong đó"):
            say(year, "1.2", "Có văn bản", now=LATE)


def test_silence_outside_the_extension_does_not_wait_for_it(year: Year):
    with time_machine.travel(NOW, tick=False):
        told(year)
    grant(year, 0, "1.1", phase=Phase.EXPLANATION, until=LATE + timedelta(days=2), now=LATE)
    year.period.round2_closes = year.period.council_closes = LATE + timedelta(days=5)
    year.period.save()
    year.now = LATE
    with pytest.raises(Refusal, match="Còn 1 tiêu chí đơn vị chưa trả lời"):
        year.close()
    say(year, "1.1", agrees=True, now=LATE)
    year.close()
    assert year.sheet().explanations.filter(stance="silent").count() == 2


def test_the_periods_list_and_the_chip_of_a_row(year: Year):
    grant(year, 0, "1.1")
    grant(year, 1, until=AFTER + timedelta(minutes=5))
    granted = extensions_of(year.period, now=AFTER + timedelta(hours=1))
    chips = [
        render_to_string("assessments/extension/chip.html", {"granted": granted[year.sheet(place).pk]})
        for place in range(2)
    ]
    assert "Gia hạn tự chấm điểm và gửi phiếu đến 17:00 03/04 (1 tiêu chí)" in chips[0]
    assert not chips[1].strip()
    page = text(client_of(year.leader).get(reverse("extensions", args=[year.period.pk])))
    for shown in (str(year.units[0]), str(year.units[1]), "Công văn 12/SNV", "Mất điện", "Tất cả", "1.1"):
        assert shown in page


def test_an_appraiser_reads_until_when_and_the_coordinator_grants_it_there(year: Year):
    with time_machine.travel(NOW, tick=False):
        year.submit()
    url = reverse("appraisal", args=[year.sheet().pk])
    until = year.period.calendar[Phase.ROUND1].closes + timedelta(days=3)
    grant(year, phase=Phase.ROUND1, until=until)
    shown = {
        person: text(client_of(person).get(url)) for person in (year.appraiser, year.coordinator, year.leader)
    }
    for page in shown.values():
        assert f"{format_moment(until)} (được gia hạn)" in page
    form = client_of(year.coordinator).get(form_url(year)).context["form"]
    assert form["phase"].value() == Phase.ROUND1
    offered = reverse("extend", args=[year.sheet().pk])
    assert [offered in page for page in shown.values()] == [False, True, False]


def test_hostile_words_stay_words(year: Year):
    grant(year, reason="<b>x</b>{{ 7*7 }}", document="<i>")
    for url in (reverse("extensions", args=[year.period.pk]), reverse("sheet", args=[year.sheet().pk])):
        page = text(client_of(year.coordinator).get(url))
        assert "<b>x" not in page
        assert "&lt;b&gt;x&lt;/b&gt;{{ 7*7 }}" in page


def test_an_empty_list_says_so(year: Year):
    page = text(client_of(year.coordinator).get(reverse("extensions", args=[year.period.pk])))
    assert "Chưa gia hạn cho đơn vị nào" in page


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_takes_constant_queries(year: Year, size: int, django_assert_num_queries):
    for place in range(size):
        grant(year, place, "1.1", "1.2")
    with django_assert_num_queries(2):
        assert len(extensions_of(year.period, now=AFTER)) == size


def test_what_was_granted_is_stored_and_told_in_the_trail(year: Year):
    extension = grant(year, 0, "1.1", "2.1", reason="  Mất điện ", document=" Công văn  12/SNV ")
    stored = Extension.objects.get()
    assert (stored.pk, stored.phase, stored.until) == (extension.pk, Phase.SELF, UNTIL)
    assert (stored.reason, stored.document) == ("Mất điện", "Công văn 12/SNV")
    assert (stored.granted_at, stored.granted_by) == (AFTER, year.coordinator)
    assert {leaf.code for leaf in stored.leaves.order_by("pk")} == {"1.1", "2.1"}
    event = Event.objects.get(action="extend")
    assert (event.assessment, event.by, event.at, event.reason) == (
        year.sheet(),
        year.coordinator,
        AFTER,
        "Mất điện",
    )
    assert event.after == {
        "phase": "self",
        "until": UNTIL.isoformat(),
        "leaves": ["1.1", "2.1"],
        "document": "Công văn 12/SNV",
    }
    url = reverse("period_events", args=[year.period.pk])
    told = text(client_of(year.coordinator).get(url, {"action": "extend"}))
    assert "Công văn 12/SNV" in told
    assert f"Tự chấm điểm; đến {format_moment(UNTIL)}; tiêu chí 1.1, 2.1" in told


def test_not_for_a_leaf_of_another_set_or_a_phase_that_nobody_extends(year: Year):
    act = {"assessment": year.sheet(), "until": UNTIL, "reason": "x", "document": "CV 1"}
    act |= {"by": year.coordinator, "now": AFTER}
    with pytest.raises(Refusal, match="không có tiêu chí 0"):
        extend(phase=Phase.SELF, leaves=[0], **act)
    for phase in (Phase.APPROVAL, Phase.PUBLISHED, "gì đó"):
        with pytest.raises(ValueError, match="is not a valid"):
            extend(phase=phase, **act)
    assert not Extension.objects.exists()
    assert not Event.objects.filter(action="extend").exists()


def test_granted_ahead_it_opens_nothing_before_the_phase_does(year: Year):
    told(year)
    year.period.explanation_opens = AFTER + timedelta(days=1)
    year.period.save()
    grant(year, phase=Phase.EXPLANATION, until=CLOSES + timedelta(days=9))
    with pytest.raises(Refusal, match="Giải trình bắt đầu từ"):
        say(year, "1.1", "Có kế hoạch", now=AFTER)
    say(year, "1.1", "Có kế hoạch", now=AFTER + timedelta(days=1))
    assert say(year, "1.2", "Có kiểm tra", now=LATE).version == 1
