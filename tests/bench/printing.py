"""(d) A unit's report as PDF, and (g) every kind of report."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from statistics import median

from django.conf import settings
from django.utils import timezone
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from reports.docx import render_docx
from reports.html import render_page
from reports.kinds import KINDS
from reports.models import Report
from reports.pdf import page_labels, render_pdf
from reports.queries.reports import document_of, reports
from tests.bench.papers import stored_reports, written
from tests.bench.ratios import Measured, each, in_ms, in_turn, seconds


def measure(rounds: int = 12) -> Measured:
    """From the stored outcome and words to the document, as its job makes it, against WeasyPrint alone."""
    ours, floor = _sides(written("lien-son-2024", timezone.now()))
    took, took_floor = in_turn(ours, floor, rounds)
    return Measured(
        "(d) report of Liên Sơn as PDF, time",
        "≤ 1.3",
        each(took, took_floor),
        [f"ours: {in_ms(took)}, {len(ours()) // 1000} kB", f"floor: {in_ms(took_floor)}"],
    )


def measure_kinds(units: int = 170, rounds: int = 5, only: Collection[str] = KINDS) -> list[Measured]:
    """The same for each kind, by processor time, and what its DOCX takes besides."""
    return [_measure_kind(report, rounds) for report in stored_reports(units) if report.kind in only]


def _measure_kind(report: Report, rounds: int) -> Measured:
    ours, floor = _sides(report)
    took, took_floor = in_turn(ours, floor, rounds, clock=time.process_time)
    document = document_of(reports().get(pk=report.pk))
    docx = [seconds(lambda: render_docx(document), time.process_time) for _ in range(rounds)]
    return Measured(
        f"(g) {report.kind} as PDF, processor time",
        "≤ 1.3",
        each(took, took_floor),
        [
            f"ours: {in_ms(took)}, {len(ours()) // 1000} kB; floor: {in_ms(took_floor)}",
            f"DOCX besides: {in_ms(docx)}, {len(render_docx(document)) // 1000} kB, "
            f"{median(docx) / median(took):.2f} of the PDF",
        ],
    )


def _sides(report: Report) -> tuple[Callable[[], bytes], Callable[[], bytes]]:
    """Ours, and WeasyPrint on the ready HTML and stylesheet; both label the pages and print the same bytes."""
    document = document_of(reports().get(pk=report.pk))
    html = render_page(document)
    style = (settings.BASE_DIR / "static/reports/document.css").read_text(encoding="utf-8")

    def ours() -> bytes:
        return render_pdf(document_of(reports().get(pk=report.pk)), tagged=True)

    def floor() -> bytes:
        fonts = FontConfiguration()
        return HTML(string=html, media_type="print").write_pdf(
            stylesheets=[CSS(string=style, font_config=fonts, media_type="print")],
            font_config=fonts,
            presentational_hints=True,
            pdf_variant="pdf/ua-1",
            finisher=page_labels(document),
        )

    assert ours() == floor(), "the floor prints something else"
    return ours, floor
