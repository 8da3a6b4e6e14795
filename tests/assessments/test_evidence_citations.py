"""Links and cited documents: what is taken for one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assessments.actions.evidence import Added, add_document
from assessments.actions.receiving import Unusable
from tests.assessments.conftest import NOW, Year
from tests.assessments.showing import (
    link,
    officer,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "url",
    [
        "https://chinhphu.vn/van-ban?id=1",
        "http://10.0.0.1/a",
        " https://cổng.vn/đường-dẫn ",
        "http://a.gov.vn:8080",
    ],
)
def test_web_addresses_are_taken(year: Year, url: str) -> None:
    assert link(year, url).evidence.url == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "JavaScript://chinhphu.vn/%0aalert(1)",
        "data:text/html,<script>",
        "ftp://chinhphu.vn/a",
        "file:///etc/passwd",
        "//chinhphu.vn",
        "https://",
        "https:///a",
        "https://chinh phu.vn",
        "https://chinhphu.vn/a b",
        "https://chinhphu.vn\nhttps://a.vn",
        "https://chinhphu.vn@xau.vn/",
        "chinhphu.vn",
        "https://a.vn/" + "a" * 1000,
    ],
)
def test_anything_else_is_no_link(year: Year, url: str) -> None:
    with pytest.raises(Unusable) as refused:
        link(year, url)
    assert refused.value.field == "url"


def test_a_second_click_adds_no_second_link(year: Year) -> None:
    assert link(year, "https://a.vn").created
    assert not link(year, "https://a.vn").created
    assert link(year, "https://a.vn", title="Tên khác").created


def document(year: Year, **given: Any) -> Added:
    values = {
        "number": "12",
        "symbol": "KH-UBND",
        "issued_on": date(2026, 1, 15),
        "title": "Kế hoạch",
        **given,
    }
    return add_document(
        assessment=year.sheet(), criterion_id=year.criterion("1.1"), by=officer(year), now=NOW, **values
    )


def test_a_cited_document_has_number_symbol_date_and_subject(year: Year) -> None:
    evidence = document(year).evidence
    assert (evidence.document_number, evidence.document_symbol) == ("12", "KH-UBND")
    assert (evidence.document_date, evidence.title) == (date(2026, 1, 15), "Kế hoạch")
    assert not document(year).created
    assert document(year, number="").created


@pytest.mark.parametrize(
    ("field", "value"), [("symbol", " "), ("title", "\u200b"), ("issued_on", date(2026, 3, 3))]
)
def test_a_cited_document_lacks_nothing(year: Year, field: str, value: Any) -> None:
    with pytest.raises(Unusable) as refused:
        document(year, **{field: value})
    assert refused.value.field == field
