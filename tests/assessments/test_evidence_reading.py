"""Evidence as people read it: a file, the row of a leaf, the list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.actions.evidence import add_link, attach, detach
from assessments.models import Evidence
from assessments.queries.evidence import attached_to
from tests.assessments import files
from tests.assessments.conftest import NOW, Year
from tests.assessments.showing import (
    body,
    client_of,
    file_url,
    kept,
    officer,
    panel_url,
    show_everything,
    text,
    upload,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(year: Year) -> Client:
    return client_of(officer(year))


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
    url = file_url(kept(year, content, title='Kế hoạch "A"/2026'))
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
    evidence = kept(year)
    assert Client().get(file_url(evidence)).status_code == 302
    assert Client().get(f"/media/{evidence.file.name}").status_code == 404
    Path(evidence.file.path).unlink()
    assert client_of(officer(year)).get(file_url(evidence)).status_code == 404


def test_appraisers_read_once_the_sheet_is_sent(year: Year) -> None:
    evidence, appraiser = kept(year), client_of(year.appraiser)
    assert appraiser.get(file_url(evidence)).status_code == 403
    year.submit()
    assert appraiser.get(file_url(evidence)).status_code == 200
    assert appraiser.post(panel_url(year), {"way": "file", "file": upload(files.png())}).status_code == 403


def test_the_list_says_where_and_by_whom(year: Year, client: Client) -> None:
    show_everything(year)
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
            kept(year, files.PDF + b"%" * Evidence.objects.count(), title="Tệp")
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert text(client.get(url)).count("(mở ở thẻ mới)") == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_row_of_a_leaf_costs_no_query(year: Year, client: Client) -> None:
    kept(year)
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
