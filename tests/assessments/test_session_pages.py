"""Sessions of the council as pages, with and without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import CouncilDecision, CouncilSession, Layer
from assessments.queries.sessions import facts_of
from criteria.models import CriteriaSet
from tests.assessments.conftest import NOW, Year, make_year
from tests.assessments.councils import appraise, meet, points, rule
from tests.assessments.showing import client_of, text

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def clock(time_machine: object) -> None:
    time_machine.move_to(NOW, tick=False)


def url_of(year: Year, session: CouncilSession, place: int = 0, code: str = "1.1") -> str:
    return reverse("decide", args=[session.pk, year.sheet(place).pk, year.criterion(code)])


def typed(lines: list[dict[str, str]], **given: str) -> dict[str, str]:
    data = {
        "held_at": "2026-03-02T14:00",
        "ended_at": "",
        "place": "Phòng họp số 2",
        "threshold": "0,25",
        "note": "",
        "members-TOTAL_FORMS": str(len(lines)),
        "members-INITIAL_FORMS": "0",
    }
    for number, line in enumerate(lines):
        data |= {f"members-{number}-{name}": value for name, value in line.items()}
    return data | given


CHAIR = {"full_name": "Trần Thị Bình", "position": "Phó Chủ tịch", "seat": "chair"}
EMPTY = {"full_name": "", "position": "", "seat": "member"}
GONE = {"full_name": "Lê Văn Cường", "position": "", "seat": "member", "absent": "on"}


def kept(page: str) -> str:
    """The hidden value that says what the page showed."""
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found
    return found[1].replace("&quot;", '"')


def test_a_session_is_made_and_edited(year: Year, as_: Callable) -> None:
    browser = as_(year.coordinator)
    new = reverse("session_new", args=[year.period.pk])
    assert "Chủ trì" in text(browser.get(new))
    answer = browser.post(new, typed([CHAIR, EMPTY, GONE]))
    session = CouncilSession.objects.get()
    assert answer.url == reverse("session", args=[session.pk])
    facts = facts_of(session)
    assert (str(facts.threshold), [m.full_name for m in facts.members]) == (
        "0.25",
        ["Trần Thị Bình", "Lê Văn Cường"],
    )
    assert facts.members[1].absent

    edit = reverse("session_edit", args=[session.pk])
    seen = kept(text(browser.get(edit)))
    browser.post(edit, typed([CHAIR], seen=seen, place="Hội trường"))
    assert [m.full_name for m in facts_of(CouncilSession.objects.get()).members] == ["Trần Thị Bình"]
    late = browser.post(edit, typed([CHAIR, GONE], seen=seen))
    assert late.status_code == 422
    assert "Người khác đã sửa" in text(late)
    # A page that says nothing has shown nothing.
    assert "Người khác đã sửa" in text(browser.post(edit, typed([CHAIR, GONE])))
    assert "Hội trường" in text(browser.get(reverse("sessions", args=[year.period.pk])))


def test_mistakes_stay_on_the_page_with_what_was_typed_in(year: Year, as_: Callable) -> None:
    browser, new = as_(year.coordinator), reverse("session_new", args=[year.period.pk])
    nameless = browser.post(new, typed([CHAIR, EMPTY | {"position": "Sở Tài chính"}], place=""))
    page = text(nameless)
    assert nameless.status_code == 422
    assert "xóa cả dòng" in page
    assert 'value="Trần Thị Bình"' in page
    assert "đúng một người chủ trì" in text(browser.post(new, typed([GONE])))
    assert not CouncilSession.objects.exists()


def test_more_lines_come_without_script_and_store_nothing(year: Year, as_: Callable) -> None:
    session = meet(year)
    browser, edit = as_(year.coordinator), reverse("session_edit", args=[session.pk])
    before = text(browser.get(edit))
    lines = [{"full_name": f"Người {n}", "position": "", "seat": "member"} for n in range(6)]
    answer = browser.post(edit, typed(lines, seen=kept(before), place="", more="1"))
    page = text(answer)
    assert answer.status_code == 200
    assert 'value="Người 5"' in page
    assert 'name="members-8-full_name"' in page
    assert kept(page) == kept(before)
    assert len(facts_of(session).members) == 3


def test_the_agenda_shows_the_thread_and_takes_a_decision(year: Year, as_: Callable) -> None:
    appraise(year, text="Có kế hoạch số 12", round2="3")
    session, browser = meet(year), as_(year.coordinator)
    url = reverse("session", args=[session.pk])
    page = text(browser.get(url))
    for part in (
        "Có kế hoạch số 12",
        "Thiếu kế hoạch",
        "Xem lại hồ sơ",
        "<strong>0/1</strong>",
        "Giữ 3 điểm",
    ):
        assert part in page
    by_hand = {"layer": "council", "basis": "data", "points": "3,5", "version": "1"}
    refused = browser.post(url_of(year, session), by_hand)
    assert refused.status_code == 422
    assert "ý kiến của Hội đồng" in text(refused)
    assert 'value="3,5"' in text(refused)
    answer = browser.post(url_of(year, session), by_hand | {"reason": "Đủ hồ sơ"})
    assert answer.status_code == 302
    assert answer.url.startswith(url)
    assert str(year.row("1.1", Layer.COUNCIL).points) == "3.5"
    assert "<strong>1/1</strong>" in text(browser.get(url))


def test_htmx_gets_the_row_and_the_progress(year: Year, as_: Callable) -> None:
    appraise(year, text="Có kế hoạch")
    session, browser = meet(year), as_(year.coordinator)
    keep = {"layer": "council", "basis": "kept", "version": "1"}
    answer = browser.post(url_of(year, session) + "?theo=tieu-chi", keep, headers=HTMX)
    page = text(answer)
    assert page.lstrip().startswith("<article")
    assert "Giữ điểm" in page
    assert "hx-swap-oob" in page
    assert "<strong>1/1</strong>" in page
    assert str(year.units[0]) in page
    again = keep | {"basis": "data", "points": "1", "reason": "Muộn"}
    assert browser.post(url_of(year, session), again, headers=HTMX).status_code == 200
    conflict = browser.post(url_of(year, session), again | {"points": "2,5"}, headers=HTMX)
    assert conflict.status_code == 409
    assert 'name="overwrite" value="2"' in text(conflict)
    assert CouncilDecision.objects.get().points == 1


@pytest.mark.parametrize("choice", ["", "?theo=tieu-chi", "?nhom=999", "?nhom=x", "?page=99"])
def test_any_choice_shows_a_page(year: Year, as_: Callable, choice: str) -> None:
    appraise(year, text="Có kế hoạch")
    session = meet(year)
    page = text(as_(year.coordinator).get(reverse("session", args=[session.pk]) + choice))
    assert "Có kế hoạch" in page
    assert str(year.units[0]) in page


def test_only_what_is_left(year: Year, as_: Callable) -> None:
    appraise(year, text="Có kế hoạch")
    session = meet(year)
    rule(year, session, points("3"))
    page = text(as_(year.coordinator).get(reverse("session", args=[session.pk]) + "?xem=con-lai"))
    assert "Không còn tiêu chí nào chưa quyết định" in page


def test_the_rest_is_kept_after_a_question(year: Year, as_: Callable) -> None:
    appraise(year, text="Có kế hoạch")
    session, browser = meet(year), as_(year.coordinator)
    url = reverse("keep_rest", args=[session.pk])
    assert "cho 1 tiêu chí chưa quyết định" in text(browser.get(url))
    assert "đã thay đổi" in text(browser.post(url, {"expected": "x"}, follow=True))
    assert "Đã giữ điểm thẩm định cho 1 tiêu chí" in text(browser.post(url, {"expected": "1"}, follow=True))
    assert CouncilDecision.objects.get().points == 2


def test_a_leaf_outside_the_list_is_opened_by_its_code(year: Year, as_: Callable) -> None:
    appraise(year, text="Có kế hoạch")
    session, browser = meet(year), as_(year.coordinator)
    add = reverse("session_add", args=[session.pk])
    answer = browser.get(add, {"assessment": year.sheet().pk, "code": "1.2"})
    assert answer.url == url_of(year, session, code="1.2")
    assert "Hội đồng xem xét thêm" in text(browser.get(answer.url))
    for wrong in ("1.3", "1", "xyz"):
        page = browser.get(add, {"assessment": year.sheet().pk, "code": wrong}, follow=True)
        assert "không có tiêu chí tự chấm" in text(page)
    assert browser.get(url_of(year, session, code="1.3")).status_code == 404
    assert browser.get(url_of(year, session, place=1)).status_code == 404


def test_the_leader_reads_and_decides_nothing(year: Year, as_: Callable) -> None:
    appraise(year, text="Có kế hoạch")
    session, browser = meet(year), as_(year.leader)
    page = text(browser.get(reverse("session", args=[session.pk])))
    assert "Có kế hoạch" in page
    assert "judge-form" not in page
    keep = {"layer": "council", "basis": "kept", "version": "1"}
    assert browser.post(url_of(year, session), keep).status_code == 403


def _queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", ["session", "sessions", "finalise_cohort"])
def test_pages_ask_as_much_for_one_unit_as_for_three(small_set: CriteriaSet, name: str) -> None:
    asked = []
    for size in (1, 3):
        year = make_year(small_set, size=size)
        year.open()
        for place in range(size):
            appraise(year, place, text="Có kế hoạch")
            session: Any = meet(year)
        where = {"session": session, "sessions": year.period, "finalise_cohort": year.cohort}[name]
        asked.append(_queries(client_of(year.coordinator), reverse(name, args=[where.pk])))
    assert asked[0] == asked[1]
