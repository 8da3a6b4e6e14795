"""The coordinator gives criteria to offices and people, by hand or as the criteria set itself names them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.models import Role, Unit
from assessments.actions.assignments import Duty
from assessments.actions.publication import publish
from assessments.models import Assignment, Event
from assessments.queries.assignments import assigned
from assessments.queries.duties import duty_board, proposals
from criteria.actions import load_set
from criteria.models import CriteriaSet
from criteria.schema import read_set
from tests.assessments.appraising import client_of, give, office_of, page, queries_of, say
from tests.assessments.conftest import NOW, SMALL, Year, make_year
from tests.factories import DepartmentFactory, user_with

pytestmark = pytest.mark.usefixtures("in_the_middle_of_the_year")

OWNED = SMALL.replace(
    "    name: Chỉ đạo, điều hành\n", "    name: Chỉ đạo, điều hành\n    owner: Sở Nội vụ\n"
).replace("    name: Dịch vụ công\n", "    name: Dịch vụ công\n    owner: Văn phòng Ủy ban nhân dân tỉnh\n")


def board_url(year: Year) -> str:
    return reverse("assignments", args=[year.cohort.pk])


def edit_url(year: Year, code: str = "1.1") -> str:
    return reverse("assignment", args=[year.cohort.pk, year.criterion(code)])


def propose_url(year: Year) -> str:
    return reverse("assignments_propose", args=[year.cohort.pk])


def test_the_tree_tells_who_has_what_and_how_far_he_is(year: Year):
    year.score("1.1", {"points": "3"})
    year.submit()
    say(year, year.appraiser, "3", reason="")
    html = page(year.coordinator, board_url(year))
    assert str(office_of(year)) in html
    assert "Đã xong 1/2" in html
    board = duty_board(year.cohort)
    assert {line.criterion.code: (line.count.done, line.count.asked) for line in board.areas[0].below} == {
        "1.1": (1, 1),
        "1.2": (0, 1),
    }


def test_a_criterion_is_given_to_two_people_with_substitutes(year: Year):
    other = DepartmentFactory(parent=year.host)
    second, substitute = user_with(Role.APPRAISER, other), user_with(Role.APPRAISER, year.host)
    answer = client_of(year.coordinator).post(
        edit_url(year),
        {
            "office1": office_of(year).pk,
            "appraiser1": year.appraiser.pk,
            "substitute1": substitute.pk,
            "office2": other.pk,
            "appraiser2": second.pk,
        },
    )
    assert answer.url == f"{board_url(year)}#criterion-{year.criterion('1.1')}"
    first, last = Assignment.objects.filter(criterion=year.criterion("1.1")).order_by("place")
    assert (first.appraiser, first.substitute) == (year.appraiser, substitute)
    assert (last.appraiser, last.substitute) == (second, None)
    html = page(year.coordinator, edit_url(year))
    assert html.count(" selected") == 6
    assert Event.objects.filter(action="assign", criterion=year.criterion("1.1")).count() == 1


def test_without_an_office_a_criterion_goes_with_what_is_above(year: Year):
    other = DepartmentFactory(parent=year.host)
    give(year, "1.1", Duty(other))
    stood = Assignment.objects.get(criterion=year.criterion("1.1"))
    answer = client_of(year.coordinator).post(edit_url(year), {"office1": "", "stood": stood.pk})
    assert answer.status_code == 302
    assert not Assignment.objects.filter(criterion=year.criterion("1.1")).exists()


def test_the_later_of_two_coordinators_is_told_and_sees_what_stands(year: Year):
    first, later = (DepartmentFactory(parent=year.host) for _ in range(2))
    opened = page(year.coordinator, edit_url(year))
    assert 'name="stood"' in opened
    give(year, "1.1", Duty(first))
    answer = client_of(year.coordinator).post(edit_url(year), {"office1": later.pk, "stood": ""})
    assert answer.status_code == 409
    assert "Phân công 1.1 vừa được người khác thay đổi" in answer.content.decode()
    stands = Assignment.objects.get(criterion=year.criterion("1.1"))
    assert stands.office == first
    assert answer.context["form"]["office1"].value() == first.pk
    again = client_of(year.coordinator).post(edit_url(year), {"office1": later.pk, "stood": stands.pk})
    assert again.status_code == 302
    assert Assignment.objects.get(criterion=year.criterion("1.1")).office == later


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"office1": "x"}, "Hãy chọn trong danh sách"),
        ({"office1": "999999"}, "Hãy chọn trong danh sách"),
        ({"appraiser1": "own"}, "Hãy chọn cơ quan của cán bộ thẩm định"),
        ({"office2": "own"}, "Hãy chọn cơ quan thứ nhất"),
        ({"office1": "host", "appraiser1": "own"}, "không phải cán bộ thẩm định của"),
        ({"office1": "own", "office2": "own"}, "hai người khác nhau"),
        ({"office1": "own", "appraiser1": "own", "substitute1": "own"}, "Người thay thế phải là người khác"),
        ({"office1": "commune"}, "Hãy chọn trong danh sách"),
        ({"office1": "own", "appraiser1": "officer"}, "Hãy chọn trong danh sách"),
    ],
)
def test_what_cannot_be_is_refused_in_words(year: Year, typed: dict[str, str], words: str):
    known = {
        ("office", "own"): office_of(year).pk,
        ("office", "host"): year.host.pk,
        ("office", "commune"): year.units[0].pk,
        ("appraiser", "own"): year.appraiser.pk,
        ("substitute", "own"): year.appraiser.pk,
        ("appraiser", "officer"): year.officers[year.units[0].pk].pk,
    }
    data = {name: known.get((name[:-1], value), value) for name, value in typed.items()}
    answer = client_of(year.coordinator).post(edit_url(year), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Assignment.objects.filter(criterion=year.criterion("1.1")).exists()


def test_leaves_that_nobody_has_are_named(year: Year):
    give(year, "1")
    html = page(year.coordinator, board_url(year))
    assert "2 tiêu chí chưa có ai thẩm định" in html
    assert f'href="#criterion-{year.criterion("1.2")}"' in html
    give(year, "1.1", Duty(office_of(year)))
    assert [line.criterion.code for line in duty_board(year.cohort).unassigned] == ["1.2"]


def test_an_office_that_would_appraise_itself_is_named_until_it_has_a_substitute(year: Year):
    year.appraiser.memberships.create(role=Role.OFFICER, unit=year.units[0])
    give(year, "1", Duty(office_of(year), year.appraiser))
    html = page(year.coordinator, board_url(year))
    assert "không thẩm định được đơn vị của mình" in html
    assert str(year.units[0]) in html
    same = user_with(Role.APPRAISER, year.host)
    same.memberships.create(role=Role.OFFICER, unit=year.units[0])
    give(year, "1", Duty(office_of(year), year.appraiser, same))
    assert "không thẩm định được đơn vị của mình" in page(year.coordinator, board_url(year))
    give(year, "1", Duty(office_of(year), year.appraiser, user_with(Role.APPRAISER, year.host)))
    assert "không thẩm định được đơn vị của mình" not in page(year.coordinator, board_url(year))


@pytest.fixture
def owned(db: None) -> Year:
    """Nothing is assigned; the set names the offices, one of them the longer way."""
    year = make_year(load_set(read_set(OWNED)))
    Assignment.objects.all().delete()
    Unit.objects.filter(pk=office_of(year).pk).update(
        short_name="Sở Nội vụ", name=f"Sở Nội vụ {year.host.short_name}"
    )
    return year


def test_offices_that_the_set_names_get_what_nobody_has(owned: Year):
    desk = DepartmentFactory(
        parent=owned.host, short_name="Văn phòng UBND tỉnh", name=f"Văn phòng UBND {owned.host.short_name}"
    )
    html = page(owned.coordinator, propose_url(owned))
    assert "Phân công 2 mục" in html
    client_of(owned.coordinator).post(propose_url(owned))
    given = {
        row.criterion.code: row.office for row in Assignment.objects.select_related("criterion", "office")
    }
    assert given == {"1": office_of(owned), "2": desk}
    assert "Phân công 2 mục" not in page(owned.coordinator, propose_url(owned))


def test_what_was_given_stays_and_unknown_names_are_told(owned: Year):
    give(owned, "1", Duty(owned.host))
    html = page(owned.coordinator, propose_url(owned))
    assert "Giữ nguyên" in html
    assert "Không có cơ quan cùng tên" in html
    client_of(owned.coordinator).post(propose_url(owned))
    assert [row.office for row in Assignment.objects.select_related("office")] == [owned.host]


def test_a_name_that_two_offices_bear_means_neither(owned: Year):
    DepartmentFactory(parent=owned.host, short_name="Sở Nội vụ")
    found = {one.criterion.code: one.office for one in proposals(owned.cohort, assigned(owned.cohort))}
    assert found["1"] is None


def test_nothing_is_given_any_more_once_the_year_is_published(year: Year):
    for place in range(3):
        year.play(place)
    publish(
        period=year.period,
        decision_number="1/QĐ-UBND",
        decision_date=NOW.date(),
        decision_issuer="UBND tỉnh",
        by=year.coordinator,
        now=NOW,
    )
    assert edit_url(year) not in page(year.coordinator, board_url(year))
    answer = client_of(year.coordinator).post(edit_url(year), {"office1": office_of(year).pk})
    assert answer.status_code == 422
    assert "Kết quả đã công bố" in answer.content.decode()


def test_the_board_takes_as_many_queries_for_three_units_and_many_leaves_as_for_one(small_set: CriteriaSet):
    text = (Path(settings.BASE_DIR) / "fixtures/sets/mau-xa-2-cap.yaml").read_text(encoding="utf-8")
    large = load_set(read_set(text))
    counts = []
    for criteria_set, size in ((small_set, 1), (small_set, 3), (large, 1)):
        year = make_year(criteria_set, size=size)
        year.open()
        for place in range(size):
            year.submit(place)
        counts.append([queries_of(year.coordinator, url(year)) for url in (board_url, propose_url)])
    assert counts[0] == counts[1] == counts[2]
