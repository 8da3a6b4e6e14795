"""The sheet as it would be with what is typed: the same as after saving, and nothing stored on the way."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Event, RecordedResult, RecordedRow
from reports.html import render_sheet
from reports.models import Rendering, Report, ReportVersion
from reports.queries.reports import document_of, reports
from tests.reports.conftest import NOW, as_posted, remediation, signed_in
from tests.reports.test_pages import shown

pytestmark = pytest.mark.django_db


def preview(lien_son, person=None, *, page=False, **typed):
    return signed_in(person or lien_son.officer).post(
        reverse("report_preview", args=[lien_son.report.pk]),
        as_posted(lien_son.report, **typed),
        headers={} if page else {"HX-Request": "true"},
    )


def stored() -> list:
    return [
        list(model.objects.order_by("pk").values()) for model in (Report, ReportVersion, Rendering, Event)
    ]


def test_it_is_the_sheet_of_the_same_words_saved(lien_son, go):
    typed = {"difficulties": "Đường truyền **còn yếu**.\n- Máy cũ", "signer": "Lê Văn Mười"}
    seen = preview(lien_son, **typed).content.decode()
    go(lien_son.officer, "report_edit", as_posted(lien_son.report, **typed), report=lien_son.report.pk)
    assert seen == render_sheet(document_of(lien_son.report))
    assert "<b>còn yếu</b>" in seen or "<strong>còn yếu</strong>" in seen


@pytest.mark.parametrize("typed", [{"tasks": "Mới"}, {"place": ""}, {"version": "0"}])
@pytest.mark.parametrize("page", [False, True])
def test_nothing_is_stored(lien_son, typed, page):
    before = stored()
    assert preview(lien_son, page=page, **typed).status_code in {200, 422}
    assert stored() == before


def test_it_looks_like_this_whatever_somebody_else_saved(lien_son):
    assert preview(lien_son, tasks="Của tôi", version="77").status_code == 200


@pytest.mark.parametrize("who", ["unit leader", "coordinator", "leader", "neighbour", "administrator"])
def test_only_who_writes_the_report_previews(lien_son, who):
    assert preview(lien_son, lien_son.people[who], tasks="Lạ").status_code == 403


def test_without_script_the_page_comes_back_with_the_sheet_and_what_was_typed(lien_son):
    text = shown(preview(lien_son, page=True, tasks="Việc đang gõ, chưa lưu"))
    assert text.count("Việc đang gõ, chưa lưu") == 2
    assert '<article class="document"' in text
    assert f'action="{reverse("report_edit", args=[lien_son.report.pk])}"' in text


def test_mistakes_are_told_in_words(lien_son):
    text = shown(preview(lien_son, place="", issued_on="31/02/2024"), 422)
    assert "<article" not in text
    assert 'href="#id_place"' in text
    page = shown(preview(lien_son, page=True, place="", tasks="Đang gõ"), 422)
    assert "Chưa xem trước được" in page
    assert "Đang gõ" in page


def test_a_code_that_is_gone_is_told(lien_son):
    RecordedRow.objects.filter(code="7.6").update(code="7.7")
    assert "Kết quả không còn mã 7.6" in shown(preview(lien_son), 422)


def test_hostile_text_stays_text(lien_son):
    typed = '</article><script>alert(1)</script><img src="http://x/" onerror=alert(1)>{{ x }}'
    for page in (False, True):
        text = shown(preview(lien_son, page=page, tasks=typed, place=typed[:60]))
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "&lt;script&gt;alert(1)" in text


@pytest.mark.parametrize(
    "form", [{}, {"version": "x"}, {"basis-TOTAL_FORMS": "x"}, {"basis-TOTAL_FORMS": "9999"}]
)
def test_a_torn_form_is_told(lien_son, form):
    url = reverse("report_preview", args=[lien_son.report.pk])
    sent = {**as_posted(lien_son.report), **form} if form else {}
    answer = signed_in(lien_son.officer).post(url, sent, headers={"HX-Request": "true"})
    assert answer.status_code == 422


def test_it_takes_as_many_queries_for_three_rows_as_for_one(lien_son):
    officer = lien_son.officer

    def queries(rows: int) -> int:
        record = RecordedResult.objects.create(
            unit=lien_son.unit, host=lien_son.host, year=2010 + rows, max_total=10 * rows,
            entered_at=NOW, entered_by=officer,
        )  # fmt: skip
        for place in range(1, rows + 1):
            figures = {"max_points": 10, "points": 8}
            area = record.rows.create(
                code=str(place), name=f"Lĩnh vực {place}", position=2 * place, **figures
            )
            record.rows.create(
                code=f"{place}.1", name=f"Tiêu chí {place}", parent=area, position=2 * place + 1, **figures
            )
        report = reports().get(pk=remediation(record, officer).pk)
        typed = as_posted(report, **{f"remedies_by_code-{n}.1": "Đã làm" for n in range(1, rows + 1)})
        client, url = signed_in(officer), reverse("report_preview", args=[report.pk])
        with CaptureQueriesContext(connection) as captured:
            text = shown(client.post(url, typed, headers={"HX-Request": "true"}))
        assert text.count("Đã làm") == rows
        return len(captured)

    assert queries(1) == queries(3) <= 12


# The page to write on


def test_more_documents_can_be_added_without_asking_the_server(lien_son, go):
    page = shown(go(lien_son.officer, "report_edit", report=lien_son.report.pk))
    [template] = re.findall(r"<template>(.*?)</template>", page)
    for name in ("kind", "number", "issued_on", "issuer", "subject"):
        assert f'name="basis-__prefix__-{name}"' in template
    assert 'data-most="20"' in page


def test_suggestions_stand_beside_their_field_as_text_and_can_be_put_into_it(lien_son, go):
    page = shown(go(lien_son.officer, "report_edit", report=lien_son.report.pk))
    for field, said in (
        ("remedies", "chưa nêu rõ nguyên nhân: [^<]*7[.]6"),
        ("tasks", "đạt tỷ lệ thấp nhất"),
    ):
        assert re.search(
            rf'<span>[^<]*{said}[^<]*</span>\s*<button[^>]* data-insert="id_{field}" hidden', page
        )


def test_what_was_lost_two_years_running_is_suggested(lien_son, go):
    page = shown(go(lien_son.officer, "report_edit", report=lien_son.report.pk))
    assert "hai năm liền" not in page
    record, rows = lien_son.record, list(lien_son.record.rows.order_by("pk"))
    before = RecordedResult.objects.create(
        unit=lien_son.unit, host=lien_son.host, year=record.year - 1, max_total=100, entered_at=NOW,
        entered_by=lien_son.officer,
    )  # fmt: skip
    parents: dict = {}
    for row in rows:
        old, row.pk, row.result = row.pk, None, before
        row.parent = parents.get(row.parent_id)
        row.save()
        parents[old] = row
    page = shown(go(lien_son.officer, "report_edit", report=lien_son.report.pk))
    assert "Bị trừ điểm hai năm liền: tiêu chí 1.2 (" in page


def test_the_page_takes_no_queries_more_for_more_documents(lien_son, go):
    def queries() -> int:
        client = signed_in(lien_son.officer)
        with CaptureQueriesContext(connection) as captured:
            shown(client.get(reverse("report_edit", args=[lien_son.report.pk])))
        return len(captured)

    before = queries()
    added = {"basis-1-kind": "Nghị quyết", "basis-1-number": "76/NQ-CP", "basis-1-issuer": "Chính phủ"}
    go(lien_son.officer, "report_edit", as_posted(lien_son.report, **added), report=lien_son.report.pk)
    assert queries() == before <= 20
