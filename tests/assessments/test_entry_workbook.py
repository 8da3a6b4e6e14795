"""Central entry by workbook: what is written, what people type, what is refused."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.workbook import UnreadableWorkbook
from assessments.actions.imports import import_entries
from assessments.actions.targets import assign_targets
from assessments.entry_files.grid import KEY_ROW
from assessments.entry_files.reading import MAX_BYTES, MAX_ROWS
from assessments.models import Score
from assessments.queries.entry.preview import EnteredResult, EntryPreview, entry_preview
from assessments.queries.entry.standing import entry_grid
from assessments.queries.targets import TargetChange
from criteria.actions import load_set
from criteria.models import CriteriaSet
from criteria.schema import read_set
from tests.assessments import files
from tests.assessments.conftest import NOW, Year, later, make_year
from tests.assessments.workbooks import EVERY_KIND, cohort, edited, filled, pattern, previewed, read

pytestmark = pytest.mark.django_db

FULL: dict[str, Any] = {
    "2.1": {"points": "3.25"},
    "2.2": {"option": "b"},
    "2.3": {"items": ["k2"]},
    "2.4": {"numerator": "12429.5", "denominator": "20000"},
    "2.5": {"count": "3"},
    "2.6": {"counts": {"l1": "1", "l2": "0"}},
    "2.7": {"counts": {"Hài lòng": "9", "Không hài lòng": "3"}},
    "2.8": {"value": "45.123"},
    "P": {"count": "2"},
}


@pytest.fixture
def every_kind(db: None) -> CriteriaSet:
    return load_set(read_set(EVERY_KIND))


@pytest.fixture
def year(every_kind: CriteriaSet) -> Year:
    year = make_year(every_kind)
    year.open()
    return year


def assign(year: Year, code: str, value: str, place: int = 0) -> None:
    change = TargetChange(year.sheet(place).pk, year.criterion(code), Decimal(value), None)
    assign_targets(cohort=year.cohort, changes=[change], by=year.coordinator, now=NOW)


def enter_everything(year: Year, place: int = 0) -> None:
    assign(year, "2.4", "0.725", place)
    assign(year, "1.2", "0.7", place)
    for code, data in FULL.items():
        year.enter(code, data, place)


def faults(preview: EntryPreview) -> list[tuple[str, str]]:
    assert not preview.is_possible
    return [(fault.place, fault.message) for fault in preview.faults]


def only(preview: EntryPreview) -> EnteredResult:
    assert not preview.faults
    [result] = preview.results
    return result


def test_what_is_downloaded_and_sent_back_changes_nothing(year: Year) -> None:
    enter_everything(year)
    year.enter("2.1", {"not_applicable": True}, 1)
    year.enter("2.7", {"not_applicable": True}, 1)
    year.enter("2.3", {"items": []}, 1)
    for content in (pattern(year), edited(pattern(year), lambda book: None)):
        preview = read(year, content)
        assert (preview.changes, preview.faults, preview.ignored) == ([], [], [])
        assert preview.same == 9 + 2 + 3


def test_points_set_by_hand_come_back_unchanged_too(year: Year) -> None:
    preview = previewed(
        year,
        ("Ấn định điểm", "2.7 | override", 0, 1.5),
        ("Ấn định điểm", "2.7 | reason", 0, "Báo cáo điều tra"),
        ("Ấn định điểm", "P | override", 0, 1),
        ("Ấn định điểm", "P | reason", 0, "Kết luận thanh tra"),
    )
    assert [(r.basis, r.points, r.reason) for r in preview.results] == [
        ("override", Decimal("1.5"), "Báo cáo điều tra"),
        ("override", 1, "Kết luận thanh tra"),
    ]
    act = {"cohort": year.cohort, "targets": [], "by": year.coordinator, "now": NOW}
    import_entries(results=preview.results, **act)
    assert year.row("P", "council").points == -1
    again = previewed(year)
    assert (again.changes, again.same) == ([], 2)
    figures = previewed(
        year,
        ("Điều tra", "2.7 | counts-Hài lòng", 0, 9),
        ("Điều tra", "2.7 | counts-Không hài lòng", 0, 0),
    )
    assert only(figures).basis == "data"


def test_codes_are_locked_and_cells_to_fill_are_not(year: Year) -> None:
    book = openpyxl.load_workbook(io.BytesIO(pattern(year)))
    assert book.sheetnames == [
        "Điểm", "Mức đạt được", "Yêu cầu đạt", "Tỷ lệ", "Số lượng", "Số lỗi", "Điều tra", "Chỉ số",
        "Ấn định điểm", "Chỉ tiêu giao", "Hướng dẫn", "Danh mục",
    ]  # fmt: skip
    page = book["Điều tra"]
    assert page.protection.sheet
    assert page.cell(KEY_ROW, 1).protection.locked
    assert page.cell(KEY_ROW + 1, 1).protection.locked
    assert page.cell(KEY_ROW + 1, 1).value == year.units[0].code
    assert not page.cell(KEY_ROW + 1, 3).protection.locked
    assert page.cell(3, 3).value == "2.7 Điều tra"
    assert page.freeze_panes == "C6"
    [rule] = [v for v in book["Mức đạt được"].data_validations.dataValidation if v.type == "list"]
    assert rule.formula1 == "'Danh mục'!$A$2:$A$4"
    assert [cell.value for cell in book["Danh mục"]["A"]] == [
        "2.2 | option",
        "Tốt, đúng hạn",
        "Chậm",
        "Không áp dụng",
    ]


def test_before_the_period_opens_there_are_only_targets(every_kind: CriteriaSet) -> None:
    year = make_year(every_kind)
    book = openpyxl.load_workbook(io.BytesIO(pattern(year)))
    assert book.sheetnames == ["Chỉ tiêu giao", "Hướng dẫn"]
    [target] = previewed(year, ("Chỉ tiêu giao", "2.4 | target", 1, 70)).targets
    assert (target.change.value, target.change.seen) == (Decimal("0.7"), None)


def test_one_cell_makes_one_result(year: Year) -> None:
    preview = previewed(
        year,
        ("Điểm", "2.1 | points", 0, 3.231),
        ("Điểm", "2.1 | points", 1, "x"),
        ("Mức đạt được", "2.2 | option", 0, "Tốt, đúng hạn"),
        ("Số lượng", "2.5 | count", 0, "1"),
        ("Chỉ số", "2.8 | value", 0, (0.455, "0.0%")),
        ("Yêu cầu đạt", "2.3 | items-k1", 0, "không áp dụng"),
    )
    assert not preview.faults
    assert [result.data for result in preview.results] == [
        {"points": "3.231"},
        {"option": "a"},
        {"not_applicable": True},
        {"count": "1"},
        {"value": "45.5"},
        {"not_applicable": True},
    ]


def test_several_cells_make_one_result(year: Year) -> None:
    preview = previewed(
        year,
        ("Yêu cầu đạt", "2.3 | items-k1", 0, 0),
        ("Yêu cầu đạt", "2.3 | items-k2", 0, "X"),
        ("Tỷ lệ", "2.4 | numerator", 0, "12.429"),
        ("Tỷ lệ", "2.4 | denominator", 0, 20000),
        ("Chỉ tiêu giao", "2.4 | target", 0, (0.725, "0%")),
        ("Số lỗi", "2.6 | counts-l1", 0, 1),
        ("Số lỗi", "2.6 | counts-l2", 0, 0),
    )
    assert not preview.faults
    assert [result.data for result in preview.results] == [
        {"items": ["k2"]},
        {"numerator": "12429", "denominator": "20000"},
        {"counts": {"l1": "1", "l2": "0"}},
    ]
    [target] = preview.targets
    assert (target.change.value, target.place) == (Decimal("0.725"), "Chỉ tiêu giao!D6")
    assert "3,429 điểm" in next(
        change.after for change in preview.changes if change.code == "2.4" and "/" in change.after
    )


def test_an_empty_cell_leaves_what_stands(year: Year) -> None:
    enter_everything(year)
    result = only(previewed(year, ("Điều tra", "2.7 | counts-Hài lòng", 0, 11)))
    assert (result.data, result.seen) == ({"counts": {"Hài lòng": "11", "Không hài lòng": "3"}}, 1)
    cleared = ("Điều tra", "2.7 | counts-Không hài lòng", 0, None)
    assert only(previewed(year, ("Điều tra", "2.7 | counts-Hài lòng", 0, 11), cleared)).data == result.data
    assert previewed(year, cleared).changes == []
    skip = previewed(year, ("Điều tra", "2.7 | counts-Hài lòng", 0, "x"), cleared)
    assert only(skip).data == {"not_applicable": True}


def test_figures_replace_what_did_not_apply(year: Year) -> None:
    year.enter("2.7", {"not_applicable": True})
    preview = previewed(
        year,
        ("Điều tra", "2.7 | counts-Hài lòng", 0, 9),
        ("Điều tra", "2.7 | counts-Không hài lòng", 0, 3),
    )
    assert only(preview).data == {"counts": {"Hài lòng": "9", "Không hài lòng": "3"}}
    [change] = preview.changes
    assert (change.before, change.after[:10]) == ("không áp dụng", "2,25 điểm ")


MISTAKES = [
    # place of the unit and cell, what is typed, the cell to mend, why
    (0, "Điểm", "2.1 | points", 4.5, "C6", "lớn hơn điểm tối đa 4"),
    (1, "Điểm", "2.1 | points", 1.23456, "C7", "tối đa 3 chữ số thập phân"),
    (2, "Điểm", "2.1 | points", "=1+1", "C8", "công thức"),
    (0, "Mức đạt được", "2.2 | option", "Khá", "C6", "chọn một mức"),
    (1, "Mức đạt được", "2.2 | option", datetime(2026, 2, 9), "C7", "thành ngày"),  # noqa: DTZ001
    (0, "Yêu cầu đạt", "2.3 | items-k1", "x", "C6", "mọi yêu cầu"),
    (0, "Tỷ lệ", "2.4 | numerator", 5, "D6", "còn thiếu mẫu số"),
    (0, "Số lượng", "2.5 | count", 1.5, "C6", "phải là số nguyên"),
    (1, "Số lượng", "2.5 | count", "x", "C7", "không được chọn “Không áp dụng”"),
    (0, "Số lỗi", "2.6 | counts-l2", 1, "C6", "còn thiếu “Trễ hạn”"),
    (0, "Điều tra", "2.7 | counts-Hài lòng", 9, "D6", "còn thiếu “Không hài lòng”"),
    (1, "Ấn định điểm", "2.7 | override", 1, "M7", "phải ghi lý do"),
    (2, "Ấn định điểm", "2.7 | reason", "Vì thế", "N8", "chưa có điểm ấn định"),
    (0, "Chỉ tiêu giao", "2.4 | target", 0.7, "D6", "0,7% hoặc 70%"),
    (1, "Chỉ tiêu giao", "2.4 | target", 0, "D7", "phải lớn hơn 0"),
]


def test_every_mistake_names_its_cell(year: Year) -> None:
    preview = previewed(year, *((title, key, place, typed) for place, title, key, typed, _, _ in MISTAKES))
    found = dict(faults(preview))
    assert len(found) == len(MISTAKES)
    for place, title, _, _, ref, why in MISTAKES:
        assert why in found[f"{title}!{ref}"]
        assert str(year.units[place]) in found[f"{title}!{ref}"]


def test_not_applicable_beside_figures_is_refused(year: Year) -> None:
    preview = previewed(
        year,
        ("Điều tra", "2.7 | counts-Hài lòng", 0, "x"),
        ("Điều tra", "2.7 | counts-Không hài lòng", 0, 3),
    )
    [(place, message)] = faults(preview)
    assert (place, "để trống các ô còn lại" in message) == ("Điều tra!D6", True)


def test_figures_and_points_by_hand_at_once_are_refused(year: Year) -> None:
    preview = previewed(
        year,
        ("Số lượng", "2.5 | count", 0, 1),
        ("Ấn định điểm", "2.5 | override", 0, 1),
        ("Ấn định điểm", "2.5 | reason", 0, "Vì thế"),
    )
    [(_, message)] = faults(preview)
    assert "hãy chọn một cách" in message


def test_strange_rows_columns_and_sheets_are_named(year: Year) -> None:
    def spoil(book: openpyxl.Workbook) -> None:
        page = book["Điểm"]
        page.cell(KEY_ROW + 4, 1).value = "LA-01"
        page.cell(KEY_ROW + 5, 1).value = year.units[0].code.lower()
        page.cell(KEY_ROW + 6, 3).value = 3
        page.cell(KEY_ROW, 4).value = "9.9 | points"
        page.cell(KEY_ROW, 5).value = "2.1 | points"
        page.cell(KEY_ROW + 1, 6).value = "ghi chú"
        book["Số lượng"].cell(KEY_ROW, 1).value = "Đơn vị"
        book["Chỉ số"].sheet_state = "hidden"
        book.create_sheet("Nháp").cell(1, 1).value = 5

    preview = read(year, edited(pattern(year), spoil))
    assert preview.ignored == ["Nháp"]
    found = dict(faults(preview))
    assert "không có đơn vị mang mã “LA-01”" in found["Điểm!A9"]
    assert "đã có ở dòng 6" in found["Điểm!A10"]
    assert "thiếu mã đơn vị" in found["Điểm!A11"]
    assert "không có tiêu chí “9.9”" in found["Điểm!D5"]
    assert "bị lặp lại" in found["Điểm!E5"]
    assert "không có mã cột" in found["Điểm!F6"]
    assert "phải ghi “Mã đơn vị”" in found["Số lượng!A5"]
    assert "đang bị ẩn" in found["Chỉ số"]


def test_columns_may_be_moved_and_rows_sorted(year: Year) -> None:
    def move(book: openpyxl.Workbook) -> None:
        page = book["Điều tra"]
        page.move_range("C5:D8", cols=3)
        page["A6"], page["A8"] = page["A8"].value, page["A6"].value
        page["F6"], page["G6"] = 1, 2

    result = only(read(year, edited(pattern(year), move)))
    assert result.assessment_id == year.sheet(2).pk
    assert result.data == {"counts": {"Hài lòng": "1", "Không hài lòng": "2"}}


def test_who_entered_after_the_download_is_named(year: Year) -> None:
    enter_everything(year)
    content = filled(year, ("Chỉ số", "2.8 | value", 0, 50))
    assert not read(year, content).changes[0].warning
    Score.objects.filter(assessment=year.sheet(), criterion=year.criterion("2.8")).update(
        updated_at=later(hours=1)
    )
    [change] = read(year, content).changes
    assert year.coordinator.full_name in change.warning


def test_final_sheets_and_one_s_own_unit_are_refused(year: Year) -> None:
    cells = [("Chỉ số", "2.8 | value", place, 50) for place in range(2)]
    preview = entry_preview(cohort(year), filled(year, *cells), barred=frozenset({year.units[1].pk}))
    [(place, message)] = faults(preview)
    assert (place, "ông/bà công tác tại đơn vị này" in message) == ("Chỉ số!C7", True)
    own = ("Chỉ tiêu giao", "2.4 | target", 1, 80)
    [(place, message)] = faults(
        entry_preview(cohort(year), filled(year, own), barred=frozenset({year.units[1].pk}))
    )
    assert "ông/bà công tác tại đơn vị này" in message
    for code, data in FULL.items():
        if code != "2.4":
            year.enter(code, data)
    assign(year, "2.4", "0.725")
    year.enter("2.4", FULL["2.4"])
    year.submit()
    year.appraise()
    year.finalise()
    assert "đã được Hội đồng chốt" in faults(previewed(year, *cells[:1]))[0][1]
    target = ("Chỉ tiêu giao", "2.4 | target", 0, 80)
    assert "đã được Hội đồng chốt" in faults(previewed(year, target))[0][1]
    assert previewed(year).faults == []


SHEET = "xl/worksheets/sheet1.xml"


def _with_part(content: bytes, name: str, change: Any) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as package,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in package.namelist():
            part = package.read(entry)
            new.writestr(entry, change(part) if entry == name else part)
        if name not in package.namelist():
            new.writestr(name, change(b""))
    return stream.getvalue()


def _laughs(part: bytes) -> bytes:
    entities = b'<!ENTITY a0 "' + b"9" * 100 + b'">'
    for level in range(1, 10):
        entities += b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10)
    head, _, body = part.partition(b"?>")
    body = body.replace(b"</sheetData>", b'<row r="6"><c r="C6" t="str"><v>&a9;</v></c></row></sheetData>')
    return head + b"?><!DOCTYPE x [" + entities + b"]>" + body


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"ma don vi;diem", files.PDF, files.png(), files.docx()],
    ids=["empty", "cut", "text", "pdf", "png", "docx"],
)
def test_other_files_are_refused_in_words(year: Year, content: bytes) -> None:
    with pytest.raises(UnreadableWorkbook):
        read(year, content)


HOSTILE = {
    "bomb": lambda good: _with_part(good, "xl/media/x.bin", lambda part: b"0" * 40_000_000),
    "macro": lambda good: _with_part(good, "xl/vbaProject.bin", lambda part: b"x"),
    "broken": lambda good: _with_part(good, SHEET, lambda part: part[:200]),
    "laughs": lambda good: _with_part(good, SHEET, _laughs),
    "endless": lambda good: _with_part(good, SHEET, lambda part: part.replace(b'r="8"', b'r="9999999999"')),
    "large": lambda good: good + b"0" * MAX_BYTES,
}


@pytest.mark.parametrize("how", HOSTILE)
def test_hostile_files_are_refused(year: Year, how: str) -> None:
    content = HOSTILE[how](pattern(year))
    with pytest.raises(UnreadableWorkbook):
        read(year, content)


def test_too_many_rows_are_refused_and_far_cells_cost_nothing(year: Year) -> None:
    def far(book: openpyxl.Workbook) -> None:
        book["Điểm"].cell(MAX_ROWS + 1, 1).value = "x"

    with pytest.raises(UnreadableWorkbook, match="dưới dòng"):
        read(year, edited(pattern(year), far))

    def blank(book: openpyxl.Workbook) -> None:
        book["Điểm"].cell(900_000, 900).value = " "

    assert not read(year, edited(pattern(year), blank)).faults


def test_a_workbook_of_something_else_is_told_so(year: Year) -> None:
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    with pytest.raises(UnreadableWorkbook, match="tệp mẫu của nhóm này"):
        read(year, stream.getvalue())


def test_an_empty_pattern_changes_nothing(year: Year) -> None:
    preview = read(year, pattern(year))
    assert (preview.changes, preview.same, preview.faults) == ([], 0, [])


def test_more_units_are_read_in_as_many_queries(every_kind: CriteriaSet) -> None:
    asked = []
    for size in (1, 3):
        year = make_year(every_kind, size=size)
        year.open()
        for place in range(size):
            enter_everything(year, place)
        cells = [("Chỉ số", "2.8 | value", place, 50) for place in range(size)]
        content, target = filled(year, *cells), cohort(year)
        with CaptureQueriesContext(connection) as queries:
            entry_grid(target, now=NOW)
            assert len(entry_preview(target, content, barred=frozenset()).changes) == size
        asked.append(len(queries))
    assert asked[0] == asked[1]
