"""What the tests of evidence share: things to show, and people who look at them."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assessments.actions.evidence import Added, add_document, add_file, add_link, attach
from assessments.models import Evidence
from tests.assessments import files
from tests.assessments.conftest import NOW, Year

HTMX = {"HTTP_HX_REQUEST": "true"}


def upload(content: bytes = files.PDF, name: str = "Kế hoạch.pdf") -> UploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def officer(year: Year, place: int = 0) -> User:
    return year.officers[year.units[place].pk]


def add(year: Year, code: str | None = "1.1", place: int = 0, **given: Any) -> Added:
    values = {"upload": upload(), "by": officer(year, place), "now": NOW, **given}
    criterion = None if code is None else year.criterion(code, place)
    return add_file(assessment=year.sheet(place), criterion_id=criterion, **values)


def link(year: Year, url: str, **given: Any) -> Added:
    values = {"title": "Trang", "by": officer(year), "now": NOW, **given}
    return add_link(assessment=year.sheet(), criterion_id=year.criterion("1.1"), url=url, **values)


def kept(
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


def show_everything(year: Year) -> None:
    by, now = officer(year), NOW
    kept(year, files.png(), "2.2.2", "Ảnh")
    plan = kept(year, files.PDF, "1.2", "Kế hoạch: năm/2026")
    attach(evidence=plan, criterion_id=year.criterion("1.1"), by=by, now=now)
    kept(year, files.jpg(), "1.1", "Kế hoạch: năm/2026")
    kept(year, files.docx(), None, "../../Chưa dùng")
    leaf = {"assessment": year.sheet(), "criterion_id": year.criterion("1.1"), "by": by, "now": now}
    add_link(url="https://a.vn/?x==1", title="=HYPERLINK(1)", **leaf)
    add_document(number="12", symbol="KH-UBND", issued_on=NOW.date(), title="Kế hoạch", **leaf)


def client_of(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user, "accounts.backends.MemberBackend")
    return client


def panel_url(year: Year, code: str = "1.1", place: int = 0) -> str:
    return reverse("evidence_panel", args=[year.sheet(place).pk, year.criterion(code, place)])


def detach_url(year: Year, code: str = "1.1") -> str:
    return reverse("evidence_detach", args=[year.sheet().pk, year.criterion(code)])


def file_url(evidence: Evidence) -> str:
    return reverse("evidence_file", args=[evidence.assessment_id, evidence.pk])


def text(response: HttpResponse) -> str:
    return response.content.decode()


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)
