"""The page on which a unit answers round 1: with htmx and without, two at once, in time and too late."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from assessments.models import Explanation, Layer
from assessments.workflow import Action
from tests.assessments.conftest import NOW, Year
from tests.assessments.explaining import CLOSES, LATE, lower, say, sent, told
from tests.assessments.showing import HTMX, client_of, officer, panel_url, text
from tests.factories import user_with

pytestmark = pytest.mark.usefixtures("in_the_middle_of_the_year")

Stance = Explanation.Stance


@pytest.fixture
def asked(year: Year) -> Year:
    told(year)
    return year


@pytest.fixture
def unit(asked: Year) -> Client:
    return client_of(officer(asked))


def page_url(year: Year, place: int = 0) -> str:
    return reverse("explanation", args=[year.sheet(place).pk])


def leaf_url(year: Year, code: str = "1.1") -> str:
    return reverse("explain", args=[year.sheet().pk, year.criterion(code)])


def answer(year: Year, code: str = "1.1") -> Explanation | None:
    return Explanation.objects.filter(assessment=year.sheet(), criterion=year.criterion(code)).first()


def disagree(words: str = "Có văn bản", version: int = 0, **more: str) -> dict[str, str]:
    return {"stance": "disagreed", "text": words, "version": str(version), **more}


def test_the_page_shows_what_was_taken_off_by_whom_and_why(asked: Year, unit: Client):
    page = text(unit.get(page_url(asked)))
    office = asked.cohort.assignments.order_by("pk").first().office
    for shown in (
        f"Thẩm định vòng 1 – {office}",
        "Lý do 1.1",
        "<strong>4</strong>/4",
        "<strong>2</strong>/4",
    ):
        assert shown in page
    assert "coi là đồng ý với điểm thẩm định" in page
    assert "0/3</strong> tiêu chí đã trả lời" in page
    assert page.count("17:00 ngày 30 tháng 5 năm 2026") == 1
    assert "còn <strong>89 ngày 8 giờ</strong>" in page
    assert f"leaf-{asked.criterion('2.2.2')}" not in page


@pytest.mark.parametrize("who", ["officers", "leaders"])
def test_before_release_the_unit_sees_nothing_of_round_1(year: Year, who: str):
    sent(year)
    client = client_of(getattr(year, who)[year.units[0].pk])
    urls = [page_url(year), reverse("sheet", args=[year.sheet().pk]), reverse("sheets")]
    urls += [reverse("leaf_history", args=[year.sheet().pk, year.criterion("1.1")])]
    for url in urls:
        page = text(client.get(url, follow=True))
        assert "Lý do 1.1" not in page
        assert "<strong>2</strong>/4" not in page
    assert "Chưa có kết quả thẩm định vòng 1" in text(client.get(page_url(year)))
    assert client.get(leaf_url(year)).status_code == 404
    assert client.post(leaf_url(year), disagree(), headers={"HX-Request": "true"}).status_code == 404


def test_pages_of_the_unit_are_equal_whatever_round_1_says_before_release(year: Year):
    sent(year)
    client = client_of(officer(year))

    def seen() -> list[str]:
        urls = [page_url(year), reverse("sheet", args=[year.sheet().pk])]
        return [text(client.get(url)).replace(client.cookies["csrftoken"].value, "") for url in urls]

    unchanging = seen()
    lower(year, "1.1", "3", seen=1)
    for before, after in zip(unchanging, seen(), strict=True):
        assert _bare(before) == _bare(after)


def _bare(page: str) -> list[str]:
    """Lines without tokens, which differ from answer to answer."""
    return [line for line in page.splitlines() if "csrf" not in line.lower() and "nonce" not in line]


def test_an_answer_is_saved_and_counted(asked: Year, unit: Client):
    response = unit.post(leaf_url(asked), disagree(), **HTMX)
    html = text(response)
    assert response.status_code == 200
    assert 'name="version" value="1"' in html
    assert 'id="explained" hx-swap-oob="true"' in html
    assert "1/3</strong> tiêu chí đã trả lời" in html
    assert (answer(asked).stance, answer(asked).text) == (Stance.DISAGREED, "Có văn bản")


def test_the_same_post_works_without_script(asked: Year, unit: Client):
    response = unit.post(leaf_url(asked), disagree(), follow=True)
    assert response.redirect_chain == [(f"{page_url(asked)}#leaf-{asked.criterion('1.1')}", 302)]
    assert "Đã lưu ý kiến về tiêu chí 1.1" in text(response)


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
@pytest.mark.parametrize(
    ("typed", "told_so"),
    [
        ({"stance": "disagreed", "text": "  "}, "Không đồng ý thì phải ghi nội dung giải trình."),
        ({"stance": "", "text": "lời đã gõ"}, "Hãy chọn đồng ý hoặc không đồng ý."),
        ({"stance": "silent", "text": "lời đã gõ"}, "Ý kiến"),
        ({"stance": "disagreed", "text": "x" * 4001}, "4000"),
    ],
)
def test_a_mistake_is_named_and_what_was_typed_in_stays(
    asked: Year, unit: Client, headers: dict, typed: dict[str, str], told_so: str
):
    response = unit.post(leaf_url(asked), {**typed, "version": "0"}, **headers)
    assert response.status_code == 422
    assert told_so in text(response)
    assert answer(asked) is None
    if not headers:
        assert typed["text"].strip() in text(response)


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_the_later_of_two_sees_both_texts_and_may_choose(asked: Year, headers: dict):
    say(asked, "1.1", "của cán bộ")
    leader = client_of(asked.leaders[asked.units[0].pk])
    response = leader.post(leaf_url(asked), disagree("của lãnh đạo"), **headers)
    page = text(response)
    assert response.status_code == 409
    for shown in ("Không đồng ý – của cán bộ", "Không đồng ý – của lãnh đạo", 'name="overwrite" value="1"'):
        assert shown in page
    assert answer(asked).text == "của cán bộ"
    kept = text(leader.get(leaf_url(asked), **HTMX))
    assert "của cán bộ" in kept
    assert leader.post(leaf_url(asked), disagree("của lãnh đạo", overwrite="1"), **HTMX).status_code == 200
    assert answer(asked).text == "của lãnh đạo"


def test_hostile_and_long_words_stay_words(asked: Year, unit: Client):
    words = "<script>alert(1)</script> {{ 7*7 }} " + "ă" * 3000
    assert unit.post(leaf_url(asked), disagree(words), **HTMX).status_code == 200
    for page in (page_url(asked), reverse("disputes", args=[asked.cohort.pk])):
        shown = text(client_of(asked.coordinator).get(page))
        assert "<script>alert(1)" not in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in shown


def test_agreeing_with_the_rest_shows_first_what_that_is(asked: Year, unit: Client):
    say(asked, "1.1", "Có văn bản")
    url = reverse("agree_rest", args=[asked.sheet().pk])
    page = text(unit.get(url))
    assert "Đồng ý với 2 tiêu chí" in page
    assert "1.2 Kiểm tra: 3 → 1,5" in page
    assert "1.1 Kế hoạch" not in page
    shown = [asked.criterion("1.2"), "rác", asked.criterion("2.2.2")]
    assert "Đã ghi nhận đồng ý với 1 tiêu chí" in text(unit.post(url, {"leaf": shown}, follow=True))
    assert answer(asked, "1.2").stance == Stance.AGREED
    assert answer(asked, "T.1") is None


def test_at_the_deadlines_second_and_one_later(asked: Year):
    with time_machine.travel(CLOSES, tick=False):
        assert client_of(officer(asked)).post(leaf_url(asked), disagree(), **HTMX).status_code == 200
    with time_machine.travel(LATE, tick=False):
        client = client_of(officer(asked))
        refused = client.post(leaf_url(asked, "1.2"), disagree(), **HTMX)
        page = text(client.get(page_url(asked)))
        agreed = client.post(reverse("agree_rest", args=[asked.sheet().pk]), follow=True)
    assert refused.status_code == 409
    assert "Đã hết hạn giải trình lúc" in text(refused)
    assert page.count("Không ý kiến, coi là đồng ý") == 2
    assert "data-leaf" not in page
    assert "Thêm tài liệu" not in page
    assert "Đã hết hạn giải trình lúc" in text(agreed)
    assert answer(asked, "1.2") is None


def test_evidence_is_added_from_the_page_where_something_is_asked(asked: Year, unit: Client):
    assert panel_url(asked) in text(unit.get(page_url(asked)))
    posted = {"way": "link", "url": "https://a.vn/", "title": "Văn bản bổ sung"}
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        unit = client_of(officer(asked))
        response = unit.post(panel_url(asked), posted, **HTMX)
        assert response.status_code == 200
        assert "Văn bản bổ sung" in text(unit.get(page_url(asked)))
        assert unit.post(panel_url(asked, "2.2.2"), posted, **HTMX).status_code == 409
        plain = unit.get(reverse("evidence_attached", args=[asked.sheet().pk, asked.criterion("1.1")]))
        assert plain.url == f"{page_url(asked)}#leaf-{asked.criterion('1.1')}"
        leader = client_of(asked.leaders[asked.units[0].pk])
        again = {**posted, "url": "https://b.vn/"}
        assert leader.post(panel_url(asked), again, **HTMX).status_code == 200


@pytest.mark.parametrize("who", ["coordinator", "leader", "appraiser"])
def test_others_read_and_do_not_answer(asked: Year, who: str):
    client = client_of(getattr(asked, who))
    page = text(client.get(page_url(asked)))
    assert "Lý do 1.1" in page
    assert "data-leaf" not in page
    assert client.post(leaf_url(asked), disagree(), **HTMX).status_code == 403
    assert answer(asked) is None


def test_another_unit_sees_nothing(asked: Year):
    client = client_of(officer(asked, 1))
    for url in (page_url(asked), leaf_url(asked), reverse("agree_rest", args=[asked.sheet().pk])):
        assert client.get(url).status_code == 403


def test_nothing_asked_is_said(year: Year):
    for code in ("1.1", "1.2"):
        year.score(code, {"points": "3"})
    year.submit()
    year.release()
    page = text(client_of(officer(year)).get(page_url(year)))
    assert "Không có tiêu chí nào phải giải trình" in page


def test_round_2_is_told_once_it_is_closed_and_the_council_never(asked: Year, unit: Client):
    say(asked, "1.1", "Có văn bản")
    say(asked, "1.2", agrees=True)
    say(asked, "T.1", agrees=True)
    lower(asked, "1.1", "2.5", action=Action.REVISE)
    assert "Nâng điểm" not in text(unit.get(page_url(asked)))
    asked.close()
    page = text(unit.get(page_url(asked)))
    for shown in ("Nâng điểm", "<strong>2,5</strong>/4", "Có văn bản", "Không đồng ý"):
        assert shown in page
    assert "data-leaf" not in page
    council = asked.row("1.1", Layer.COUNCIL)
    council.points, council.note = 1, "Hội đồng quyết định"
    council.save()
    after = text(unit.get(page_url(asked)))
    assert _bare(after) == _bare(page)


def test_officer_and_coordinator_in_one_person_may_answer(asked: Year):
    both: User = officer(asked)
    both.memberships.create(role=Role.COORDINATOR, unit=asked.host)
    assert client_of(both).post(leaf_url(asked), disagree(), **HTMX).status_code == 200


@pytest.mark.parametrize("leaves", [1, 3])
def test_the_page_takes_as_many_queries_for_three_leaves_as_for_one(
    year: Year, leaves: int, django_assert_num_queries
):
    told(year)
    for code in ["1.1", "1.2", "T.1"][:leaves]:
        say(year, code, "Có văn bản")
    client, url = client_of(officer(year)), page_url(year)
    client.get(url)
    with django_assert_num_queries(13):
        client.get(url)


def test_a_stranger_gets_nothing(asked: Year):
    stranger = user_with(Role.ADMINISTRATOR)
    assert client_of(stranger).get(page_url(asked)).status_code == 403
