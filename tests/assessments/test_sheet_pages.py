"""The sheet as its people use it: with htmx and without, in time and too late, right and wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.actions.scoring import open_leaf, store_score
from assessments.models import Layer, Score
from assessments.workflow import Action
from criteria.actions import load_set
from criteria.schema import read_set
from tests.assessments.conftest import DEADLINE, Year, make_year

pytestmark = pytest.mark.usefixtures("in_the_middle_of_the_year")

HTMX = {"HX-Request": "true"}


@pytest.fixture
def officer(year: Year, client: Client) -> Client:
    client.force_login(year.officers[year.units[0].pk])
    return client


def leaf_url(year: Year, code: str) -> str:
    return reverse("leaf", kwargs={"assessment": year.sheet().pk, "criterion": year.criterion(code)})


def sheet_url(year: Year) -> str:
    return reverse("sheet", kwargs={"assessment": year.sheet().pk})


def test_the_officer_lands_on_his_one_open_sheet(year: Year, officer: Client):
    assert officer.get(reverse("sheets")).url == sheet_url(year)
    listed = officer.get(reverse("sheets"), {"tat-ca": ""})
    assert year.period.name in listed.content.decode()


def test_a_leaf_is_saved_and_answered_with_points_totals_and_version(year: Year, officer: Client):
    answer = officer.post(
        leaf_url(year, "1.1"), {"points": "3,25", "note": "x", "version": "0"}, headers=HTMX
    )
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<strong>3,25</strong>/4 điểm" in html
    assert 'name="version" value="1"' in html
    assert 'id="totals" hx-swap-oob="true"' in html
    assert year.row("1.1", Layer.SELF).data == {"points": "3.25"}


def test_the_same_post_works_without_script(year: Year, officer: Client):
    answer = officer.post(leaf_url(year, "1.1"), {"points": "3.25", "version": "0"}, follow=True)
    assert answer.redirect_chain == [(f"{sheet_url(year)}#leaf-{year.criterion('1.1')}", 302)]
    assert "Đã lưu tiêu chí 1.1" in answer.content.decode()


def test_without_script_a_closed_sheet_says_why_and_shows_what_is_stored(year: Year, officer: Client):
    year.score("1.1", {"points": "3"}, note="đã lưu")
    year.submit()
    typed = {"points": "1", "note": "lời chưa lưu", "version": "1"}
    answer = officer.post(leaf_url(year, "1.1"), typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert year.sheet().why_not(Action.SCORE, now=year.now) in page
    assert "chưa được lưu" in page
    assert "lời chưa lưu" not in page
    assert "đã lưu" in page


def test_an_open_leaf_is_of_no_use_after_its_transaction(year: Year, transactional_db: None):
    act = {"by": year.officers[year.units[0].pk], "now": year.now}
    with transaction.atomic():
        opened = open_leaf(assessment_id=year.sheet().pk, criterion_id=year.criterion("1.1"), **act)
    with pytest.raises(transaction.TransactionManagementError):
        store_score(opened, data={"points": "1"}, note="", seen=0)
    assert not Score.objects.exists()


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_a_mistake_is_named_and_what_was_typed_in_stays(year: Year, officer: Client, headers: dict[str, str]):
    answer = officer.post(
        leaf_url(year, "1.1"), {"points": "bốn", "note": "lời dài", "version": "0"}, headers=headers
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Điểm phải là một số" in html
    if not headers:
        assert 'value="bốn"' in html
        assert "lời dài" in html
    assert year.row("1.1", Layer.SELF) is None


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_the_later_of_two_sees_both_values_and_may_choose(
    year: Year, officer: Client, headers: dict[str, str]
):
    year.score("1.1", {"points": "3"})
    answer = officer.post(
        leaf_url(year, "1.1"), {"points": "2", "note": "của tôi", "version": "0"}, headers=headers
    )
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "đã lưu tiêu chí này trước đó" in html
    assert 'name="overwrite" value="1"' in html
    chosen = {"points": "2", "note": "của tôi", "version": "0", "overwrite": "1"}
    assert officer.post(leaf_url(year, "1.1"), chosen, headers=HTMX).status_code == 200
    assert year.row("1.1", Layer.SELF).data == {"points": "2"}


def test_not_applicable_only_where_the_set_allows_it(year: Year, officer: Client):
    skip = {"not_applicable": "on", "version": "0"}
    assert officer.post(leaf_url(year, "1.2"), skip, headers=HTMX).status_code == 200
    assert year.row("1.2", Layer.SELF).excluded
    refused = officer.post(leaf_url(year, "1.1"), skip, headers=HTMX)
    assert (refused.status_code, year.row("1.1", Layer.SELF)) == (422, None)


def test_after_the_deadline_the_page_says_so_and_refuses(year: Year, officer: Client):
    with time_machine.travel(DEADLINE.timestamp() + 1, tick=False):
        officer.force_login(year.officers[year.units[0].pk])
        page = officer.get(sheet_url(year)).content.decode()
        assert "Đã hết hạn tự chấm lúc 17:00 ngày 31 tháng 3 năm 2026" in page
        assert "data-leaf" not in page
        answer = officer.post(leaf_url(year, "1.1"), {"points": "3", "version": "0"}, headers=HTMX)
        assert answer.status_code == 409
        assert "Đã hết hạn tự chấm" in answer.content.decode()


def test_hostile_text_stays_text(year: Year, officer: Client):
    note = "<script>alert(1)</script> \"' {{ 7*7 }}"
    officer.post(leaf_url(year, "1.1"), {"points": "3", "note": note, "version": "0"}, headers=HTMX)
    page = officer.get(sheet_url(year)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    "typed",
    [
        {"points": "9" * 5000},
        {"points": "3", "note": "x" * 5000},
        {"points": "３"},
        {"points": "1e3"},
        {"points": "-1"},
        {"points": "\x00"},
    ],
)
def test_absurd_input_is_refused_politely(year: Year, officer: Client, typed: dict[str, str]):
    answer = officer.post(leaf_url(year, "1.1"), {"version": "0", **typed}, headers=HTMX)
    assert answer.status_code == 422
    assert year.row("1.1", Layer.SELF) is None


def test_a_leaf_that_isnt_of_this_sheet_isnt_found(year: Year, officer: Client):
    url = reverse("leaf", kwargs={"assessment": year.sheet().pk, "criterion": 10**9})
    assert officer.post(url, {"points": "1"}, headers=HTMX).status_code == 404


def test_sending_and_approving_in_the_browser_ask_twice_and_give_a_receipt(year: Year, officer: Client):
    year.score("1.1", {"points": "3"}, note="thiếu một nội dung")
    leader = Client()
    leader.force_login(year.leaders[year.units[0].pk])
    for person, name in ((officer, "send"), (leader, "submit")):
        url = reverse(name, kwargs={"assessment": year.sheet().pk})
        page = person.get(url).content.decode()
        assert "5 tiêu chí chưa chấm, tính 0 điểm" in page
        refused = person.post(url, {"unanswered": "5"})
        assert refused.status_code == 409
        done = person.post(url, {"unanswered": "5", "confirm": "on"}, follow=True)
        assert done.status_code == 200
        again = person.post(url, {"unanswered": "5", "confirm": "on"})
        assert again.status_code == 409
        assert year.sheet().state == {"send": "review", "submit": "submitted"}[name]
    assert year.sheet().receipt in done.content.decode()


def test_the_leader_gives_back_in_the_browser_and_the_officer_reads_why(year: Year, officer: Client):
    year.send()
    leader = Client()
    leader.force_login(year.leaders[year.units[0].pk])
    url = reverse("send_back", kwargs={"assessment": year.sheet().pk})
    assert leader.get(url).status_code == 200
    assert leader.post(url, {"remark": " "}).status_code == 409
    assert year.sheet().state == "review"
    assert leader.post(url, {"remark": "thiếu tài liệu 1.1"}).status_code == 302
    assert year.sheet().state == "returned"
    assert "thiếu tài liệu 1.1" in officer.get(sheet_url(year)).content.decode()
    assert leader.post(url, {"remark": "lần nữa"}).status_code == 409


@pytest.mark.parametrize("scored", [1, 3])
def test_the_number_of_queries_is_the_same_for_any_number_of_answers(
    year: Year, officer: Client, scored: int, django_assert_num_queries
):
    for code in ["1.1", "2.2.1", "2.2.2"][:scored]:
        year.score(code, {"points": "1"})
    url = sheet_url(year)
    officer.get(url)
    with django_assert_num_queries(11):
        officer.get(url)


def test_sixty_leaves_need_no_more_queries(client: Client, db: None, django_assert_num_queries):
    text = (Path(settings.BASE_DIR) / "fixtures/sets/mau-xa-2-cap.yaml").read_text(encoding="utf-8")
    year = make_year(load_set(read_set(text)), size=1)
    year.open()
    client.force_login(year.officers[year.units[0].pk])
    url = sheet_url(year)
    client.get(url)
    with django_assert_num_queries(11):
        assert client.get(url).content.count(b'class="leaf"') == 69


def test_saving_a_leaf_takes_a_constant_number_of_queries(year: Year, officer: Client):
    counts = []
    for version, points in enumerate(["3", "2", "1"]):
        with CaptureQueriesContext(connection) as queries:
            officer.post(
                leaf_url(year, "1.1"), {"points": points, "note": "x", "version": str(version)}, headers=HTMX
            )
        counts.append(len(queries))
    assert counts[1] == counts[2] <= counts[0]


def shown(page: str) -> list[str]:
    return re.findall(r'<h3 id="name-\d+"><span class="code">([^<]+)', page)


def test_the_officer_may_look_at_what_is_left_alone(year: Year, officer: Client):
    year.score("1.1", {"points": "4"}, note="")
    year.score("1.2", {"points": "1"}, note="")
    everything = officer.get(sheet_url(year)).content.decode()
    assert 'href="?xem=con-lai"' in everything
    left = officer.get(sheet_url(year), {"xem": "con-lai"}).content.decode()
    assert shown(left) == ["2.1", "2.2.1", "2.2.2", "T.1"]
    assert "2.2. Đồng bộ dữ liệu" in left  # the heading above what is left
    assert f'id="area-{year.criterion("1")}"' in left  # links to a finished area still lead there
    assert shown(officer.get(sheet_url(year), {"xem": "thieu-ghi-chu"}).content.decode()) == ["1.2"]
    assert shown(officer.get(sheet_url(year), {"xem": "gì đó"}).content.decode()) == shown(everything)
    year.score("2.2.2", {"points": "1"})
    spared = officer.get(sheet_url(year), {"xem": "con-lai"}).content.decode()
    assert shown(spared) == ["2.1", "T.1"]  # of two ways the better one counts


def test_the_appraiser_may_look_at_what_is_left_or_differs(year: Year, client: Client):
    for code in ["1.1", "1.2", "2.2.1", "2.2.2"]:
        year.score(code, {"points": "1"})
    year.submit()
    client.force_login(year.appraiser)
    url = reverse("appraisal", kwargs={"assessment": year.sheet().pk})
    lower = {"layer": "round1", "basis": "data", "points": "0,5", "reason": "thiếu văn bản", "version": "0"}
    judge = reverse("judge", kwargs={"assessment": year.sheet().pk, "criterion": year.criterion("1.1")})
    assert client.post(judge, lower, headers=HTMX).status_code == 200
    assert shown(client.get(url, {"xem": "khac-diem"}).content.decode()) == ["1.1"]
    left = shown(client.get(url, {"xem": "con-lai"}).content.decode())
    assert left == ["1.2", "2.1", "2.2.1", "2.2.2", "T.1"]  # nothing that is entered centrally
    listed = client.get(reverse("appraisals")).content.decode()
    assert "1/6 · còn 5" in listed


def test_a_missing_number_is_asked_for_in_plain_words(year: Year, officer: Client):
    answer = officer.post(leaf_url(year, "2.1"), {"numerator": "5", "version": "0"}, headers=HTMX)
    assert answer.status_code == 422
    assert "Tổng số: Hãy nhập số vào ô này." in answer.content.decode()
    over = {"numerator": "5", "denominator": "4", "version": "0"}
    html = officer.post(leaf_url(year, "2.1"), over, headers=HTMX).content.decode()
    assert "mẫu số" not in html


def test_both_values_of_a_conflict_are_told_with_their_points(year: Year, officer: Client):
    year.score("1.1", {"points": "3"}, note="của đồng nghiệp")
    answer = officer.post(
        leaf_url(year, "1.1"), {"points": "2,5", "note": "của tôi", "version": "0"}, headers=HTMX
    )
    html = answer.content.decode()
    assert "3 điểm – của đồng nghiệp" in html
    assert "2,5 điểm – của tôi" in html
