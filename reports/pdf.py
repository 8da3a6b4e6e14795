"""A Document as PDF: fonts embedded, nothing fetched, the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NoReturn

import pydyf
from django.conf import settings
from django.contrib.staticfiles import finders
from weasyprint import CSS, HTML
from weasyprint.document import Document as LaidOut
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
        finisher=page_labels(document),
    )


def page_labels(document: Document) -> Callable[[LaidOut, pydyf.PDF], None]:
    """A reader's page box shows what is printed: "3", and "Phụ lục I - 2" where an appendix counts anew."""
    labels = {
        f"appendix-{place}": label for place, (label, _) in enumerate(document.labelled_appendices, start=1)
    }

    def label(laid_out: LaidOut, pdf: pydyf.PDF) -> None:
        ranges: dict[int, dict[str, object]] = {0: {"S": "/D"}}
        for index, page in enumerate(laid_out.pages):
            for anchor in labels.keys() & page.anchors.keys():
                ranges[index] = {"S": "/D", "P": pydyf.String(f"{labels[anchor]} - ")}
        numbers = [entry for index, style in ranges.items() for entry in (index, pydyf.Dictionary(style))]
        pdf.catalog["PageLabels"] = pydyf.Dictionary({"Nums": pydyf.Array(numbers)})

    return label


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
