"""A leaf that two appraise: neither learns anything of the other before his own mark, then the coordinator settles."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import Role, User
from assessments.actions.assignments import Duty
from assessments.actions.rounds import release
from assessments.models import Layer, Mark, Score
from assessments.workflow import Action, Refusal
from tests.assessments.appraising import (
    PASSING,
    client_of,
    cohort_url,
    give,
    give_to_two,
    leaf_url,
    office_of,
    page,
    post,
    row_url,
    say,
    sheet_url,
    table_url,
)
from tests.assessments.conftest import NOW, Year
from tests.factories import user_with

pytestmark = pytest.mark.usefixtures("in_the_middle_of_the_year")

LENSES = ("", "?xem=con-lai", "?xem=khac-diem", "?xem=giai-trinh", "?xem=can-thong-nhat", "?xem=khong-dong-y")


@pytest.fixture
def second(year: Year) -> User:
    for place in range(3):
        year.score("1.1", {"points": "3"}, place)
        year.submit(place)
    return give_to_two(year)


def everything(person: User, year: Year) -> dict[str, tuple[int, bytes]]:
    """What he can look at or try that could speak of the leaf; what his tries change is undone."""
    client = client_of(person)
    sheet, leaf = year.sheet().pk, year.criterion("1.1")
    addresses = [f"{url}{lens}" for url in (sheet_url(year), table_url(year)) for lens in LENSES]
    addresses += [leaf_url(year), row_url(year), cohort_url(year), reverse("appraisals")]
    addresses += [reverse(name, args=[year.period.pk]) for name in ("period", "period_events")]
    addresses += [reverse(name, args=[sheet]) for name in ("sheet", "evidence_list")]
    addresses.append(reverse("leaf_history", args=[sheet, leaf]))
    found = {url: client.get(url) for url in addresses}
    found |= {f"htmx {url}": client.get(url, headers={"HX-Request": "true"}) for url in addresses}
    for url in (leaf_url(year), row_url(year)):
        for tried in (
            {"basis": "mark1", "settles": "on"},
            {"basis": "mark2", "settles": "on"},
            {"basis": "data", "points": "1", "settles": "on", "reason": "thử"},
            {"basis": "data", "points": "5"},
            {"basis": "data", "points": "1"},
            {"layer": "round2", "basis": "kept"},
        ):
            with transaction.atomic():
                found[f"POST {url} {tried}"] = post(person, url, **tried)
                transaction.set_rollback(True)
    return {url: (answer.status_code, PASSING.sub(b"", answer.content)) for url, answer in found.items()}


@pytest.mark.parametrize("role", ["appraiser", "coordinating appraiser"])
def test_nothing_depends_on_the_other_mark_before_ones_own(year: Year, second: User, role: str):
    if role != "appraiser":
        second.memberships.create(role=Role.COORDINATOR, unit=year.host)
        second = User.objects.get(pk=second.pk)
    seen = [everything(second, year)]
    for points in ("1", "3"):
        with transaction.atomic():
            say(year, year.appraiser, points)
            seen.append(everything(second, year))
            transaction.set_rollback(True)
    for other in seen[1:]:
        assert [url for url in seen[0] if seen[0][url] != other[url]] == []


def test_the_comparison_would_notice(year: Year, second: User):
    with transaction.atomic():
        nothing = everything(year.coordinator, year)
        say(year, year.appraiser, "1")
        said = everything(year.coordinator, year)
        transaction.set_rollback(True)
    changed = {url for url in nothing if nothing[url] != said[url]}
    assert {sheet_url(year), table_url(year), cohort_url(year)} <= changed


def test_points_given_before_the_leaf_had_two_appraisers_are_hidden_from_the_second(year: Year):
    year.score("1.1", {"points": "3"})
    year.submit()
    say(year, year.appraiser, "1.25")
    second = give_to_two(year)
    for url in (sheet_url(year), table_url(year)):
        assert "1,25" not in page(second, url)
    history = reverse("leaf_history", args=[year.sheet().pk, year.criterion("1.1")])
    assert "1,25" not in page(second, history)


def test_points_given_before_the_leaf_had_two_appraisers_do_not_let_the_sheet_go_on(year: Year):
    year.score("1.1", {"points": "3"})
    year.submit()
    year.judge_rest()
    second = give_to_two(year)
    coordinator = client_of(year.coordinator)
    url = reverse("release_all", args=[year.cohort.pk])
    assert "Còn 1 tiêu chí chưa thẩm định." in coordinator.get(url).content.decode()
    for person in (year.appraiser, second):
        with pytest.raises(Refusal, match=r"Còn 1 tiêu chí chưa thẩm định: 1\.1\."):
            release(assessment=year.sheet(), by=year.coordinator, now=NOW)
        say(year, person, "3", reason="")
    release(assessment=year.sheet(), by=year.coordinator, now=NOW)


def test_after_ones_own_mark_both_and_their_difference_show(year: Year, second: User):
    say(year, year.appraiser, "1")
    answer = post(second, row_url(year), basis="data", points="2,5", reason="thiếu kế hoạch")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "1 điểm – thiếu tài liệu" in html
    assert "2,5 điểm – thiếu kế hoạch" in html
    assert "Chênh lệch" in html
    assert "Cần thống nhất" in html
    assert year.row("1.1", Layer.ROUND1) is None
    for person in (second, year.appraiser, year.coordinator, year.leader):
        assert "2,5 điểm" in page(person, sheet_url(year))


def test_nobody_changes_his_mark_after_he_has_seen_the_other(year: Year, second: User):
    say(year, year.appraiser, "1")
    say(year, second, "2")
    again = post(year.appraiser, leaf_url(year), basis="data", points="2", reason="x", version="1")
    assert again.status_code == 409
    assert "điều phối sẽ thống nhất" in again.content.decode()
    assert 'name="basis"' not in page(second, leaf_url(year))


@pytest.mark.parametrize("url", [leaf_url, row_url])
@pytest.mark.parametrize(("basis", "points"), [("mark1", 1), ("mark2", 2)])
def test_the_coordinator_takes_one_of_the_two(year: Year, second: User, url, basis: str, points: int):
    say(year, year.appraiser, "1")
    say(year, second, "2", reason="thiếu kế hoạch")
    progress = page(year.coordinator, cohort_url(year))
    assert "can-thong-nhat" in progress
    answer = post(year.coordinator, url(year), basis=basis, settles="on")
    assert answer.status_code == 200
    saved = year.row("1.1", Layer.ROUND1)
    assert saved.points == points
    assert saved.note == ("thiếu tài liệu" if basis == "mark1" else "thiếu kế hoạch")
    assert "can-thong-nhat" not in page(year.coordinator, cohort_url(year))


def test_the_coordinator_may_decide_otherwise_with_a_reason(year: Year, second: User):
    say(year, year.appraiser, "1")
    say(year, second, "2")
    without = post(year.coordinator, leaf_url(year), basis="data", points="1,5", settles="on")
    assert without.status_code == 422
    answer = post(
        year.coordinator, leaf_url(year), basis="data", points="1,5", settles="on", reason="hai người họp"
    )
    assert answer.status_code == 200
    assert str(year.row("1.1", Layer.ROUND1).points) == "1.5"


def test_there_is_nothing_to_settle_before_both_are_in_or_where_they_agree(year: Year, second: User):
    say(year, year.appraiser, "1")
    early = post(year.coordinator, leaf_url(year), basis="mark1", settles="on")
    assert early.status_code == 409
    assert "Chỉ thống nhất điểm khi cả hai" in early.content.decode()
    say(year, second, "1")
    assert year.row("1.1", Layer.ROUND1).points == 1
    assert post(year.coordinator, leaf_url(year), basis="mark1", settles="on").status_code == 409


@pytest.mark.parametrize("who", ["leader", "second", "appraiser"])
def test_only_the_coordinator_settles(year: Year, second: User, who: str):
    say(year, year.appraiser, "1")
    say(year, second, "2")
    person = second if who == "second" else getattr(year, who)
    assert post(person, leaf_url(year), basis="mark1", settles="on").status_code == 403
    assert Score.objects.filter(layer=Layer.ROUND1).count() == 0


def test_a_mark_is_not_taken_over_without_settling(year: Year, second: User):
    say(year, year.appraiser, "1")
    assert post(second, leaf_url(year), basis="mark1").status_code == 422
    assert Mark.objects.count() == 1


def test_two_of_one_office_share_its_place_and_are_told_both_values(year: Year, second: User):
    colleague = user_with(Role.APPRAISER, office_of(year))
    say(year, year.appraiser, "1")
    later = post(colleague, leaf_url(year), basis="data", points="2", reason="khác")
    html = later.content.decode()
    assert later.status_code == 409
    assert "1 điểm – thiếu tài liệu" in html
    assert "2 điểm – khác" in html
    assert Mark.objects.get().points == 1


def test_the_history_shows_marks_to_whom_they_are_known(year: Year, second: User):
    say(year, year.appraiser, "1.25")
    history = reverse("leaf_history", args=[year.sheet().pk, year.criterion("1.1")])
    assert "1,25 điểm" in page(year.appraiser, history)
    assert "1,25 điểm" in page(year.coordinator, history)
    assert "1,25 điểm" not in page(second, history)
    say(year, second, "2")
    assert "1,25 điểm" in page(second, history)
    officer = year.officers[year.units[0].pk]
    assert "1,25 điểm" not in page(officer, history)


def test_the_periods_events_tell_a_mark_to_the_coordinator(year: Year, second: User):
    say(year, year.appraiser, "1.25")
    assert "1,25 điểm" in page(year.coordinator, reverse("period_events", args=[year.period.pk]))


def test_agreeing_with_an_area_marks_in_ones_own_place(year: Year, second: User):
    say(year, year.appraiser, "1")
    url = reverse("agree_area", args=[year.sheet().pk, "1"])
    client_of(second).post(url)
    assert Mark.objects.get(place=2).points == 3
    assert year.row("1.1", Layer.ROUND1) is None


def test_a_named_appraiser_leaves_his_colleagues_nothing(year: Year):
    year.score("1.1", {"points": "3"})
    year.submit()
    colleague = user_with(Role.APPRAISER, office_of(year))
    give(year, "1.1", Duty(office_of(year), colleague))
    assert post(year.appraiser, leaf_url(year), basis="kept").status_code == 403
    assert client_of(year.appraiser).get(leaf_url(year)).status_code == 403
    assert client_of(year.appraiser).get(row_url(year)).status_code == 403
    assert client_of(year.appraiser).get(table_url(year)).status_code == 403
    assert post(colleague, leaf_url(year), basis="kept").status_code == 200


def test_settling_waits_for_its_time(year: Year, second: User):
    say(year, year.appraiser, "1")
    say(year, second, "2")
    with pytest.raises(Refusal):
        say(year, year.coordinator, "1", action=Action.SETTLE, reason="x", place=1)
