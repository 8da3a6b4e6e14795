"""What people type into a cell of Excel."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from assessments.entry_files.cells import SKIP, Cell, CellError, read_cell
from assessments.entry_files.grid import CellKind, Column, data_columns
from criteria.schema import read_set
from tests.assessments.workbooks import EVERY_KIND

LEAVES = read_set(EVERY_KIND).by_code
POINTS, COUNT, INDEX, OPTION, TICK = (
    next(data_columns(LEAVES[c])) for c in ("2.1", "2.5", "2.8", "2.2", "2.3")
)
AMOUNT = next(data_columns(LEAVES["2.4"]))
TARGET = Column(LEAVES["2.4"], "target", "", CellKind.TARGET)
OVERRIDE = Column(LEAVES["2.1"], "override", "", CellKind.OVERRIDE)
REASON = Column(LEAVES["2.1"], "reason", "", CellKind.REASON)


def read(column: Column, value: Any, *, percent: bool = False, formula: bool = False) -> Any:
    return read_cell(column, Cell("Điểm", "C6", value, percent, formula))


@pytest.mark.parametrize(
    ("column", "typed", "value"),
    [
        (POINTS, 3.231, Decimal("3.231")),
        (POINTS, "3,231", Decimal("3.231")),
        (POINTS, "3.231", Decimal("3.231")),
        (POINTS, " 3 ", Decimal(3)),
        (POINTS, 0, Decimal(0)),
        (POINTS, 0.1 + 0.2, Decimal("0.3")),
        (POINTS, "x", SKIP),
        (POINTS, "KHÔNG ÁP DỤNG", SKIP),
        (POINTS, "kad", SKIP),
        (AMOUNT, "12.429", Decimal(12429)),
        (AMOUNT, 12.429, Decimal("12.429")),
        (AMOUNT, 123456789012345, Decimal(123456789012345)),
        (COUNT, "1", Decimal(1)),
        (INDEX, "45,5%", Decimal("45.5")),
        (OPTION, "tốt,  đúng hạn ", "a"),
        (OPTION, "b", "b"),
        (TICK, "X", True),
        (TICK, 1, True),
        (TICK, 0, False),
        (TICK, "-", False),
        (TICK, "không áp dụng", SKIP),
        (TARGET, 70, Decimal("0.7")),
        (TARGET, "72,25%", Decimal("0.7225")),
        (TARGET, "0,5%", Decimal("0.005")),
        (REASON, "  Kết  luận ", "Kết luận"),
        (REASON, 12, "12"),
    ],
)
def test_values_are_taken_as_they_are_typed(column: Column, typed: Any, value: Any) -> None:
    assert read(column, typed) == value


def test_numbers_shown_in_percent_are_parts_of_one() -> None:
    assert read(TARGET, 0.725, percent=True) == Decimal("0.725")
    assert read(INDEX, 0.455, percent=True) == Decimal("45.5")
    with pytest.raises(CellError, match="không phải tỷ lệ phần trăm"):
        read(POINTS, 0.5, percent=True)


@pytest.mark.parametrize(
    ("column", "typed", "why"),
    [
        (POINTS, "chín", "phải là một số"),
        (POINTS, -1, "không được âm"),
        (POINTS, "-1", "không được âm"),
        (POINTS, "50%", "không phải tỷ lệ phần trăm"),
        (POINTS, "#N/A", "báo lỗi"),
        (POINTS, True, "đúng/sai"),
        (POINTS, datetime(2026, 2, 9), "thành ngày"),  # noqa: DTZ001
        (POINTS, date(2026, 2, 9), "thành ngày"),
        (POINTS, time(9, 2), "thành ngày"),
        (POINTS, 1e300, "quá lớn"),
        (POINTS, object(), "không chứa số"),
        (POINTS, "1.000,5", "phải là một số"),
        (INDEX, 1 / 3, "quá 6 chữ số thập phân"),
        (AMOUNT, "1/3", "Hãy nhập một số"),
        (AMOUNT, "x", "không được chọn"),
        (OPTION, 3, "chọn một mức"),
        (TICK, "có thể", "ghi x nếu đạt"),
        (TARGET, 0.7, "0,7% hoặc 70%"),
        (TARGET, 1001, "không quá 1.000%"),
        (TARGET, 72.123, "hai chữ số thập phân"),
        (TARGET, "x", "không được chọn"),
        (OVERRIDE, "x", "không được chọn"),
        (REASON, "a" * 4001, "dài quá"),
    ],
)
def test_what_is_not_meant_is_told(column: Column, typed: Any, why: str) -> None:
    with pytest.raises(CellError, match=why):
        read(column, typed)


def test_formulas_are_never_taken() -> None:
    with pytest.raises(CellError, match="công thức"):
        read(POINTS, "=1+1", formula=True)


def test_a_label_that_stands_for_two_is_told_apart() -> None:
    line = OPTION.lines[0]
    twice = Column(
        OPTION.leaf, "option", "", CellKind.CHOICE, ("option",), (line, type(line)("z", line.label))
    )
    assert read(twice, f"{line.label} (z)") == "z"
    with pytest.raises(CellError):
        read(twice, line.label)
