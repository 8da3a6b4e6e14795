"""The page of notices, the count in every page's head, and where a notice leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from assessments.models import Notice
from tests.assessments.conftest import NOW, Year

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(year: Year) -> User:
    Notice.objects.all().delete()
    return year.leaders[year.units[0].pk]


@pytest.fixture
def browser(leader: User, as_: Callable) -> Client:
    return as_(leader)


def tell(year: Year, user: User, count: int, **fields: object) -> list[Notice]:
    return [
        Notice.objects.create(
            user=user,
            period=year.period,
            key=f"thử:{n}",
            title=f"Việc {n}",
            text="Dòng một\nDòng hai",
            address=reverse("sheet", args=[year.sheet().pk]),
            created_at=NOW + timedelta(minutes=n),
            **fields,
        )
        for n in range(count)
    ]


def titles(browser: Client, **query: object) -> list[str]:
    return [notice.title for notice in browser.get(reverse("notices"), query).context["page"]]


def test_unread_ones_come_first_newest_first(year: Year, leader: User, browser: Client):
    first, second, third, last = tell(year, leader, 4)
    for notice in (second, last):
        notice.read_at = NOW
        notice.save()
    assert titles(browser) == [third.title, first.title, last.title, second.title]
    page = browser.get(reverse("notices")).content.decode()
    assert page.count("Mới</span>") == 2
    assert '<span class="bell-count">2<span class="visually-hidden"> chưa đọc</span></span>' in page


def test_a_notice_is_read_by_following_it(year: Year, leader: User, browser: Client):
    [notice] = tell(year, leader, 1)
    assert browser.get(reverse("notice", args=[notice.pk])).url == notice.address
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_one_or_all_are_marked_as_read(year: Year, leader: User, browser: Client):
    notices = tell(year, leader, 3)
    browser.post(reverse("notice_read", args=[notices[1].pk]))
    assert leader.notices.filter(read_at=None).count() == 2
    browser.post(reverse("notices_read"))
    assert leader.notices.filter(read_at=None).count() == 0
    page = browser.get(reverse("notices")).content.decode()
    assert "bell-count" not in page
    assert "Đánh dấu tất cả đã đọc" not in page


def test_other_people_s_notices_stay_theirs(year: Year, leader: User, as_: Callable):
    [notice] = tell(year, leader, 1)
    browser = as_(year.officers[year.units[0].pk])
    assert titles(browser) == []
    assert browser.get(reverse("notice", args=[notice.pk])).status_code == 403
    assert browser.post(reverse("notice_read", args=[notice.pk])).status_code == 403
    browser.post(reverse("notices_read"))
    notice.refresh_from_db()
    assert notice.read_at is None


def test_many_are_shown_page_by_page(year: Year, leader: User, browser: Client):
    tell(year, leader, 21)
    assert (len(titles(browser)), titles(browser, page=2)) == (20, ["Việc 0"])


def test_the_page_asks_as_often_for_three_notices_as_for_one(year: Year, leader: User, browser: Client):
    counts = []
    for count in (1, 3):
        Notice.objects.all().delete()
        tell(year, leader, count)
        with CaptureQueriesContext(connection) as queries:
            assert len(titles(browser)) == count
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_count_costs_one_query_on_a_page_and_none_in_a_piece_of_one(
    year: Year, leader: User, browser: Client
):
    def counted(url: str, **headers: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url, headers=headers).status_code == 200
        return sum("assessments_notice" in query["sql"] for query in queries)

    sheet = year.sheet()
    assert counted(reverse("sheet", args=[sheet.pk])) == 1
    leaf = reverse("leaf", args=[sheet.pk, year.criterion("1.1")])
    assert counted(leaf, **{"HX-Request": "true"}) == 0
