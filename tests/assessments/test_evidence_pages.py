"""Evidence at a leaf, with and without htmx."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from assessments.actions.evidence import add_link
from assessments.models import Attachment, Evidence
from assessments.queries.evidence import attached_to
from tests.assessments import files
from tests.assessments.conftest import NOW, Year, later
from tests.assessments.showing import (
    HTMX,
    client_of,
    detach_url,
    file_url,
    kept,
    officer,
    panel_url,
    text,
    upload,
)
from tests.factories import user_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(year: Year) -> Client:
    return client_of(officer(year))


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
    pieces = [kept(year), kept(year, files.png(), None, "Ảnh")]
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
    own = kept(year)
    other = client_of(year.officers[year.units[1].pk])
    assert other.get(file_url(own)).status_code == 403
    through_his_sheet = reverse("evidence_file", args=[year.sheet(1).pk, own.pk])
    assert other.get(through_his_sheet).status_code == 404
    for name in ("evidence_list", "evidence_zip"):
        assert other.get(reverse(name, args=[year.sheet().pk])).status_code == 403


def test_errors_stand_at_their_field_and_keep_what_was_typed_in(year: Year, client: Client) -> None:
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


def test_the_document_form_keeps_what_was_typed_in(year: Year, client: Client) -> None:
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
    evidence = kept(year)
    response = client.post(detach_url(year), {"evidence": evidence.pk}, **HTMX)
    assert "vẫn còn trong danh sách" in text(response)
    assert not Attachment.objects.exists()
    assert client.get(detach_url(year)).status_code == 405
    assert client.post(detach_url(year), {"evidence": ""}).status_code == 409


@pytest.mark.parametrize("role", [Role.UNIT_LEADER, Role.COORDINATOR, Role.LEADER])
def test_readers_see_and_do_not_write(year: Year, role: str) -> None:
    evidence = kept(year)
    reader = client_of(user_with(role, year.units[0] if role == Role.UNIT_LEADER else year.host))
    page = text(reader.get(panel_url(year)))
    assert evidence.title in page
    assert 'name="way"' not in page
    assert reader.get(file_url(evidence)).status_code == 200
    assert reader.post(panel_url(year), {"way": "file", "file": upload(files.png())}).status_code == 403
    assert reader.post(detach_url(year), {"evidence": evidence.pk}).status_code == 403


@pytest.mark.parametrize("extra", [{}, HTMX])
def test_too_late_is_said_and_nothing_is_stored(
    year: Year, client: Client, clock: Any, extra: dict[str, str]
) -> None:
    clock.move_to(later(days=40))
    client.force_login(officer(year), "accounts.backends.MemberBackend")
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


def test_done_gives_the_row_back(year: Year, client: Client) -> None:
    kept(year)
    url = reverse("evidence_attached", args=[year.sheet().pk, year.criterion("1.1")])
    assert "Thêm, gỡ tài liệu" in text(client.get(url, **HTMX))
    assert (
        client.get(url)["Location"]
        == f"{reverse('sheet', args=[year.sheet().pk])}#leaf-{year.criterion('1.1')}"
    )
