"""The workbook of a ranking, read back: stored figures as numbers, matrix only for those who may see it."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from accounts.models import Role, User
from assessments.actions.publication import publish
from assessments.models import AreaResult, Layer, Result, Score
from tests.assessments.conftest import NOW, Year
from tests.factories import user_with

pytestmark = pytest.mark.django_db

HEAD = 4  # the row of column heads, counted from 1


@pytest.fixture
def published(year: Year) -> Year:
    year.units[1].short_name = "=HYPERLINK(xã)"
    year.units[1].save()
    year.play(0)
    year.play(1, points="3,5".replace(",", "."), faults="1")
    publish(
        period=year.period,
        decision_number="123/QĐ-UBND",
        decision_date=date(2026, 3, 2),
        decision_issuer="Chủ tịch UBND tỉnh",
        by=year.coordinator,
        now=NOW,
    )
    return year


def workbook(user: User, year: Year) -> Workbook:
    client = Client()
    client.force_login(user)
    answer = client.get(reverse("ranking_xlsx", kwargs={"period": year.period.pk}))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="xep-hang-cchc-2026-')
    return load_workbook(io.BytesIO(answer.content))


def exact(value: float | int | str | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def test_the_ranking_equals_the_stored_results(published: Year) -> None:
    sheet = workbook(published.coordinator, published)["Xếp hạng Xã"]
    heads = [cell.value for cell in sheet[HEAD]]
    assert heads[:4] == ["Hạng", "Đơn vị", "1. Chỉ đạo, điều hành", "Hạng"]
    assert "123/QĐ-UBND ngày 02 tháng 3 năm 2026 của Chủ tịch UBND tỉnh" in sheet["A2"].value
    lines = list(sheet.iter_rows(min_row=HEAD + 1, values_only=True))
    stored = Result.objects.select_related("assessment__unit").order_by("rank")
    for line, result in zip(lines, stored.filter(rank__isnull=False), strict=False):
        said = dict(zip(heads, line, strict=True))
        assert (said["Đơn vị"], exact(line[0])) == (result.assessment.unit.short_name, result.rank)
        assert exact(said["Tổng điểm"]) == result.total
        assert (exact(said["Điểm thưởng"]), exact(said["Điểm trừ"])) == (result.bonus, result.penalty)
        areas = AreaResult.objects.filter(result=result).order_by("criterion__position")
        assert [exact(line[2 + 2 * n]) for n in range(2)] == [area.points for area in areas]
        assert [exact(line[3 + 2 * n]) for n in range(2)] == [area.rank for area in areas]
    assert lines[-1][0] is None
    assert lines[-1][-1] == "Chưa gửi phiếu tự chấm điểm"
    assert sheet.freeze_panes == f"C{HEAD + 1}"


def test_the_matrix_equals_the_stored_leaves(published: Year) -> None:
    book = workbook(published.leader, published)
    assert book.sheetnames == ["Xếp hạng Xã", "Hội đồng Xã", "Tự chấm Xã", "Tiêu chí Xã"]
    for name, layer in (("Hội đồng Xã", Layer.COUNCIL), ("Tự chấm Xã", Layer.SELF)):
        sheet = book[name]
        codes = [cell.value for cell in sheet[HEAD]][1:]
        assert codes == ["1.1", "1.2", "1.3", "2.1", "2.2.1", "2.2.2", "T.1", "P"]
        lines = {line[0]: line[1:] for line in sheet.iter_rows(min_row=HEAD + 1, values_only=True)}
        assert [exact(value) for value in lines["Điểm tối đa"]] == [4, 3, 3, 6, 4, 2, 1, 2]
        for unit in published.units:
            scores = {
                score.criterion.code: score
                for score in Score.objects.filter(assessment__unit=unit, layer=layer).select_related(
                    "criterion"
                )
            }
            for code, value in zip(codes, lines[unit.short_name], strict=True):
                score = scores.get(code)
                if score is not None and score.excluded:
                    assert value == "Không áp dụng"
                else:
                    assert exact(value or None if value == "" else value) == (score and score.points)


def test_numbers_are_numbers_and_text_is_never_a_formula(published: Year) -> None:
    book = workbook(published.coordinator, published)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert any(cell.value == "=HYPERLINK(xã)" and cell.data_type == "s" for cell in cells)
    total = next(cell for cell in cells if cell.value == 10.206)
    assert total.number_format == "#,##0.000"


def test_others_get_the_ranking_without_the_matrix(published: Year) -> None:
    for person in (published.officers[published.units[0].pk], user_with(Role.OFFICER)):
        assert workbook(person, published).sheetnames == ["Xếp hạng Xã"]
