"""The workbook of statistics: down and up again, all or nothing, told cell by cell."""

from __future__ import annotations

import html
import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from reports.figures import Figure, FigureKind
from reports.models import IndicatorValue
from reports.queries.figure_preview import figures_preview, workbook_of
from tests.reports.conftest import signed_in
from tests.reports.indicators.conftest import Office, defined

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(office: Office) -> Office:
    office.enter("PL01", "1", 2018, "12429,5")
    office.enter("PL01", "2", 2018, "2/13")
    office.enter("PL01", "3", 2018, "=1+1")
    office.enter("PL01", "1", 2019, "/")
    office.enter("PL01", "1", 2020, "99999999999999,9999")
    return office


def book(office: Office, change: Callable[[openpyxl.Workbook], object] | None = None) -> bytes:
    """The office's workbook as somebody filled it in."""
    opened = openpyxl.load_workbook(io.BytesIO(workbook_of(office.unit, now=office.now)))
    if change:
        change(opened)
    stream = io.BytesIO()
    opened.save(stream)
    return stream.getvalue()


def typed(**cells: object) -> Callable[[openpyxl.Workbook], None]:
    def change(opened: openpyxl.Workbook) -> None:
        for ref, value in cells.items():
            opened["PL01"][ref] = value

    return change


def upload(office: Office, content: bytes, who: str = "officer") -> HttpResponse:
    where = reverse("indicator_upload", kwargs={"unit": office.unit.pk})
    file = SimpleUploadedFile("thong-ke.xlsx", content)
    return signed_in(office.people[who]).post(where, {"file": file})


def confirm(office: Office, answer: HttpResponse, who: str = "officer", **changed: str) -> HttpResponse:
    where = reverse("indicator_apply", kwargs={"unit": office.unit.pk})
    said = {"signed": answer.context["confirm"]["signed"].value(), **changed}
    return signed_in(office.people[who]).post(where, said, follow=True)


def shown(answer: HttpResponse, status: int = 200) -> str:
    assert answer.status_code == status, answer.status_code
    return " ".join(html.unescape(answer.content.decode()).split())


def test_what_is_downloaded_comes_back_without_any_change(filled: Office):
    answer = signed_in(filled.officer).get(reverse("indicator_xlsx", kwargs={"unit": filled.unit.pk}))
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer["Cache-Control"] == "private, no-store"
    preview = figures_preview(filled.unit, answer.content)
    assert (preview.changes, preview.faults, preview.ignored) == ([], [], [])
    assert preview.same == 5


def test_the_workbook_has_a_sheet_for_each_group_and_keeps_text_text(filled: Office):
    opened = openpyxl.load_workbook(io.BytesIO(workbook_of(filled.unit, now=filled.now)))
    assert opened.sheetnames == ["PL01", "KS", "Hướng dẫn"]
    page = opened["PL01"]
    assert [cell.value for cell in page[5]] == ["Mã chỉ tiêu", "Chỉ tiêu", "2018", "2019", "2020"]
    assert [cell.value for cell in page[6]] == [
        "1",
        "Hồ sơ tiếp nhận",
        12429.5,
        "/",
        "99.999.999.999.999,9999",
    ]
    assert page["C7"].value == "2/13"
    assert page["C7"].number_format == "@"
    assert (page["C8"].value, page["C8"].data_type) == ("=1+1", "s")
    assert page.protection.sheet
    assert page["A6"].protection.locked
    assert not page["C6"].protection.locked


def test_a_filled_workbook_is_previewed_and_then_stored(filled: Office):
    content = book(filled, typed(C6=13000, D6="1.234,5", D7="5650/5658", E8="02 nhóm", E6="/"))
    answer = upload(filled, content)
    page = shown(answer)
    for words in ("Ghi 5 thay đổi", "PL01!D7", "5.650/5.658", "chưa nhập", "12.429,5"):
        assert words in page
    assert filled.stored("PL01", "1", 2018).figure == Figure(Decimal("12429.5"))  # nothing yet
    assert "Đã ghi 5 số liệu" in shown(confirm(filled, answer))
    assert filled.stored("PL01", "1", 2018).figure == Figure(Decimal(13000))
    assert filled.stored("PL01", "1", 2019).figure == Figure(Decimal("1234.5"))
    assert filled.stored("PL01", "2", 2019).figure.denominator == 5658
    assert filled.stored("PL01", "3", 2020).figure == Figure(text="02 nhóm")
    assert filled.stored("PL01", "1", 2020).figure.is_missing


def test_an_empty_cell_changes_nothing(filled: Office):
    preview = figures_preview(filled.unit, book(filled, typed(C6=None, C7="")))
    assert not preview.changes
    assert not preview.faults


@pytest.mark.parametrize(
    ("ref", "value", "words"),
    [
        ("C6", "1e999", "1, năm 2018: Hãy nhập một số"),
        ("C6", "１２", "1, năm 2018: Hãy nhập một số"),
        ("C6", -5, "không được âm"),
        ("C6", 1e300, "số quá lớn"),
        ("C6", 123456789012345, "quá lớn"),
        ("C6", 1.23456, "4 chữ số thập phân"),
        ("C6", True, "đúng/sai"),
        ("C6", "=1+1", "công thức"),
        ("C6", "#REF!", "báo lỗi"),
        ("C7", date(2018, 2, 13), "thành ngày, giờ"),
        ("C7", 12, "tử số/mẫu số"),
        ("C7", "5/0", "Mẫu số bằng 0"),
        ("C8", "x" * 201, "Quá dài"),
        ("A7", "99", "không có chỉ tiêu mang mã “99”"),
        ("A7", "1", "chỉ tiêu 1 đã có ở dòng 6"),
        ("A7", None, "thiếu mã chỉ tiêu"),
        ("C5", "2017", "không có năm “2017”"),
        ("C5", "2019", "bị lặp lại"),
        ("A5", "Mã đơn vị", "ô này phải ghi “Mã chỉ tiêu”"),
    ],
)
def test_one_wrong_cell_is_named_and_nothing_of_the_workbook_can_be_stored(filled: Office, ref, value, words):
    answer = upload(filled, book(filled, typed(**{"D6": 5, ref: value})))
    page = shown(answer, 422)
    assert words.casefold() in page.casefold()
    assert f"PL01!{ref}" in page or "PL01!" in page
    assert answer.context["confirm"] is None
    assert filled.stored("PL01", "1", 2019).figure.is_missing


def test_a_cell_in_percent_is_no_figure(filled: Office):
    def change(opened: openpyxl.Workbook) -> None:
        opened["PL01"]["D6"] = 0.5
        opened["PL01"]["D6"].number_format = "0%"

    assert "không phải tỷ lệ phần trăm" in shown(upload(filled, book(filled, change)), 422)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"abc" * 100, b"<html>"])
def test_what_is_no_workbook_is_refused_at_its_field(office: Office, content: bytes):
    assert "id_file_error" in shown(upload(office, content), 422)


def test_strange_sheets_are_passed_over_and_hidden_ones_are_not(filled: Office):
    def change(opened: openpyxl.Workbook) -> None:
        opened.create_sheet("Nháp")["A1"] = "x"
        opened["KS"].sheet_state = "hidden"

    page = shown(upload(filled, book(filled, change)), 422)
    assert "trang “Nháp”" in page
    assert "đang bị ẩn" in page


def test_what_somebody_entered_after_the_preview_is_not_overwritten(filled: Office):
    answer = upload(filled, book(filled, typed(C6=13000, D7="1/2")))
    filled.enter("PL01", "1", 2018, "14000", seen=1, by=filled.colleague)
    page = shown(confirm(filled, answer))
    assert f"{filled.colleague.full_name} đã nhập số liệu khác sau khi xem trước" in page
    assert filled.stored("PL01", "1", 2018).figure == Figure(Decimal(14000))
    assert not IndicatorValue.objects.filter(indicator=filled.at("PL01", "2"), year=2019).exists()


def test_what_somebody_entered_after_the_download_is_said_in_the_preview(filled: Office):
    content = book(filled, typed(C6=13000))
    filled.now += timedelta(hours=1)
    filled.enter("PL01", "1", 2018, "14000", seen=1, by=filled.colleague)
    page = shown(upload(filled, content))
    assert f"{filled.colleague.full_name} đã nhập lúc" in page
    assert "sau khi tệp được tải về" in page


def test_a_preview_is_confirmed_by_who_saw_it_untouched_and_in_time(filled: Office):
    answer = upload(filled, book(filled, typed(C6=13000)))
    signed = answer.context["confirm"]["signed"].value()
    for person, said in (
        ("colleague", signed),
        ("officer", signed[:-3] + "abc"),
        ("officer", signing.dumps([[filled.at("PL01", "1").pk, 2018, ["1", None, None, ""], 1]])),
        ("officer", ""),
    ):
        confirm(filled, answer, person, signed=said)
        assert filled.stored("PL01", "1", 2018).figure == Figure(Decimal("12429.5"))
    with time_machine.travel(timedelta(hours=5)):
        confirm(filled, answer)
    assert filled.stored("PL01", "1", 2018).figure == Figure(Decimal("12429.5"))
    confirm(filled, answer)
    assert filled.stored("PL01", "1", 2018).figure == Figure(Decimal(13000))


def test_an_indicator_that_changed_its_kind_after_the_preview_takes_nothing(office: Office):
    answer = upload(office, book(office, typed(C6=13000)))
    where = reverse("indicator_edit", kwargs={"indicator": office.at("PL01", "1").pk})
    said = {**defined("PL01", "1", FigureKind.TEXT, name="Chữ"), "part_of": "", "seen": 1}
    assert signed_in(office.officer).post(where, said).status_code == 302
    assert "đã đổi kiểu số liệu" in shown(confirm(office, answer))
    assert not IndicatorValue.objects.exists()


def test_who_has_no_groups_yet_is_told_so(office: Office):
    person = office.people["neighbour"]
    where = {"unit": person.held[0].unit_id}
    answer = signed_in(person).get(reverse("indicator_xlsx", kwargs=where), follow=True)
    assert "chưa có nhóm chỉ tiêu" in shown(answer)
