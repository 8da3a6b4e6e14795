"""All evidence of a sheet as one zip."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Evidence
from assessments.queries.archive import INDEX, UNATTACHED, safe_name
from tests.assessments import files
from tests.assessments.conftest import NOW, Year
from tests.assessments.showing import (
    body,
    client_of,
    kept,
    officer,
    show_everything,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(year: Year) -> Client:
    return client_of(officer(year))


def archive(year: Year, client: Client) -> zipfile.ZipFile:
    response = client.get(reverse("evidence_zip", args=[year.sheet().pk]))
    assert response["Content-Type"] == "application/zip"
    assert response["Cache-Control"] == "private, no-store"
    return zipfile.ZipFile(io.BytesIO(body(response)))


def test_the_zip_is_ordered_by_code(year: Year, client: Client) -> None:
    show_everything(year)
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
    show_everything(year)
    Path(Evidence.objects.get(title="Ảnh").file.path).unlink()
    zipped = archive(year, client)
    assert not [name for name in zipped.namelist() if name.startswith("2.2.2")]
    rows = openpyxl.load_workbook(io.BytesIO(zipped.read(INDEX))).active.iter_rows(values_only=True)
    assert "Không tìm thấy tệp trên máy chủ" in {row[8] for row in rows}


def test_the_zip_asks_a_constant_number_of_queries(year: Year, client: Client) -> None:
    url, counts = reverse("evidence_zip", args=[year.sheet().pk]), []
    for content in (files.PDF, files.png(), files.jpg()):
        kept(year, content)
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
        kept(year, content, title="Ế" * 290 + str(number))
    names = archive(year, client).namelist()
    assert len({name.casefold() for name in names}) == len(names) == 5
    assert max(len(name.encode()) for name in names) <= 200


def test_the_zip_of_nothing_holds_the_list(year: Year, client: Client) -> None:
    assert archive(year, client).namelist() == [INDEX]
