"""The shape of the workbook: one sheet per kind of rule, units down, the columns of each leaf across."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from criteria.inputs import InputKind, Line, inputs
from criteria.rules import Direct
from criteria.tree import Criterion, NotApplicable

KEY_ROW = 5  # the row, as Excel counts, whose cells say what their columns are; units follow
UNIT_HEAD = "Mã đơn vị"
GUIDE, LISTS = "Hướng dẫn", "Danh mục"
BY_HAND, TARGETS = "Ấn định điểm", "Chỉ tiêu giao"
MADE_AT = "Tải về lúc"
SKIPPED = "Không áp dụng"
TITLES = {
    "direct": "Điểm",
    "choice": "Mức đạt được",
    "checklist": "Yêu cầu đạt",
    "ratio": "Tỷ lệ",
    "count": "Số lượng",
    "deduction": "Số lỗi",
    "survey": "Điều tra",
    "index": "Chỉ số",
}

# What a cell holds: figures as numbers, everything else as text; None where nothing is entered.
Held = Decimal | str | None


class CellKind(StrEnum):
    POINTS = "points"
    AMOUNT = "amount"
    COUNT = "count"
    CHOICE = "choice"
    TICK = "tick"
    OVERRIDE = "override"
    REASON = "reason"
    TARGET = "target"


@dataclass(frozen=True, slots=True, eq=False)  # a leaf holds mappings, which have no hash
class Column:
    """`name` is the input's, or says which of several; `path` leads to its value in the declared data."""

    leaf: Criterion
    name: str
    label: str
    kind: CellKind
    path: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def key(self) -> str:
        """Stands over the column and survives moving it elsewhere."""
        return f"{self.leaf.code} | {self.name}"

    @property
    def may_skip(self) -> bool:
        return self.leaf.not_applicable is not NotApplicable.NONE

    @property
    def words(self) -> dict[str, str]:
        """What may be chosen, by its key. A label that stands for two is told apart by its key."""
        labels = [line.label for line in self.lines]
        return {
            line.key: line.label if labels.count(line.label) == 1 else f"{line.label} ({line.key})"
            for line in self.lines
        }


@dataclass(frozen=True, slots=True)
class GridSheet:
    title: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class GridRow:
    code: str
    name: str
    closed: bool


@dataclass(frozen=True)
class Grid:
    """`held` is what stands in the database, by unit and column."""

    name: str
    made_at: datetime
    sheets: tuple[GridSheet, ...]
    rows: tuple[GridRow, ...]
    held: Mapping[tuple[str, str], Held]


def data_columns(leaf: Criterion) -> Iterator[Column]:
    """A column for each figure of the leaf's rule; a list of ticks has one for each line."""
    assert leaf.rule is not None
    for field in inputs(leaf.rule):
        if field.kind is InputKind.TICKS:
            for line in field.lines:
                yield Column(leaf, f"items-{line.key}", line.label, CellKind.TICK, field.path, (line,))
        else:
            yield Column(leaf, field.name, field.label, CellKind(field.kind.value), field.path, field.lines)


def grid_sheets(central: list[Criterion], with_targets: list[Criterion]) -> tuple[GridSheet, ...]:
    """Sheets in the order of TITLES, then points set by hand and targets; none without columns."""
    found = [
        GridSheet(
            title,
            tuple(
                column
                for leaf in central
                if leaf.rule and leaf.rule.kind == kind
                for column in data_columns(leaf)
            ),
        )
        for kind, title in TITLES.items()
    ]
    # A direct leaf's data are its points already.
    by_hand = [leaf for leaf in central if not isinstance(leaf.rule, Direct)]
    set_by_hand = [
        column
        for leaf in by_hand
        for column in (
            Column(leaf, "override", "Điểm ấn định", CellKind.OVERRIDE),
            Column(leaf, "reason", "Lý do", CellKind.REASON),
        )
    ]
    targets = [Column(leaf, "target", "Chỉ tiêu (%)", CellKind.TARGET) for leaf in with_targets]
    found += [GridSheet(BY_HAND, tuple(set_by_hand)), GridSheet(TARGETS, tuple(targets))]
    return tuple(sheet for sheet in found if sheet.columns)
