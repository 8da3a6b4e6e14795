"""(b) The whole sheet as a page, and pages in general against their own templates."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from copy import copy
from typing import Any
from unittest.mock import patch

from django.contrib.messages.storage import default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from assessments.queries.notices import unread_count
from tests.bench.ratios import Measured, each, in_ms, in_turn
from tests.bench.years import fill, open_year

TOKEN = re.compile(rb"\b[A-Za-z0-9]{64}\b")


def measure(rounds: int = 60) -> Measured:
    year = open_year(1)
    fill(year, year.sheets[0], with_evidence=True)
    leaves = len(list(year.stored.tree.leaves()))
    return compared(
        f"(b) page of a sheet with {leaves} leaves, time",
        "≤ 3",
        address=reverse("sheet", args=[year.sheets[0].pk]),
        reader=year.officers[year.sheets[0].unit_id],
        template="assessments/sheet.html",
        rounds=rounds,
    )


def compared(title: str, aim: str, *, address: str, reader: User, template: str, rounds: int) -> Measured:
    """The view against its own template, given what the view gave it. Both without middleware."""
    view, _, keywords = resolve(address)
    module = inspect.unwrap(view).__module__

    def page() -> HttpResponse:
        # What a user object remembers of its roles ends with its request.
        return view(_request(address, copy(reader)), **keywords)

    ready = _ready(page, module)
    remembering = copy(reader)
    assert remembering.roles  # read once
    assert remembering.held

    def floor() -> HttpResponse:
        return render(_request(address, remembering), template, ready)

    queries, queries_of_floor = _require_alike(page, floor)
    ours, theirs = in_turn(page, floor, rounds)
    return Measured(
        title,
        aim,
        each(ours, theirs),
        [
            f"ours: {queries} queries, {in_ms(ours)}, {len(page().content) // 1000} kB",
            f"floor: {queries_of_floor} queries, {in_ms(theirs)}",
        ],
    )


def _request(address: str, user: User) -> HttpRequest:
    """As the middleware hands it over."""
    request = RequestFactory().get(address)
    request.user = user
    request.received_at = timezone.now()
    request.session = {}
    request.htmx = HtmxDetails(request)
    request._messages = default_storage(request)
    return request


def _ready(page: Callable[[], HttpResponse], module: str) -> dict[str, Any]:
    """The context that the view gives its template, with what the head of every page asks for."""
    with patch(f"{module}.render", wraps=render) as seen:
        page()
    (request, _, context), _ = seen.call_args
    return context | {"unread": unread_count(request.user)}


def _require_alike(page: Callable[[], HttpResponse], template: Callable[[], HttpResponse]) -> tuple[int, int]:
    """The same bytes but for CSRF tokens, which are masked anew each time. Queries of both."""
    now = timezone.now()
    with patch("django.utils.timezone.now", return_value=now):
        with CaptureQueriesContext(connection) as of_page:
            ours = page()
        with CaptureQueriesContext(connection) as of_template:
            floor = template()
    assert TOKEN.sub(b"", ours.content) == TOKEN.sub(b"", floor.content)
    assert TOKEN.search(ours.content)
    assert not len(of_template), [query["sql"] for query in of_template]
    return len(of_page), len(of_template)
