"""Evidence on pages: at a leaf, with and without htmx, as a file, as a list."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, User
from assessments.actions.evidence import add_document, add_file, add_link, attach, detach
from assessments.models import Attachment, Evidence
from assessments.queries.archive import INDEX, UNATTACHED, safe_name
from assessments.queries.evidence import attached_to
from tests.assessments import files
from tests.assessments.conftest import NOW, Year, later
from tests.factories import user_with

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def client_of(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def officer(year: Year) -> User:
    return year.officers[year.units[0].pk]


@pytest.fixture
def client(year: Year) -> Client:
    return client_of(officer(year))


def panel_url(year: Year, code: str = "1.1", place: int = 0) -> str:
    return reverse("evidence_panel", args=[year.sheet(place).pk, year.criterion(code, place)])


def detach_url(year: Year, code: str = "1.1") -> str:
    return reverse("evidence_detach", args=[year.sheet().pk, year.criterion(code)])


def file_url(evidence: Evidence) -> str:
    return reverse("evidence_file", args=[evidence.assessment_id, evidence.pk])


def upload(content: bytes = files.PDF, name: str = "Kế hoạch.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def added(
    year: Year, content: bytes = files.PDF, code: str | None = "1.1", title: str = "Kế hoạch"
) -> Evidence:
    return add_file(
        assessment=year.sheet(),
        criterion_id=code and year.criterion(code),
        upload=upload(content),
        title=title,
        by=officer(year),
        now=NOW,
    ).evidence


def text(response: HttpResponse) -> str:
    return response.content.decode()


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_a_file_is_added_without_script(year: Year, client: Client) -> None:
    page = client.get(panel_url(year))
    assert "chưa có tài liệu" in text(page)
    response = client.post(panel_url(year), {"way": "file", "file": upload(), "title": ""}, follow=True)
    assert response.redirect_chain == [(panel_url(year), 302)]
    evidence = Evidence.objects.get()
    assert "Đã thêm “Kế hoạch”" in text(response)
    assert file_url(evidence) in text(response)


@pytest.mark.parametrize(
    ("way", "entered"),
    [
        ("file", {"file": upload}),
        ("link", {"url": "https://chinhphu.vn", "title": "Trang"}),
        ("document", {"number": "1", "symbol": "KH-UBND", "issued_on": "2026-01-05", "title": "Kế hoạch"}),
    ],
)
def test_each_way_adds_in_place_with_htmx(
    year: Year, client: Client, way: str, entered: dict[str, Any]
) -> None:
    posted = {name: value() if callable(value) else value for name, value in entered.items()}
    response = client.post(panel_url(year), {"way": way, **posted}, **HTMX)
    assert response.status_code == 200
    assert "Đã thêm" in text(response)
    assert "<html" not in text(response)
    assert Attachment.objects.get().evidence.kind == way


def test_what_is_there_already_is_picked_for_another_leaf(year: Year, client: Client) -> None:
    pieces = [added(year), added(year, files.png(), None, "Ảnh")]
    response = client.post(
        panel_url(year, "1.2"), {"way": "pick", "evidence": [piece.pk for piece in pieces]}, **HTMX
    )
    assert "Đã gắn 2 tài liệu" in text(response)
    assert len(attached_to(year.sheet(), year.criterion("1.2"))) == 2
    response = client.post(panel_url(year, "1.2"), {"way": "pick", "evidence": [pieces[0].pk]}, **HTMX)
    assert response.status_code == 422


def test_evidence_of_another_sheet_is_out_of_reach(year: Year, client: Client) -> None:
    foreign = add_link(
        assessment=year.sheet(1),
        url="https://a.vn",
        title="Của xã khác",
        by=year.officers[year.units[1].pk],
        now=NOW,
    ).evidence
    picked = client.post(panel_url(year), {"way": "pick", "evidence": [foreign.pk]}, **HTMX)
    assert picked.status_code == 422
    assert "Của xã khác" not in text(picked)
    assert client.post(detach_url(year), {"evidence": foreign.pk}).status_code == 404
    assert not Attachment.objects.exists()
    own = added(year)
    other = client_of(year.officers[year.units[1].pk])
    assert other.get(file_url(own)).status_code == 403
    through_his_sheet = reverse("evidence_file", args=[year.sheet(1).pk, own.pk])
    assert other.get(through_his_sheet).status_code == 404
    for name in ("evidence_list", "evidence_zip"):
        assert other.get(reverse(name, args=[year.sheet().pk])).status_code == 403


def test_errors_stand_at_their_field_and_keep_what_was_typed(year: Year, client: Client) -> None:
    response = client.post(
        panel_url(year), {"way": "link", "url": "javascript:alert(1)", "title": "Trang của xã"}, **HTMX
    )
    assert response.status_code == 422
    page = text(response)
    assert 'value="Trang của xã"' in page
    assert 'value="javascript:alert(1)"' in page
    assert 'aria-invalid="true"' in page
    assert "http://" in page
    response = client.post(
        panel_url(year), {"way": "file", "file": upload(b"MZ" + bytes(50)), "title": "Chương trình"}
    )
    assert response.status_code == 422
    assert 'value="Chương trình"' in text(response)
    assert "chọn lại tệp" in text(response)
    assert "không thuộc loại" in text(response)


def test_the_document_form_keeps_what_was_typed(year: Year, client: Client) -> None:
    typed = {
        "way": "document",
        "number": "7",
        "symbol": "",
        "issued_on": "31/02/2026",
        "title": "Báo cáo quý",
    }
    page = text(client.post(panel_url(year), typed, **HTMX))
    assert all(shown in page for shown in ('value="7"', 'value="31/02/2026"', 'value="Báo cáo quý"'))
    assert "ngày/tháng/năm" in page


def test_what_is_too_large_is_dropped_on_the_way(year: Year, client: Client, settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = 100_000
    large = upload(files.PDF + bytes(3_000_000))
    response = client.post(panel_url(year), {"title": "Giữ lại", "way": "file", "file": large}, **HTMX)
    assert response.status_code == 422
    assert "lớn hơn" in text(response)
    assert 'value="Giữ lại"' in text(response)
    assert not Evidence.objects.exists()


def test_the_token_is_asked_for(year: Year) -> None:
    client = client_of(officer(year), enforce_csrf_checks=True)
    entered = {"way": "link", "url": "https://a.vn", "title": "A"}
    assert client.post(panel_url(year), entered).status_code == 403
    assert client.post(detach_url(year), {"evidence": 1}).status_code == 403
    client.get(panel_url(year))
    token = client.cookies["csrftoken"].value
    assert client.post(panel_url(year), {**entered, "csrfmiddlewaretoken": token}).status_code == 302


def test_detaching_says_that_nothing_is_lost(year: Year, client: Client) -> None:
    evidence = added(year)
    response = client.post(detach_url(year), {"evidence": evidence.pk}, **HTMX)
    assert "vẫn còn trong danh sách" in text(response)
    assert not Attachment.objects.exists()
    assert client.get(detach_url(year)).status_code == 405
    assert client.post(detach_url(year), {"evidence": ""}).status_code == 409


@pytest.mark.parametrize("role", [Role.UNIT_LEADER, Role.COORDINATOR, Role.LEADER])
def test_readers_see_and_do_not_write(year: Year, role: str) -> None:
    evidence = added(year)
    reader = client_of(user_with(role, year.units[0] if role == Role.UNIT_LEADER else year.host))
    page = text(reader.get(panel_url(year)))
    assert evidence.title in page
    assert 'name="way"' not in page
    assert reader.get(file_url(evidence)).status_code == 200
    assert reader.post(panel_url(year), {"way": "file", "file": upload(files.png())}).status_code == 403
    assert reader.post(detach_url(year), {"evidence": evidence.pk}).status_code == 403


def test_appraisers_read_once_the_sheet_is_sent(year: Year) -> None:
    evidence, appraiser = added(year), client_of(year.appraiser)
    assert appraiser.get(file_url(evidence)).status_code == 403
    year.submit()
    assert appraiser.get(file_url(evidence)).status_code == 200
    assert appraiser.post(panel_url(year), {"way": "file", "file": upload(files.png())}).status_code == 403


@pytest.mark.parametrize("extra", [{}, HTMX])
def test_too_late_is_said_and_nothing_is_stored(
    year: Year, client: Client, clock: Any, extra: dict[str, str]
) -> None:
    clock.move_to(later(days=40))
    client.force_login(officer(year), "django.contrib.auth.backends.ModelBackend")
    page = client.get(panel_url(year), **extra)
    assert "hết hạn" in text(page)
    assert 'name="way"' not in text(page)
    response = client.post(panel_url(year), {"way": "link", "url": "https://a.vn", "title": "A"}, **extra)
    assert response.status_code == 409
    assert "hết hạn" in text(response)
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("code", ["1", "1.3"])
def test_only_leaves_of_the_unit_have_a_panel(year: Year, client: Client, code: str) -> None:
    assert client.get(panel_url(year, code)).status_code == 404
    assert client.get(reverse("evidence_panel", args=[year.sheet().pk, 10**9])).status_code == 404


@pytest.mark.parametrize(
    ("content", "media_type", "shown"),
    [
        (files.PDF, "application/pdf", "inline"),
        (files.png(), "image/png", "inline"),
        (files.jpg(), "image/jpeg", "inline"),
        (files.xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "attachment"),
        (files.compound("WordDocument"), "application/msword", "attachment"),
    ],
)
def test_files_are_served_as_what_they_are_and_run_nothing(
    year: Year, client: Client, content: bytes, media_type: str, shown: str
) -> None:
    url = file_url(added(year, content, title='Kế hoạch "A"/2026'))
    response = client.get(url, HTTP_ACCEPT_ENCODING="gzip")
    assert body(response) == content
    assert response["Content-Type"] == media_type
    assert response["Content-Disposition"].startswith(f"{shown}; filename*=utf-8''K%E1%BA%BF%20ho%E1%BA%A1ch")
    assert "%2F" not in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Length"] == str(len(content))
    head = client.head(url)
    assert (head.status_code, body(head), head["Content-Length"]) == (200, b"", str(len(content)))


def test_strangers_reach_no_file(year: Year, settings: Any) -> None:
    evidence = added(year)
    assert Client().get(file_url(evidence)).status_code == 302
    assert Client().get(f"/media/{evidence.file.name}").status_code == 404
    Path(evidence.file.path).unlink()
    assert client_of(officer(year)).get(file_url(evidence)).status_code == 404


def test_the_row_of_a_leaf_costs_no_query(year: Year, client: Client) -> None:
    added(year)
    add_link(assessment=year.sheet(), url="https://a.vn", title="Trang", by=officer(year), now=NOW)
    attach(
        evidence=Evidence.objects.get(kind="link"),
        criterion_id=year.criterion("1.1"),
        by=officer(year),
        now=NOW,
    )
    context = {
        "assessment": year.sheet(),
        "criterion_id": year.criterion("1.1"),
        "attached": attached_to(year.sheet(), year.criterion("1.1")),
        "writable": True,
    }
    with CaptureQueriesContext(connection) as queries:
        row = render_to_string("assessments/evidence/attached.html", context)
    assert not queries.captured_queries
    assert file_url(Evidence.objects.get(kind="file")) in row
    assert f'href="{panel_url(year)}"' in row
    assert 'rel="noopener noreferrer"' in row


def test_done_gives_the_row_back(year: Year, client: Client) -> None:
    added(year)
    url = reverse("evidence_attached", args=[year.sheet().pk, year.criterion("1.1")])
    assert "Thêm, gỡ tài liệu" in text(client.get(url, **HTMX))
    assert (
        client.get(url)["Location"]
        == f"{reverse('sheet', args=[year.sheet().pk])}#leaf-{year.criterion('1.1')}"
    )


def pages(year: Year) -> dict[str, Callable[[], str]]:
    return {
        "panel": lambda: panel_url(year, "1.1"),
        "list": lambda: reverse("evidence_list", args=[year.sheet().pk]),
    }


@pytest.mark.parametrize("name", ["panel", "list"])
def test_queries_do_not_grow_with_the_evidence(year: Year, client: Client, name: str) -> None:
    url, counts = pages(year)[name](), []
    for wanted in (1, 3):
        while Evidence.objects.count() < wanted:
            added(year, files.PDF + b"%" * Evidence.objects.count(), title="Tệp")
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert text(client.get(url)).count("(mở ở thẻ mới)") == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1]


def full_year(year: Year) -> None:
    by, now = officer(year), NOW
    added(year, files.png(), "2.2.2", "Ảnh")
    plan = added(year, files.PDF, "1.2", "Kế hoạch: năm/2026")
    attach(evidence=plan, criterion_id=year.criterion("1.1"), by=by, now=now)
    added(year, files.jpg(), "1.1", "Kế hoạch: năm/2026")
    added(year, files.docx(), None, "../../Chưa dùng")
    leaf = {"assessment": year.sheet(), "criterion_id": year.criterion("1.1"), "by": by, "now": now}
    add_link(url="https://a.vn/?x==1", title="=HYPERLINK(1)", **leaf)
    add_document(number="12", symbol="KH-UBND", issued_on=NOW.date(), title="Kế hoạch", **leaf)


def archive(year: Year, client: Client) -> zipfile.ZipFile:
    response = client.get(reverse("evidence_zip", args=[year.sheet().pk]))
    assert response["Content-Type"] == "application/zip"
    assert response["Cache-Control"] == "private, no-store"
    return zipfile.ZipFile(io.BytesIO(body(response)))


def test_the_zip_is_ordered_by_code(year: Year, client: Client) -> None:
    full_year(year)
    zipped = archive(year, client)
    assert zipped.testzip() is None
    assert zipped.namelist() == [
        "1.1 Kế hoạch/01 Kế hoạch năm 2026.pdf",
        "1.1 Kế hoạch/02 Kế hoạch năm 2026.jpg",
        "1.2 Kiểm tra/01 Kế hoạch năm 2026.pdf",
        "2.2.2 Cách hai/01 Ảnh.png",
        f"{UNATTACHED}/01 Chưa dùng.docx",
        INDEX,
    ]
    assert zipped.read("1.1 Kế hoạch/01 Kế hoạch năm 2026.pdf") == files.PDF
    rows = list(openpyxl.load_workbook(io.BytesIO(zipped.read(INDEX))).active.iter_rows(values_only=True))
    assert len(rows) == 1 + 7
    assert [row[1] or "" for row in rows[1:]] == ["1.1", "1.1", "1.1", "1.1", "1.2", "2.2.2", ""]
    link = next(row for row in rows if row[3] == "Đường dẫn")
    assert (link[4], link[7]) == ("=HYPERLINK(1)", "https://a.vn/?x==1")
    cited = next(row for row in rows if row[3] == "Văn bản viện dẫn")
    assert (cited[5], cited[6]) == ("12/KH-UBND", "02/3/2026")


def test_one_lost_file_does_not_cost_the_others(year: Year, client: Client) -> None:
    full_year(year)
    Path(Evidence.objects.get(title="Ảnh").file.path).unlink()
    zipped = archive(year, client)
    assert not [name for name in zipped.namelist() if name.startswith("2.2.2")]
    rows = openpyxl.load_workbook(io.BytesIO(zipped.read(INDEX))).active.iter_rows(values_only=True)
    assert "Không tìm thấy tệp trên máy chủ" in {row[8] for row in rows}


def test_the_zip_asks_a_constant_number_of_queries(year: Year, client: Client) -> None:
    url, counts = reverse("evidence_zip", args=[year.sheet().pk]), []
    for content in (files.PDF, files.png(), files.jpg()):
        added(year, content)
        with CaptureQueriesContext(connection) as queries:
            body(client.get(url))
        counts.append(len(queries))
    assert len(set(counts)) == 1


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("../../etc/passwd", "etc passwd"),
        ('a\\b:c*?<>|"d', "a b c d"),
        ("Kế hoạch\u202egpj.exe\n", "Kế hoạch gpj.exe"),
        ("Ke\u0302\u0301", "Kế"),
        (" . ", ""),
    ],
)
def test_names_are_safe_on_every_system(typed: str, name: str) -> None:
    assert safe_name(typed, 100) == name


def test_long_names_are_cut_between_letters() -> None:
    assert safe_name("ế" * 100, 100) == "ế" * 33
    year_long = safe_name("Kế hoạch " * 50, 118)
    assert len(year_long.encode()) <= 118


def test_paths_stay_short_and_unique(year: Year, client: Client) -> None:
    for number, content in enumerate([files.PDF, files.png(), files.jpg(), files.docx()]):
        added(year, content, title="Ế" * 290 + str(number))
    names = archive(year, client).namelist()
    assert len({name.casefold() for name in names}) == len(names) == 5
    assert max(len(name.encode()) for name in names) <= 200


def test_the_list_says_where_and_by_whom(year: Year, client: Client) -> None:
    full_year(year)
    detach(
        evidence=Evidence.objects.get(title="Ảnh"),
        criterion_id=year.criterion("2.2.2"),
        by=officer(year),
        now=NOW,
    )
    page = text(client.get(reverse("evidence_list", args=[year.sheet().pk])))
    assert "6 tài liệu" in page
    assert page.count("chưa gắn") == 2
    assert officer(year).full_name in page
    assert "số 12/KH-UBND ngày 02/3/2026" in page
    assert reverse("evidence_zip", args=[year.sheet().pk]) in page


def test_an_empty_list_says_where_to_begin(year: Year, client: Client) -> None:
    page = text(client.get(reverse("evidence_list", args=[year.sheet().pk])))
    assert "Chưa có tài liệu kiểm chứng" in page
    assert archive(year, client).namelist() == [INDEX]
