"""The deadline's very second, in local time: the moment the server receives a request decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from assessments.actions import writing
from assessments.models import Assessment, Layer, Period
from assessments.permissions import require
from assessments.queries.periods import shown_calendar
from assessments.queries.submission import submission_check
from assessments.workflow import State
from tests.assessments.conftest import DEADLINE, Year

pytestmark = pytest.mark.django_db
INSTANT = timedelta(microseconds=1)
CLOSED = "Đã hết hạn tự chấm lúc 17:00 ngày 31 tháng 3 năm 2026."
As = Callable[[User], Client]


def save(client: Client, year: Year, points: str = "3", seen: str = "0"):
    url = f"/phieu/{year.sheet().pk}/tieu-chi/{year.criterion('1.1')}/"
    return client.post(url, {"points": points, "note": "đủ", "version": seen}, headers={"HX-Request": "true"})


def officer_of(year: Year) -> User:
    return year.officers[year.sheet().unit_id]


def at(moment: datetime):
    return time_machine.travel(moment, tick=False)


def test_the_deadline_itself_is_in_time_and_the_next_instant_is_not(year: Year, as_: As):
    client = as_(officer_of(year))

    with at(DEADLINE):
        assert save(client, year).status_code == 200
    with at(DEADLINE + INSTANT):
        late = save(client, year, "4", "1")

    assert late.status_code == 409
    assert CLOSED in late.content.decode()
    assert year.row("1.1", Layer.SELF).points == 3


def test_before_the_phase_opens_nothing_is_taken_either(year: Year, as_: As):
    opens = year.period.self_opens
    client = as_(officer_of(year))

    with at(opens - INSTANT):
        early = save(client, year)
    with at(opens):
        assert save(client, year).status_code == 200

    assert early.status_code == 409
    assert "Tự chấm điểm bắt đầu từ 08:00 ngày 01 tháng 3 năm 2026." in early.content.decode()


def test_a_save_in_flight_counts_from_when_it_was_received(
    year: Year, as_: As, monkeypatch: pytest.MonkeyPatch
):
    """It waits for a lock until the deadline is over: its time was good."""
    client = as_(officer_of(year))
    with at(DEADLINE) as clock:

        def after_a_long_wait(*args: object, **kwargs: object) -> None:
            clock.shift(timedelta(minutes=3))
            require(*args, **kwargs)

        monkeypatch.setattr(writing, "require", after_a_long_wait)
        assert save(client, year).status_code == 200
        assert datetime.now(UTC) > DEADLINE

    assert year.row("1.1", Layer.SELF).updated_at == DEADLINE


def test_a_leader_approves_in_the_last_second_and_not_after_it(year: Year, as_: As):
    for place in (0, 1):
        year.send(place)
    closes = Period.objects.get(pk=year.period.pk).approval_closes
    answers = []
    for place, moment in ((0, closes), (1, closes + INSTANT)):
        sheet = year.sheet(place)
        client = as_(year.leaders[sheet.unit_id])
        left = {"unanswered": len(submission_check(sheet).unanswered), "confirm": "on"}
        with at(moment):
            answers.append(client.post(f"/phieu/{sheet.pk}/duyet/", left))

    assert [answer.status_code for answer in answers] == [302, 409]
    assert [year.sheet(place).state for place in (0, 1)] == [State.SUBMITTED, State.REVIEW]
    assert "Đã hết hạn lãnh đạo đơn vị duyệt phiếu lúc 17:00" in answers[1].content.decode()


def test_the_clock_closes_a_phase_without_any_job(year: Year, as_: As):
    client = as_(officer_of(year))
    page = f"/phieu/{year.sheet().pk}/"

    with at(DEADLINE):
        assert "data-leaf" in client.get(page).content.decode()
    with at(DEADLINE + INSTANT):
        closed = client.get(page).content.decode()

    assert "data-leaf" not in closed
    assert CLOSED in closed
    assert Assessment.objects.get(pk=year.sheet().pk).state == State.DRAFT


def test_moments_are_typed_and_meant_in_vietnams_time(year: Year, as_: As):
    typed = {
        f"{name}": f"{getattr(year.period, name).astimezone(DEADLINE.tzinfo):%Y-%m-%dT%H:%M}"
        for name in (field.name for field in Period._meta.fields)
        if name.endswith(("_opens", "_closes"))
    }
    typed["self_closes"] = "2026-03-31T16:00"
    with at(year.now):
        typed |= {"reason": "Họp giao ban chiều", "seen": shown_calendar(year.period)}
        answer = as_(year.coordinator).post(f"/ky-danh-gia/{year.period.pk}/lich/", typed)

    assert answer.status_code == 302
    assert Period.objects.get(pk=year.period.pk).self_closes == datetime(2026, 3, 31, 9, 0, tzinfo=UTC)
