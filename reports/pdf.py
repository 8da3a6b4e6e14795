"""A Document as PDF: fonts embedded, nothing fetched, the same bytes every time."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.contrib.staticfiles import finders
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from reports.document import Document
from reports.html import render_page

STYLESHEET = "reports/document.css"


class NothingFetched(URLFetcher):
    """The page and its stylesheet are handed over as text; any URL is a mistake or an attack."""

    def fetch(self, url: str, headers: object = None) -> NoReturn:
        raise ValueError(f"Documents fetch nothing: {url[:200]}")


def render_pdf(document: Document, *, tagged: bool = False) -> bytes:
    """`tagged` makes it PDF/UA for screen readers, or PDF/A-3 where the settings say so, for a quarter more time
    and three quarters more size."""
    page = HTML(string=render_page(document), url_fetcher=NothingFetched(), media_type="print")
    return page.write_pdf(
        stylesheets=[_stylesheet()],
        font_config=_fonts(),
        presentational_hints=True,  # column widths; style attributes would violate the preview's policy
        pdf_variant=settings.DOCUMENT_PDF_VARIANT if tagged else None,
    )


@cache
def _fonts() -> FontConfiguration:
    """One per process: each leaves half a megabyte behind. Not for two threads at once."""
    return FontConfiguration()


@cache
def _stylesheet() -> CSS:
    """Parsed once per process: 15 ms, a tenth of a short report."""
    path = finders.find(STYLESHEET)
    if not path:
        raise FileNotFoundError(STYLESHEET)
    text = Path(path).read_text(encoding="utf-8")
    return CSS(string=text, url_fetcher=NothingFetched(), media_type="print")
