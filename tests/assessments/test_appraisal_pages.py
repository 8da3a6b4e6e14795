"""The appraiser's page where two of them meet on one leaf."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Layer
from tests.assessments.conftest import Year

pytestmark = pytest.mark.usefixtures("in_the_middle_of_the_year")

HTMX = {"HX-Request": "true"}


@pytest.fixture
def appraiser(year: Year, client: Client) -> Client:
    year.score("1.1", {"points": "3"})
    year.submit()
    client.force_login(year.appraiser)
    return client


def post(client: Client, year: Year, **typed: str):
    url = reverse("judge", kwargs={"assessment": year.sheet().pk, "criterion": year.criterion("1.1")})
    return client.post(url, {"layer": "round1", "version": "0", **typed}, headers=HTMX)


def test_the_later_appraiser_sees_both_words_and_his_own_wins_only_by_choice(year: Year, appraiser: Client):
    assert post(appraiser, year, basis="kept").status_code == 200
    later = post(appraiser, year, basis="override", override="1,5", reason="thiếu kế hoạch")
    html = later.content.decode()
    assert later.status_code == 409
    assert "3 điểm" in html
    assert "ấn định 1,5 điểm – thiếu kế hoạch" in html
    assert '<input type="hidden" name="basis" value="override">' in html
    assert year.row("1.1", Layer.ROUND1).points == 3
    chosen = post(appraiser, year, basis="override", override="1,5", reason="thiếu kế hoạch", overwrite="1")
    assert chosen.status_code == 200
    assert str(year.row("1.1", Layer.ROUND1).points) == "1.5"


def test_a_reason_is_asked_for_next_to_its_field(year: Year, appraiser: Client):
    answer = post(appraiser, year, basis="data", points="1")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'data-invalid="reason' in html
    assert "Lý do: Hãy ghi lý do" in html
    assert year.row("1.1", Layer.ROUND1) is None
