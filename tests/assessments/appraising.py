"""What the tests of appraisal share: saying something of a leaf on either page, and giving one to two people."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, Unit, User
from assessments.actions.appraisal import judge
from assessments.actions.assignments import Duty, assign
from assessments.actions.verdicts import Verdict
from assessments.models import Score
from assessments.workflow import Action
from tests.assessments.conftest import Year
from tests.factories import DepartmentFactory, user_with

HTMX = {"HX-Request": "true"}
# What differs between two looks at the same page, besides the clock, which stands still in these tests.
PASSING = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"|nonce="[^"]+"')


def fresh(user: User) -> User:
    """Without what it remembers of its roles."""
    return User.objects.get(pk=user.pk)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, "accounts.backends.MemberBackend")
    return client


def sheet_url(year: Year, place: int = 0) -> str:
    return reverse("appraisal", args=[year.sheet(place).pk])


def leaf_url(year: Year, code: str = "1.1", place: int = 0) -> str:
    return reverse("judge", args=[year.sheet(place).pk, year.criterion(code)])


def row_url(year: Year, code: str = "1.1", place: int = 0) -> str:
    return reverse("judge_unit", args=[year.sheet(place).pk, year.criterion(code)])


def table_url(year: Year, code: str = "1.1") -> str:
    return reverse("criterion_appraisal", args=[year.cohort.pk, year.criterion(code)])


def cohort_url(year: Year) -> str:
    return reverse("cohort_appraisal", args=[year.cohort.pk])


def page(user: User, url: str) -> str:
    response = client_of(user).get(url)
    assert response.status_code == 200, (url, response.status_code)
    return response.content.decode()


def post(user: User, url: str, *, htmx: bool = True, **typed: str) -> Any:
    data = {"layer": "round1", "version": "0", **typed}
    return client_of(user).post(url, data, headers=HTMX if htmx else {})


def say(year: Year, by: User, points: str, code: str = "1.1", place: int = 0, **given: Any) -> Any:
    floor = year.sheet(place).version_floor
    values = {"action": Action.APPRAISE, "seen": floor, "reason": "thiếu tài liệu", **given}
    return judge(
        action=values["action"],
        assessment=year.sheet(place),
        criterion_id=year.criterion(code),
        verdict=Verdict(Score.Basis.DATA, {"points": points}, reason=values["reason"]),
        seen=values["seen"],
        by=by,
        now=year.now,
    )


def give(year: Year, code: str, *duties: Duty) -> None:
    assign(
        cohort=year.cohort,
        criterion_id=year.criterion(code),
        duties=duties,
        by=year.coordinator,
        now=year.now,
    )


def office_of(year: Year) -> Unit:
    """The year's appraiser's."""
    return next(membership.unit for membership in year.appraiser.held)


def give_to_two(year: Year, code: str = "1.1") -> User:
    """A second appraiser, of another office, for a criterion."""
    other = DepartmentFactory(parent=year.host)
    second = user_with(Role.APPRAISER, other)
    give(year, code, Duty(office_of(year)), Duty(other))
    return second


def queries_of(user: User, url: str) -> int:
    client = client_of(user)
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)
