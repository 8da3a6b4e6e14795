"""One sheet, several officers: who scores which area, said at every leaf and kept by the gate."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from assessments.models import Event, Share
from tests.assessments.conftest import Year
from tests.assessments.showing import HTMX, client_of, officer, panel_url, text
from tests.factories import user_with

pytestmark = pytest.mark.usefixtures("in_the_middle_of_the_year")


@pytest.fixture
def colleague(year: Year) -> User:
    return user_with(Role.OFFICER, year.units[0])


def url(year: Year) -> str:
    return reverse("sharing", args=[year.sheet().pk])


def save(
    client: Client, year: Year, chosen: dict[str, list[User]], seen: dict[str, list[User]] | None = None
):
    posted: dict[str, object] = {}
    for code in ("1", "2", "T"):
        area = year.criterion(code)
        posted[f"officers-{area}"] = [person.pk for person in chosen.get(code, [])]
        posted[f"seen-{area}"] = " ".join(str(person.pk) for person in (seen or {}).get(code, []))
    return client.post(url(year), posted)


def shares(year: Year) -> set[tuple[str, int]]:
    return set(Share.objects.order_by("pk").values_list("criterion__code", "officer"))


def test_an_area_given_to_one_is_closed_to_the_other_with_the_reason(year: Year, colleague: User):
    leader = client_of(year.leaders[year.units[0].pk])
    assert save(leader, year, {"1": [colleague]}).status_code == 302
    assert shares(year) == {("1", colleague.pk)}
    mine = client_of(officer(year))
    page = text(mine.get(reverse("sheet", args=[year.sheet().pk])))
    reason = f"Lĩnh vực này được phân công cho {colleague.full_name}."
    assert page.count(reason) == 2
    assert f"Người chấm: {colleague.full_name}" in page
    assert f'data-leaf="{year.criterion("1.1")}"' not in page
    assert f'data-leaf="{year.criterion("2.1")}"' in page
    assert panel_url(year) not in page
    leaf = reverse("leaf", args=[year.sheet().pk, year.criterion("1.1")])
    posted = {"points": "3", "version": "0"}
    refused = mine.post(leaf, posted, **HTMX)
    assert (refused.status_code, reason in text(refused)) == (409, True)
    assert reason in text(mine.get(leaf))
    assert client_of(colleague).post(leaf, posted, **HTMX).status_code == 200


def test_to_nobody_opens_it_to_all_again(year: Year, colleague: User):
    client = client_of(colleague)
    save(client, year, {"1": [colleague]})
    save(client, year, {}, seen={"1": [colleague]})
    assert shares(year) == set()
    assert Event.objects.filter(action="share").count() == 2


def test_the_later_of_two_sees_what_stands_before_anything_is_lost(year: Year, colleague: User):
    me = officer(year)
    save(client_of(colleague), year, {"1": [colleague]})
    stale = save(client_of(me), year, {"1": [me], "2": [me]})
    page = text(stale)
    assert stale.status_code == 409
    assert "vừa được người khác thay đổi" in page
    assert f'name="seen-{year.criterion("1")}" value="{colleague.pk}"' in page
    assert shares(year) == {("1", colleague.pk)}
    assert save(client_of(me), year, {"1": [me]}, seen={"1": [colleague]}).status_code == 302
    assert shares(year) == {("1", me.pk)}


def test_who_stopped_being_an_officer_is_let_go_with_the_next_saving(year: Year, colleague: User):
    me = officer(year)
    save(client_of(me), year, {"1": [colleague]})
    colleague.memberships.all().delete()
    refused = save(client_of(me), year, {"1": [colleague]}, seen={"1": [colleague]})
    assert refused.status_code == 409
    assert "không còn là cán bộ đầu mối" in text(refused)
    assert save(client_of(me), year, {"1": [me]}, seen={"1": [colleague]}).status_code == 302


def test_strangers_and_rubbish_are_refused(year: Year, colleague: User):
    other = officer(year, 1)
    assert save(client_of(other), year, {"1": [other]}).status_code == 403
    assert save(client_of(colleague), year, {"1": [other]}).status_code == 409
    area = year.criterion("1")
    rubbish = {f"officers-{area}": "x", f"seen-{area}": "x ٣ -1"}
    assert client_of(colleague).post(url(year), rubbish).status_code == 409
    assert shares(year) == set()


def test_a_sheet_that_was_sent_is_no_longer_shared(year: Year, colleague: User):
    year.send()
    client = client_of(colleague)
    assert "Phiếu đang chờ lãnh đạo đơn vị duyệt" in text(client.get(url(year)))
    assert save(client, year, {"1": [colleague]}).status_code == 409


@pytest.mark.parametrize("people", [1, 3])
def test_constant_queries(year: Year, people: int, django_assert_num_queries):
    given = [user_with(Role.OFFICER, year.units[0]) for _ in range(people)]
    client = client_of(officer(year))
    save(client, year, {"1": given, "2": given})
    client.get(url(year))
    with django_assert_num_queries(9):
        client.get(url(year))


@pytest.mark.parametrize("page", ["sheet", "sharing", "submit", "evidence_list"])
def test_a_sheet_of_a_period_in_preparation_is_nobodys_mistake(preparing_year: Year, page: str):
    leader = client_of(preparing_year.leaders[preparing_year.units[0].pk])
    assert leader.get(reverse(page, args=[preparing_year.sheet().pk])).status_code == 200
