"""What is left for an appraiser: his own leaves, by cohort, with the deadline of the round."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Role, User
from assessments.actions.assignments import Duty, assign
from assessments.actions.cohorts import add_cohort, set_units
from assessments.actions.extensions import extend
from assessments.actions.rounds import explain
from assessments.calendar import Phase
from assessments.models import Layer, Score
from assessments.queries.waiting import Count, cohorts_to_appraise
from criteria.models import CriteriaSet
from tests.assessments.appraising import (
    client_of,
    cohort_url,
    give,
    give_to_two,
    leaf_url,
    office_of,
    page,
    post,
    queries_of,
    say,
    sheet_url,
)
from tests.assessments.conftest import NOW, Year, make_year
from tests.factories import user_with

pytestmark = pytest.mark.usefixtures("in_the_middle_of_the_year")


@pytest.fixture
def sent(year: Year) -> Year:
    year.score("1.1", {"points": "3"})
    year.submit()
    return year


def counts(year: Year, person: User) -> list[Count]:
    found = cohorts_to_appraise(person, now=year.now)
    return [sheet.count for cohort in found for sheet in cohort.sheets]


def test_only_his_leaves_count(sent: Year):
    other = user_with(Role.APPRAISER, office_of(sent))
    give(sent, "1.1", Duty(office_of(sent), other))
    assert counts(sent, sent.appraiser) == [Count(0, 5)]
    assert counts(sent, other) == [Count(0, 6)]
    say(sent, other, "2")
    assert counts(sent, sent.appraiser) == [Count(0, 5)]
    assert counts(sent, other) == [Count(1, 6)]


def test_a_sheet_shows_an_appraiser_only_what_is_his(sent: Year):
    other = user_with(Role.APPRAISER, sent.host)
    give(sent, "1.1", Duty(sent.host, other))
    html = page(other, sheet_url(sent))
    assert html.count('class="leaf"') == 1
    assert "0/1" in html
    assert page(sent.coordinator, sheet_url(sent)).count('class="leaf"') == 8
    assert f'id="leaf-{sent.criterion("1.1")}"' not in page(sent.appraiser, sheet_url(sent))


def test_totals_of_the_whole_sheet_are_for_who_sees_all_of_it(sent: Year):
    say(sent, sent.appraiser, "2.75")
    assert "2,75</strong>\n        <span>/" in page(sent.coordinator, sheet_url(sent))
    answer = post(sent.appraiser, leaf_url(sent, "1.2"), basis="kept")
    assert "2,75" not in answer.content.decode()
    assert "2/6" in answer.content.decode()


def test_his_own_unit_is_not_his(sent: Year):
    sent.appraiser.memberships.create(role=Role.UNIT_LEADER, unit=sent.units[0])
    assert counts(sent, User.objects.get(pk=sent.appraiser.pk)) == []


def test_the_deadline_of_the_round_is_counted_down(sent: Year):
    html = page(sent.appraiser, reverse("appraisals"))
    assert "Thẩm định vòng 1: còn <strong" in html
    assert "còn 89 ngày" in html
    sent.period.round1_opens, sent.period.round1_closes = NOW - timedelta(days=9), NOW - timedelta(days=1)
    sent.period.save()
    assert "hãy đề nghị điều phối gia hạn" in page(sent.appraiser, reverse("appraisals"))
    sent.period.round1_opens, sent.period.round1_closes = NOW + timedelta(days=1), NOW + timedelta(days=9)
    sent.period.save()
    assert "Bắt đầu 09:00 ngày 03 tháng 3 năm 2026" in page(sent.appraiser, reverse("appraisals"))


def test_an_extension_opens_its_leaves_alone(sent: Year):
    sent.period.round1_opens, sent.period.round1_closes = NOW - timedelta(days=9), NOW - timedelta(days=1)
    sent.period.save()
    extend(
        assessment=sent.sheet(),
        phase=Phase.ROUND1,
        until=NOW + timedelta(days=2),
        leaves=[sent.criterion("1.1")],
        reason="thẩm định lại",
        document="12/CV",
        by=sent.coordinator,
        now=sent.now,
    )
    html = page(sent.appraiser, sheet_url(sent))
    assert html.count('class="judge-form"') == 1
    assert "Đồng ý cả lĩnh vực (1 tiêu chí" in html


def test_round_two_leaves_what_the_unit_disputes(sent: Year):
    say(sent, sent.appraiser, "1")
    sent.release()
    assert counts(sent, sent.appraiser) == [Count(6, 6)]
    explain(
        assessment=sent.sheet(),
        criterion_id=sent.criterion("1.1"),
        agrees=False,
        text="Đã ban hành",
        seen=0,
        by=sent.officers[sent.units[0].pk],
        now=sent.now,
    )
    assert counts(sent, sent.appraiser) == [Count(5, 6)]
    # Points of round 2 from before it was disputed are no decision on it.
    early = Score.objects.create(
        assessment=sent.sheet(),
        criterion_id=sent.criterion("1.1"),
        layer=Layer.ROUND2,
        basis=Score.Basis.KEPT,
        max_points=4,
        points=1,
        updated_by=sent.appraiser,
        updated_at=sent.now - timedelta(seconds=1),
    )
    assert counts(sent, sent.appraiser) == [Count(5, 6)]
    early.delete()
    html = page(sent.appraiser, reverse("appraisals"))
    assert "Thẩm định vòng 2: còn <strong" in html
    assert "?xem=khong-dong-y" in html
    answer = post(sent.appraiser, leaf_url(sent), layer="round2", basis="kept")
    assert answer.status_code == 200
    assert "Giữ điểm vòng 1" in answer.content.decode()
    assert counts(sent, sent.appraiser) == [Count(6, 6)]


def test_progress_per_office_unit_and_criterion(sent: Year):
    second = give_to_two(sent)
    say(sent, sent.appraiser, "1")
    say(sent, sent.appraiser, "1", code="2.2.1")
    html = page(sent.coordinator, cohort_url(sent))
    shown = {
        name: html.split(f">{name}")[1].split('class="num">')[1].split("<")[0]
        for name in (str(office_of(sent)), str(second.held[0].unit), "1.1 Kế hoạch", "2.2.1 Cách một")
    }
    assert list(shown.values()) == ["2/6", "0/1", "0/1", "1/1"]
    assert page(sent.leader, cohort_url(sent)).count("Theo cơ quan thẩm định") == 1
    assert "Theo cơ quan thẩm định" not in page(sent.appraiser, cohort_url(sent))


def test_the_button_of_an_area_counts_what_it_would_agree_with(sent: Year):
    assert "Đồng ý cả lĩnh vực (2 tiêu chí" in page(sent.appraiser, sheet_url(sent))
    say(sent, sent.appraiser, "1")
    assert "Đồng ý cả lĩnh vực (1 tiêu chí" in page(sent.appraiser, sheet_url(sent))
    # A part of the leaves would make the number lie.
    assert "Đồng ý cả" not in page(sent.appraiser, f"{sheet_url(sent)}?xem=khac-diem")
    client_of(sent.appraiser).post(reverse("agree_area", args=[sent.sheet().pk, "1"]))
    assert "Đồng ý cả lĩnh vực (3 tiêu chí" in page(sent.appraiser, sheet_url(sent))


@pytest.mark.parametrize("double", [False, True])
def test_the_list_takes_as_many_queries_for_three_units_as_for_one(small_set: CriteriaSet, double: bool):
    found = []
    for size in (1, 3):
        year = make_year(small_set, size=size)
        year.open()
        for place in range(size):
            year.submit(place)
        if double:
            give_to_two(year)
            say(year, year.appraiser, "0", reason="")
        found.append([queries_of(year.appraiser, url) for url in (reverse("appraisals"), sheet_url(year))])
    assert found[0] == found[1]
    assert found[0][0] <= 12


def test_several_cohorts_take_no_more_queries(small_set: CriteriaSet):
    year = make_year(small_set, size=3)
    act = {"by": year.coordinator, "now": NOW}
    before, other = year.units[:2], year.units[2:]
    set_units(cohort=year.cohort, units=before, **act)
    more = add_cohort(period=year.period, name="Phường", criteria_set=small_set, **act)
    set_units(cohort=more, units=other, **act)
    for top in small_set.criteria.filter(parent=None).order_by("position"):
        assign(cohort=more, criterion_id=top.pk, duties=[Duty(office_of(year))], **act)
    year.open()
    year.submit(0)
    one = queries_of(year.appraiser, reverse("appraisals"))
    year.submit(2)
    assert queries_of(year.appraiser, reverse("appraisals")) == one
    assert len(cohorts_to_appraise(year.appraiser, now=year.now)) == 2
