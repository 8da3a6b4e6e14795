"""One criterion of all units in a table: who sees which rows, what a row saves, and what the page costs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from assessments.actions.assignments import Duty, assign
from assessments.actions.cohorts import add_cohort, set_units
from assessments.actions.evidence import add_link, attach
from assessments.actions.periods import create_period, open_period
from assessments.actions.publication import publish
from assessments.actions.rounds import explain
from assessments.models import CorrectedScore, Layer, Publication, Score
from assessments.permissions import desk_of
from assessments.queries.by_criterion import criterion_table, leaf_to_appraise
from criteria.actions import load_set
from criteria.models import CriteriaSet
from criteria.queries import stored_tree
from criteria.schema import read_set
from tests.assessments.appraising import (
    HTMX,
    client_of,
    cohort_url,
    give,
    give_to_two,
    leaf_url,
    office_of,
    page,
    post,
    queries_of,
    row_url,
    say,
    sheet_url,
    table_url,
)
from tests.assessments.conftest import DEADLINE, NOW, OPENS, Year, make_year
from tests.calendars import overlapping
from tests.factories import user_with

pytestmark = pytest.mark.usefixtures("in_the_middle_of_the_year")


@pytest.fixture
def sent(year: Year) -> Year:
    for place, points in enumerate(("3", "2", "4")):
        year.score("1.1", {"points": points}, place)
        year.submit(place)
    return year


def table(year: Year, person: User | None = None, code: str = "1.1"):
    pk, desk = year.criterion(code), desk_of(person or year.appraiser, year.cohort)
    return criterion_table(year.cohort, pk, leaf_to_appraise(year.cohort, pk), desk, now=year.now)


def test_all_sent_units_stand_in_one_table(sent: Year):
    html = page(sent.appraiser, table_url(sent))
    assert [html.count(f'id="leaf-{sent.sheet(place).pk}"') for place in range(3)] == [1, 1, 1]
    assert "0/3 đơn vị" in html
    assert "Enter lưu và sang đơn vị tiếp theo" in html


def test_what_the_unit_shows_opens_from_the_table(year: Year):
    officer = year.officers[year.units[0].pk]
    add_link(
        assessment=year.sheet(),
        criterion_id=year.criterion("1.1"),
        title="Trang tin",
        url="https://example.vn/ke-hoach",
        by=officer,
        now=year.now,
    )
    year.score("1.1", {"points": "3"}, note="ban hành chậm")
    year.submit()
    html = page(year.appraiser, table_url(year))
    assert 'href="https://example.vn/ke-hoach"' in html
    assert "ban hành chậm" in html
    assert "2 đơn vị chưa gửi phiếu" in html


def test_a_row_saves_points_and_tells_the_new_count(sent: Year):
    answer = post(sent.appraiser, row_url(sent), basis="data", points="2,5", reason="thiếu kế hoạch")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "2,5</strong>/4 điểm" in html
    assert "1/3 đơn vị" in html
    assert 'hx-swap-oob="true"' in html
    assert str(sent.row("1.1", Layer.ROUND1).points) == "2.5"


def test_typing_what_the_unit_declared_is_agreement(sent: Year):
    assert post(sent.appraiser, row_url(sent), basis="data", points="3,0").status_code == 200
    assert sent.row("1.1", Layer.ROUND1).basis == Score.Basis.KEPT
    assert post(sent.appraiser, leaf_url(sent, place=1), basis="data", points="2").status_code == 200
    assert sent.row("1.1", Layer.ROUND1, 1).basis == Score.Basis.DATA


def test_it_works_without_script(sent: Year):
    done = post(sent.appraiser, row_url(sent), htmx=False, basis="kept")
    assert done.status_code == 302
    assert done.url == f"{table_url(sent)}#leaf-{sent.sheet().pk}"
    refused = post(sent.appraiser, row_url(sent, place=1), htmx=False, basis="data", points="1")
    html = refused.content.decode()
    assert refused.status_code == 422
    assert "Lý do: Hãy ghi lý do" in html
    assert 'name="points" value="1"' in html
    assert client_of(sent.appraiser).get(row_url(sent)).url == done.url


def test_the_later_of_two_tabs_sees_both_values(sent: Year):
    post(sent.appraiser, row_url(sent), basis="data", points="1", reason="thiếu")
    later = post(sent.appraiser, row_url(sent), basis="data", points="2", reason="khác")
    html = later.content.decode()
    assert later.status_code == 409
    assert "1 điểm – thiếu" in html
    assert "2 điểm – khác" in html
    assert sent.row("1.1", Layer.ROUND1).points == 1
    chosen = post(sent.appraiser, row_url(sent), basis="data", points="2", reason="khác", overwrite="1")
    assert chosen.status_code == 200


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"basis": "data", "points": "=1+1"}, 422),
        ({"basis": "data", "points": "1e9"}, 422),
        ({"basis": "data", "points": "-1", "reason": "x"}, 422),
        ({"basis": "data", "points": "5", "reason": "x"}, 422),
        ({"basis": "data"}, 422),
        ({"basis": "no such"}, 422),
        ({"basis": "kept", "layer": "self"}, 422),
        ({"basis": "kept", "layer": "council"}, 403),
        ({"basis": "kept", "version": "-3"}, 422),
        ({"basis": "data", "points": "1", "reason": "x" * 4001}, 422),
    ],
)
def test_what_makes_no_sense_is_refused(sent: Year, typed: dict[str, str], status: int):
    assert post(sent.appraiser, row_url(sent), **typed).status_code == status
    assert sent.row("1.1", Layer.ROUND1) is None


def test_what_was_typed_is_text_on_the_page(sent: Year):
    bad = '<script>alert("x")</script>'
    answer = post(sent.appraiser, row_url(sent), htmx=False, basis="data", points=bad, reason=bad)
    assert bad not in answer.content.decode()
    post(sent.appraiser, row_url(sent), basis="data", points="1", reason=bad)
    assert bad not in page(sent.appraiser, table_url(sent))


def test_the_choice_in_the_address_can_be_anything(sent: Year):
    assert client_of(sent.appraiser).get(table_url(sent), {"xem": "<'\"\x00"}).status_code == 200


@pytest.mark.parametrize(
    ("chosen", "places"),
    [
        ("con-lai", [1, 2]),
        ("khac-diem", [0]),
        ("giai-trinh", [0]),
        ("khong-tai-lieu", [1, 2]),
        ("duoi-toi-da", [0, 1]),
        ("khong-dong-y", []),
        ("khong-co", [0, 1, 2]),
    ],
)
def test_a_part_of_the_units(year: Year, chosen: str, places: list[int]):
    kept = add_link(
        assessment=year.sheet(),
        criterion_id=year.criterion("1.1"),
        title="Trang",
        url="https://example.vn/",
        by=year.officers[year.units[0].pk],
        now=year.now,
    ).evidence
    attach(evidence=kept, criterion_id=year.criterion("1.2"), by=kept.added_by, now=year.now)
    for place, points in enumerate(("3", "2", "4")):
        year.score("1.1", {"points": points}, place)
        year.submit(place)
    say(year, year.appraiser, "1")
    html = client_of(year.appraiser).get(table_url(year), {"xem": chosen}).content.decode()
    assert [place for place in range(3) if f'id="leaf-{year.sheet(place).pk}"' in html] == places


def test_an_appraiser_does_not_see_his_own_unit(sent: Year):
    sent.appraiser.memberships.create(role=Role.OFFICER, unit=sent.units[1])
    person = User.objects.get(pk=sent.appraiser.pk)
    html = page(person, table_url(sent))
    assert f'id="leaf-{sent.sheet(1).pk}"' not in html
    assert "1 đơn vị do người khác thẩm định" in html
    assert post(person, row_url(sent, place=1), basis="kept").status_code == 403
    assert client_of(person).get(row_url(sent, place=1)).status_code == 403


def test_the_substitute_sees_only_the_unit_he_stands_in_for(sent: Year):
    sent.appraiser.memberships.create(role=Role.OFFICER, unit=sent.units[1])
    substitute = user_with(Role.APPRAISER, user_with(Role.APPRAISER, office_of(sent)).held[0].unit)
    other = user_with(Role.APPRAISER, sent.host)
    give(sent, "1.1", Duty(office_of(sent), sent.appraiser, other))
    assert [row.assessment.unit_id for row in table(sent, other).rows] == [sent.units[1].pk]
    assert post(other, row_url(sent, place=1), basis="kept").status_code == 200
    assert post(other, row_url(sent), basis="kept").status_code == 403
    assert post(substitute, row_url(sent), basis="kept").status_code == 403


@pytest.mark.parametrize("who", ["coordinator", "leader"])
def test_who_oversees_the_cohort_reads_and_judges_nothing(sent: Year, who: str):
    person = getattr(sent, who)
    assert 'class="judge-form"' not in page(person, table_url(sent))
    assert post(person, row_url(sent), basis="kept").status_code == 403


def test_a_round_that_is_over_says_so_and_shows_no_form(sent: Year):
    sent.period.round1_closes = NOW - timedelta(minutes=1)
    sent.period.round1_opens = NOW - timedelta(days=1)
    sent.period.save()
    assert 'class="judge-form"' not in page(sent.appraiser, table_url(sent))
    assert "Đã hết hạn thẩm định vòng 1" in page(sent.appraiser, sheet_url(sent))
    answer = post(sent.appraiser, row_url(sent), basis="kept")
    assert answer.status_code == 409
    assert "Đã hết hạn thẩm định vòng 1" in answer.content.decode()


def test_only_leaves_that_units_score_have_a_table(sent: Year):
    for code in ("1.3", "1", "P"):
        assert client_of(sent.appraiser).get(table_url(sent, code)).status_code == 404
    assert (
        client_of(sent.appraiser).get(f"/tham-dinh/nhom/{sent.cohort.pk}/tieu-chi/999999/").status_code == 404
    )


def test_the_criteria_before_and_after_are_his(sent: Year):
    other = user_with(Role.APPRAISER, office_of(sent))
    give(sent, "1.2", Duty(office_of(sent), other))
    html = page(sent.appraiser, table_url(sent))
    assert 'rel="prev"' not in html
    assert f'rel="next" href="{table_url(sent, "2.1")}"' in html
    assert table_url(sent, "1.2") not in page(sent.appraiser, cohort_url(sent))


def test_round_two_has_only_what_the_unit_disputes(sent: Year):
    say(sent, sent.appraiser, "1")
    sent.release()
    explain(
        assessment=sent.sheet(),
        criterion_id=sent.criterion("1.1"),
        agrees=False,
        text="Kế hoạch ban hành đúng hạn",
        seen=0,
        by=sent.officers[sent.units[0].pk],
        now=sent.now,
    )
    html = page(sent.appraiser, table_url(sent))
    assert "Kế hoạch ban hành đúng hạn" in html
    assert "Vòng 1: 1 điểm – thiếu tài liệu" in html
    by_sheet = page(sent.appraiser, f"{sheet_url(sent)}?xem=khong-dong-y")
    assert "Kế hoạch ban hành đúng hạn" in by_sheet
    assert by_sheet.count('class="judge-form"') == 1
    assert 'class="judge-form"' not in page(sent.appraiser, leaf_url(sent, "1.2"))
    # Typing what the unit declared is no agreement here: round 1 stands before round 2.
    answer = post(sent.appraiser, row_url(sent), layer="round2", basis="data", points="3")
    assert answer.status_code == 200
    assert sent.row("1.1", Layer.ROUND2).points == 3
    assert "3/3 đơn vị" not in answer.content.decode()
    assert "1/3 đơn vị" in answer.content.decode()


def year_after(year: Year) -> None:
    """Publish the year, and let its units begin another one on the same set."""
    act = {"by": year.coordinator, "now": NOW}
    publish(
        period=year.period,
        decision_number="1/QĐ-UBND",
        decision_date=NOW.date(),
        decision_issuer="UBND tỉnh",
        **act,
    )
    calendar = overlapping(OPENS, DEADLINE)
    period = create_period(host=year.host, year=2027, name="Năm sau", calendar=calendar, **act)
    year.cohort = add_cohort(period=period, name="Xã", criteria_set=year.criteria_set, **act)
    set_units(cohort=year.cohort, units=year.units, **act)
    for code in ("1", "2", "T", "P"):
        duties = [Duty(office_of(year))]
        assign(
            cohort=year.cohort, criterion_id=stored_tree(year.criteria_set).ids[code], duties=duties, **act
        )
    year.period = open_period(period=period, **act)


def test_a_year_published_here_stands_beside_as_it_was_corrected(year: Year):
    for place, points in enumerate(("4", "3.5", "2")):
        year.play(place, points)
    first = year.sheet()
    year_after(year)
    for place in range(3):
        year.score("1.1", {"points": "1"}, place)
        year.submit(place)
    html = page(year.appraiser, table_url(year))
    assert "2026: 4/4" in html
    assert "2026: 3,5/4" in html
    CorrectedScore.objects.create(
        publication=Publication.objects.get(),
        assessment=first,
        criterion_id=year.criterion("1.1"),
        basis=Score.Basis.OVERRIDE,
        points=Decimal("1.25"),
        max_points=4,
        note="đính chính",
        updated_at=NOW,
        updated_by=year.coordinator,
    )
    html = page(year.appraiser, table_url(year))
    assert "2026: 1,25/4" in html
    assert "2026: 4/4" not in html


def test_a_running_year_is_not_shown_as_an_earlier_one(sent: Year):
    assert "2026:" not in page(sent.appraiser, table_url(sent))


@pytest.mark.parametrize("double", [False, True])
@pytest.mark.parametrize("closed", [False, True])
def test_the_table_takes_as_many_queries_for_three_units_as_for_one(
    small_set: CriteriaSet, double: bool, closed: bool
):
    counts = []
    for size in (1, 3):
        year = make_year(small_set, size=size)
        year.open()
        for place in range(size):
            year.score("1.1", {"points": "3"}, place)
            year.submit(place)
        if double:
            give_to_two(year)
        say(year, year.appraiser, "2")
        if closed:
            year.period.round1_opens, year.period.round1_closes = (
                NOW - timedelta(days=9),
                NOW - timedelta(days=1),
            )
            year.period.save()
        counts.append([queries_of(year.appraiser, url) for url in (table_url(year), cohort_url(year))])
        counts[-1] += [queries_of(year.coordinator, url) for url in (table_url(year), cohort_url(year))]
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 25


def test_many_leaves_take_no_more_queries(small_set: CriteriaSet):
    text = (Path(settings.BASE_DIR) / "fixtures/sets/mau-xa-2-cap.yaml").read_text(encoding="utf-8")
    few, many = make_year(small_set, size=1), make_year(load_set(read_set(text)), size=1)
    counts = []
    for year, code in ((few, "1.1"), (many, "1.1.1")):
        year.open()
        year.submit()
        counts.append(
            [
                queries_of(year.appraiser, url)
                for url in (table_url(year, code), cohort_url(year), sheet_url(year))
            ]
        )
    assert counts[0] == counts[1]


def test_saving_a_row_takes_as_many_queries_for_three_units_as_for_one(small_set: CriteriaSet):
    counts = []
    for size in (1, 3):
        year = make_year(small_set, size=size)
        year.open()
        for place in range(size):
            year.submit(place)
        client = client_of(year.appraiser)
        client.get(table_url(year))
        typed = {"layer": "round1", "version": "0", "basis": "kept"}
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(row_url(year), typed, headers=HTMX)
        assert answer.status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_cannot_be_his_is_not_counted(sent: Year):
    second = give_to_two(sent)
    say(sent, sent.appraiser, "1")
    assert table(sent).count.done == 1
    assert table(sent, second).count.done == 0
    assert table(sent, sent.coordinator).count.done == 0
    say(sent, second, "1")
    assert [table(sent, person).count.done for person in (sent.appraiser, second, sent.coordinator)] == [
        1,
        1,
        1,
    ]
