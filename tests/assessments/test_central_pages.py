"""Central entry as pages: row by row, with and without script, and for a whole cohort."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from assessments.models import Layer
from tests.assessments.conftest import NOW, Year

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def clock(time_machine: object) -> None:
    time_machine.move_to(NOW, tick=False)


def central_url(year: Year, code: str, place: int = 0) -> str:
    return reverse("central_row", args=[year.sheet(place).pk, year.criterion(code)])


HELD = {"counts-Hài lòng": "9", "counts-Không hài lòng": "3", "version": "0"}


def test_a_row_is_saved_without_script(year: Year, as_: Callable) -> None:
    answer = as_(year.coordinator).post(central_url(year, "1.3"), HELD)
    assert answer.status_code == 302
    assert answer.url.endswith(f"#unit-{year.sheet().pk}")
    assert str(year.row("1.3", Layer.COUNCIL).points) == "2.25"


def test_a_row_comes_back_alone_with_the_count(year: Year, as_: Callable) -> None:
    answer = as_(year.coordinator).post(central_url(year, "1.3"), HELD, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.lstrip().startswith("<tr")
    assert "2,25" in page
    assert "Đã nhập 1/3" in page
    assert "hx-swap-oob" in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_mistake_is_told_and_what_was_typed_in_is_kept(
    year: Year, as_: Callable, headers: dict[str, str]
) -> None:
    answer = as_(year.coordinator).post(
        central_url(year, "1.3"), HELD | {"counts-Hài lòng": "2,5"}, headers=headers
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="2,5"' in page
    assert "phải là số nguyên" in page
    assert year.row("1.3", Layer.COUNCIL) is None


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_conflict_shows_both_values_and_can_be_settled(
    year: Year, as_: Callable, headers: dict[str, str]
) -> None:
    browser = as_(year.coordinator)
    browser.post(central_url(year, "1.3"), HELD)
    mine = HELD | {"counts-Hài lòng": "1"}
    answer = browser.post(central_url(year, "1.3"), mine, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "<dd>2,25 điểm (" in page
    assert 'value="1"' in page
    assert 'name="overwrite" value="1"' in page
    assert str(year.row("1.3", Layer.COUNCIL).points) == "2.25"
    browser.post(central_url(year, "1.3"), mine | {"overwrite": "1"}, headers=headers)
    assert str(year.row("1.3", Layer.COUNCIL).points) == "0.75"


def test_points_set_by_hand_need_a_reason(year: Year, as_: Callable) -> None:
    browser, by_hand = as_(year.coordinator), {"override": "1", "version": "0"}
    answer = browser.post(central_url(year, "P"), by_hand, headers=HTMX)
    assert (answer.status_code, year.row("P", Layer.COUNCIL)) == (422, None)
    browser.post(central_url(year, "P"), by_hand | {"reason": "Theo kết luận thanh tra"})
    assert str(year.row("P", Layer.COUNCIL).points) == "-1"
    page = browser.get(reverse("central_leaf", args=[year.cohort.pk, year.criterion("P")])).content.decode()
    assert 'name="override" value="1"' in page


def test_an_empty_row_clears_the_result(year: Year, as_: Callable) -> None:
    browser = as_(year.coordinator)
    browser.post(central_url(year, "1.3"), HELD)
    browser.post(central_url(year, "1.3"), {"version": "1"})
    assert not year.row("1.3", Layer.COUNCIL).is_answered


def test_no_survey_for_the_whole_cohort(year: Year, as_: Callable) -> None:
    url = reverse("central_skip", args=[year.cohort.pk, year.criterion("1.3")])
    assert "được loại khỏi tổng điểm tối đa" in as_(year.coordinator).get(url).content.decode()
    page = as_(year.coordinator).post(url, follow=True).content.decode()
    assert "cho 3 đơn vị" in page
    assert "Đã nhập 3/3" in page


def test_leaves_of_the_units_and_of_other_sets_are_not_found(year: Year, as_: Callable) -> None:
    browser = as_(year.coordinator)
    for criterion in (year.criterion("1.1"), year.criterion("1"), 10**6):
        assert browser.get(reverse("central_leaf", args=[year.cohort.pk, criterion])).status_code == 404
    skip = reverse("central_skip", args=[year.cohort.pk, year.criterion("P")])
    assert browser.post(skip).status_code == 404
