"""(d) A unit's report as PDF."""

from __future__ import annotations

import yaml
from django.conf import settings
from django.utils import timezone
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from accounts.models import Role
from assessments.actions.recorded import load_record
from reports.actions.writing import create_report
from reports.html import render_page
from reports.kinds import Name
from reports.models import Report
from reports.pdf import render_pdf
from reports.queries.reports import document_of, reports
from reports.queries.subjects import subject_of
from tests.bench.ratios import Measured, each, in_ms, in_turn
from tests.factories import UnitFactory, user_with


def measure(rounds: int = 12) -> Measured:
    """From the stored outcome and words to the document, as its job makes it, against WeasyPrint alone."""
    pk = _stored_report().pk
    html = render_page(document_of(reports().get(pk=pk)))
    style = (settings.BASE_DIR / "static/reports/document.css").read_text(encoding="utf-8")

    def ours() -> bytes:
        return render_pdf(document_of(reports().get(pk=pk)), tagged=True)

    def floor() -> bytes:
        fonts = FontConfiguration()
        return HTML(string=html, media_type="print").write_pdf(
            stylesheets=[CSS(string=style, font_config=fonts, media_type="print")],
            font_config=fonts,
            presentational_hints=True,
            pdf_variant="pdf/ua-1",
        )

    assert ours() == floor(), "the floor prints something else"
    took, took_floor = in_turn(ours, floor, rounds)
    return Measured(
        "(d) report of Liên Sơn as PDF, time",
        "≤ 1.3",
        each(took, took_floor),
        [f"ours: {in_ms(took)}, {len(ours()) // 1000} kB", f"floor: {in_ms(took_floor)}"],
    )


def _stored_report() -> Report:
    fixtures = settings.BASE_DIR / "fixtures"
    host = UnitFactory(short_name="huyện Chi Lăng")
    unit = UnitFactory(short_name="xã Liên Sơn", parent=host)
    now = timezone.now()
    record = load_record(
        text=(fixtures / "results/lien-son-2023.yaml").read_text(encoding="utf-8"),
        by=user_with(Role.COORDINATOR, host),
        now=now,
    )
    content = yaml.safe_load((fixtures / "reports/lien-son-2024.yaml").read_text(encoding="utf-8"))
    return create_report(
        kind=Name.REMEDIATION_RESULT,
        about=subject_of(record),
        content={key: value for key, value in content.items() if key not in {"kind", "result"}},
        by=user_with(Role.OFFICER, unit),
        now=now,
    )
