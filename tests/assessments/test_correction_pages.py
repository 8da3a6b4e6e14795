"""The pages of a correction, and every page that reads results once one is in force."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Role, User
from assessments.models import CorrectedScore, Event, Publication, Result
from assessments.queries.outcomes import outcome_of_result, published_results
from criteria.models import CriteriaSet
from reports.actions.writing import create_report
from reports.kinds import Name
from reports.queries.offers import offers
from reports.queries.reports import document_of, reports
from reports.queries.subjects import subject_of
from tests.assessments.conftest import NOW, Year, make_year
from tests.assessments.corrected import announce, prepare, publish_correction
from tests.factories import user_with

pytestmark = pytest.mark.django_db
SENT = {
    "decision_number": "200/QĐ-UBND",
    "decision_date": "2026-03-02",
    "decision_issuer": "Chủ tịch UBND tỉnh",
    "reason": "Cộng thiếu điểm",
}


@pytest.fixture
def published(year: Year) -> Year:
    for place, points in enumerate(("4", "3")):
        year.play(place, points)
    announce(year)
    return year


@pytest.fixture
def corrected(published: Year) -> Year:
    """The second unit gets what it should have had, and overtakes nobody but shares the first rank."""
    prepare(published, "1.1", {"points": "4"}, place=1, reason="Cộng thiếu 1 điểm")
    publish_correction(published)
    return published


def get(user: User, name: str, *args: object, **query: object):
    client = Client()
    client.force_login(user, "accounts.backends.MemberBackend")
    return client.get(reverse(name, args=args), query)


def page(user: User, name: str, *args: object, **query: object) -> str:
    answer = get(user, name, *args, **query)
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def result_in(year: Year, ordinal: int, place: int = 1) -> Result:
    return published_results().get(publication__ordinal=ordinal, assessment__unit=year.units[place])


# Preparing and publishing


def test_a_coordinator_prepares_looks_and_publishes(published: Year, as_: Callable) -> None:
    browser, period = as_(published.coordinator), published.period.pk
    sheet, leaf = published.sheet(1), published.criterion("1.1")
    home = reverse("corrections", args=[period])
    assert home in browser.get(reverse("period", args=[period])).content.decode()
    empty = browser.get(home).content.decode()
    assert "Chưa có nội dung đính chính" in empty
    assert 'name="decision_number"' not in empty
    chosen = browser.get(home, {"sheet": sheet.pk})
    assert chosen.url == reverse("correction_unit", args=[sheet.pk])
    url = reverse("correction_leaf", args=[sheet.pk, leaf])
    assert url in browser.get(chosen.url).content.decode()
    assert 'value="3"' in browser.get(url).content.decode()
    refused = browser.post(url, {"points": "4", "reason": "", "version": "0"})
    assert (refused.status_code, CorrectedScore.objects.count()) == (422, 0)
    assert "Hãy ghi lý do đính chính" in refused.content.decode()
    assert browser.post(url, {"points": "4", "reason": "Cộng thiếu", "version": "0"}).url == home
    text = " ".join(browser.get(home).content.decode().split())
    for said in ("chưa thay đổi kết quả nào", "9,029", "10,206", "2/2", "1/2", "đồng hạng", "Khá"):
        assert said in text
    assert "Chờ công bố đính chính" in browser.get(chosen.url).content.decode()
    # Nobody else sees anything of it yet.
    officer = published.officers[published.units[1].pk]
    assert "đính chính" not in page(officer, "ranking", period).lower()
    assert "đính chính" not in page(officer, "leaf_history", sheet.pk, leaf).lower()
    seen = browser.get(home).context["form"]["seen"].value()
    unsaid = browser.post(home, SENT | {"seen": seen, "reason": ""})
    assert (unsaid.status_code, Publication.objects.count()) == (422, 1)
    done = browser.post(home, SENT | {"seen": seen})
    assert done.url == reverse("ranking", args=[period])
    assert Publication.objects.count() == 2
    prepare(published, "1.1", {"points": "2"}, place=1)
    again = browser.post(home, SENT | {"seen": seen})
    assert (again.status_code, Publication.objects.count()) == (422, 2)
    assert "hãy xem lại rồi xác nhận" in again.content.decode()


def test_a_leafs_history_tells_the_correction_once_it_is_published(published: Year) -> None:
    officer, sheet = published.officers[published.units[1].pk], published.sheet(1)
    args = ("leaf_history", sheet.pk, published.criterion("1.1"))
    prepare(published, "1.1", {"points": "3.5"}, place=1, reason="Còn xem lại")
    prepare(published, "1.1", {"points": "4"}, place=1, seen=1, reason="Cộng thiếu 1 điểm")
    assert "Cộng thiếu 1 điểm" not in page(officer, *args)
    publish_correction(published)
    for person in (officer, published.appraiser, published.coordinator):
        assert "4 điểm – Cộng thiếu 1 điểm" in page(person, *args)
        assert "Còn xem lại" not in page(person, *args)
    prepare(published, "1.1", {"points": "2"}, place=1, reason="Chưa công bố")
    assert "Chưa công bố" not in page(officer, *args)


def test_of_two_coordinators_at_one_leaf_the_later_chooses(published: Year, as_: Callable) -> None:
    prepare(published, "1.1", {"points": "1"}, by=user_with(Role.COORDINATOR, published.host))
    url = reverse("correction_leaf", args=[published.sheet().pk, published.criterion("1.1")])
    browser = as_(published.coordinator)
    told = browser.post(url, {"points": "2", "reason": "Tôi thấy khác", "version": "0"})
    assert (told.status_code, CorrectedScore.objects.get().points) == (409, 1)
    text = " ".join(told.content.decode().split())
    assert "đã lưu tiêu chí này trước đó" in text
    assert "2 điểm – Tôi thấy khác" in text
    assert (
        browser.post(url, {"points": "2", "reason": "Tôi", "version": "0", "overwrite": "1"}).status_code
        == 302
    )
    assert CorrectedScore.objects.get().points == 2
    # A page that is wrong in another way keeps the version it was loaded with.
    wrong = browser.post(url, {"points": "9", "reason": "Tôi", "version": "1"})
    assert wrong.status_code == 422
    assert 'name="version" value="1"' in wrong.content.decode()


def test_withdrawing_from_the_page(published: Year, as_: Callable) -> None:
    row = prepare(published, "1.1", {"points": "1"})
    browser = as_(published.coordinator)
    url = reverse("correction_withdraw", args=[row.assessment_id, row.criterion_id])
    assert browser.get(url).status_code == 405
    stale = browser.post(url, {"version": "x"}, follow=True).content.decode()
    assert "vừa sửa nội dung đính chính này nên chưa rút" in stale
    assert CorrectedScore.objects.exists()
    browser.post(url, {"version": "1"})
    assert not CorrectedScore.objects.exists()
    assert "đã được rút" in browser.post(url, {"version": "1"}, follow=True).content.decode()


def test_points_by_hand_and_not_applicable(published: Year, as_: Callable) -> None:
    browser, sheet = as_(published.coordinator), published.sheet()
    by_hand = reverse("correction_leaf", args=[sheet.pk, published.criterion("2.1")])
    for sent in ({}, {"override": "7"}, {"override": "x"}, {"numerator": "3", "denominator": "4"}):
        assert browser.post(by_hand, sent | {"reason": "Sai", "version": "0"}).status_code == 422
    browser.post(by_hand, {"override": "4,5", "reason": "Sai", "version": "0"})
    assert 'name="override" value="4,5"' in browser.get(by_hand).content.decode()
    skipped = reverse("correction_leaf", args=[sheet.pk, published.criterion("1.3")])
    browser.post(skipped, {"not_applicable": "on", "reason": "Không điều tra", "version": "0"})
    assert sorted(CorrectedScore.objects.values_list("points", "excluded"), key=str) == [
        (4.5, False),
        (None, True),
    ]
    assert (
        browser.get(reverse("correction_leaf", args=[sheet.pk, published.criterion("1")])).status_code == 404
    )


def test_before_publication_the_pages_lead_back(year: Year, as_: Callable) -> None:
    browser, sheet = as_(year.coordinator), year.sheet()
    board = reverse("period", args=[year.period.pk])
    assert reverse("corrections", args=[year.period.pk]) not in browser.get(board).content.decode()
    leaf = [sheet.pk, year.criterion("1.1")]
    for name, args in (
        ("corrections", [year.period.pk]),
        ("correction_unit", [sheet.pk]),
        ("correction_leaf", leaf),
    ):
        assert browser.get(reverse(name, args=args)).url == board
    browser.post(reverse("correction_leaf", args=leaf), {"points": "1", "reason": "Sai"})
    browser.post(reverse("correction_withdraw", args=leaf), {"version": "1"})
    assert not CorrectedScore.objects.exists()
    assert not Event.objects.filter(action="prepare_correction").exists()


# Reading


def test_every_page_shows_what_is_in_force_and_leads_to_what_was(corrected: Year) -> None:
    officer, period = corrected.officers[corrected.units[1].pk], corrected.period.pk
    first, second = Publication.objects.order_by("ordinal")
    old, new = result_in(corrected, 1), result_in(corrected, 2)
    said = "Đã đính chính theo Quyết định số 200/QĐ-UBND"
    text = page(officer, "ranking", period)
    assert said in text
    assert "Cộng thiếu điểm" in text
    assert text.count("đồng hạng") == 2
    assert reverse("publication", args=[first.pk]) in text
    assert reverse("result", args=[new.pk]) in text
    text = page(officer, "publication", first.pk)
    assert "nay đã được đính chính" in text
    assert "9,029" in text
    assert reverse("publication", args=[second.pk]) in text
    assert reverse("result", args=[old.pk]) in text
    assert "đồng hạng" not in text
    text = page(officer, "result", new.pk)
    for words in (said, "10,206/20", "Cộng thiếu 1 điểm", reverse("result", args=[old.pk])):
        assert words in text
    text = page(officer, "result", old.pk)
    for words in ("nay đã được đính chính", "9,029/20", reverse("result", args=[new.pk])):
        assert words in text
    assert "Cộng thiếu 1 điểm" not in text
    text = page(officer, "results")
    assert "đã đính chính theo Quyết định số 200/QĐ-UBND" in text
    assert reverse("publication", args=[first.pk]) in text
    assert (reverse("result", args=[new.pk]) in text, reverse("result", args=[old.pk]) in text) == (
        True,
        False,
    )
    text = page(officer, "unit_history", corrected.units[1].pk)
    assert "đã đính chính theo Quyết định số 200/QĐ-UBND" in text
    assert ("10,206/20" in text, "9,029" in text) == (True, False)
    text = page(corrected.coordinator, "corrections", period)
    assert "đang có hiệu lực" in text
    assert reverse("publication", args=[first.pk]) in text


def test_nobody_sees_the_leaves_of_old_results_who_may_not_see_the_new(corrected: Year) -> None:
    stranger = corrected.officers[corrected.units[0].pk]
    for ordinal in (1, 2):
        pk = result_in(corrected, ordinal).pk
        assert get(stranger, "result", pk).status_code == 403
        text = page(stranger, "publication", Publication.objects.get(ordinal=ordinal).pk)
        assert reverse("result", args=[pk]) not in text


def test_leaves_are_those_of_their_publication(corrected: Year) -> None:
    prepare(corrected, "1.1", {"points": "2"}, place=1, reason="Tính lại")
    prepare(corrected, "1.2", {"points": "3"}, place=1)
    publish_correction(corrected)
    told = []
    for ordinal in (1, 2, 3):
        outcome = outcome_of_result(result_in(corrected, ordinal))
        rows = {row.code: row for row in outcome.rows()}
        told.append((rows["1.1"].points, rows["1.1"].note[:13], rows["1.2"].max_points, rows["1"].points))
    assert told == [(3, "", 0, 5.25), (4, "Đã đính chính", 0, 6.25), (2, "Đã đính chính", 3, 7.25)]
    assert rows["1.1"].reason == "Tính lại"


def test_the_workbook_of_each_publication(corrected: Year) -> None:
    def values(name: str, pk: int) -> tuple[str, list[object], list[object]]:
        answer = get(corrected.coordinator, name, pk)
        book = load_workbook(io.BytesIO(answer.content))
        ranked = [row[-4] for row in book["Xếp hạng Xã"].iter_rows(min_row=5, max_row=6, values_only=True)]
        matrix = list(book["Hội đồng Xã"].iter_rows(min_row=6, max_row=7, values_only=True))
        own = list(book["Tự chấm Xã"].iter_rows(min_row=6, max_row=7, values_only=True))
        assert sorted(row[1] for row in own) == [3, 4]
        return book["Xếp hạng Xã"]["A2"].value, ranked, sorted(row[1] for row in matrix)

    first, second = Publication.objects.order_by("ordinal")
    head, totals, leaves = values("ranking_xlsx", corrected.period.pk)
    assert "200/QĐ-UBND" in head
    assert "về việc đính chính: Cộng thiếu điểm" in head
    assert (totals, leaves) == ([10.206, 10.206], [4, 4])
    assert values("publication_xlsx", second.pk) == (head, totals, leaves)
    head, totals, leaves = values("publication_xlsx", first.pk)
    assert "123/QĐ-UBND" in head
    assert "đã được thay thế theo Quyết định số 200/QĐ-UBND" in head
    assert (totals, leaves) == ([10.206, 9.029], [3, 4])


def test_a_report_keeps_the_result_it_was_written_about_and_says_so(published: Year) -> None:
    officer = published.officers[published.units[1].pk]
    about = result_in(published, 1)
    report = create_report(kind=Name.REMEDIATION_RESULT, about=subject_of(about), by=officer, now=NOW)
    before = document_of(reports().get(pk=report.pk))
    assert "đính chính" not in page(officer, "report", report.pk)
    prepare(published, "1.1", {"points": "4"}, place=1)
    publish_correction(published)
    assert document_of(reports().get(pk=report.pk)) == before
    text = page(officer, "report", report.pk)
    assert "đã được đính chính theo" in text
    assert "Quyết định số 200/QĐ-UBND" in text
    assert "Kết quả đã được đính chính" in page(officer, "reports")
    # A report about what is in force is offered; nobody begins one about what no longer is.
    assert [offer.pk for offer in offers(officer, kind=Name.REMEDIATION_RESULT)] == [
        result_in(published, 2).pk
    ]
    browser = Client()
    browser.force_login(officer, "accounts.backends.MemberBackend")
    assert (
        browser.post(reverse("report_new", args=["remediation_result", "result", about.pk])).status_code
        == 404
    )
    assert (
        browser.post(
            reverse("report_new", args=["remediation_result", "result", result_in(published, 2).pk])
        ).status_code
        == 302
    )


@pytest.mark.parametrize(
    "name", ["corrections", "correction_unit", "ranking", "results", "result", "unit_history", "reports"]
)
def test_queries_do_not_grow(small_set: CriteriaSet, as_: Callable, name: str) -> None:
    """With the units, the leaves corrected and the publications."""
    counts = []
    for size in (1, 3):
        year = make_year(small_set, size)
        year.open()
        for place in range(size):
            year.play(place)
        announce(year)
        for turn in range(size):
            for place in range(turn + 1):
                prepare(year, "1.1", {"points": str(turn + 1)}, place, seen=0, reason=f"lần {turn}")
            publish_correction(year)
        for place in range(size):
            prepare(year, "1.1", {"points": "0"}, place)
        about = {
            "correction_unit": year.sheet().pk,
            "result": Result.objects.filter(assessment__unit=year.units[0]).latest("pk").pk,
            "unit_history": year.units[0].pk,
        }
        args = [] if name in {"results", "reports"} else [about.get(name, year.period.pk)]
        browser, url = as_(year.coordinator), reverse(name, args=args)
        browser.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
