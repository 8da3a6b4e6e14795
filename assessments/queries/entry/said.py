"""What the cells of one leaf of one unit say, beside what stands in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.entry_files.cells import Cell, CellError, Skip, Typed, read_cell
from assessments.entry_files.grid import CellKind, Column, data_columns
from assessments.models import Score
from assessments.queries.entry.standing import declared
from criteria.points import ZERO, canonical
from criteria.rules import Checklist
from criteria.scoring import NOT_APPLICABLE
from criteria.tree import Criterion


class Wrong(Exception):
    """What is wrong with a leaf; `place` is the cell to mend."""

    def __init__(self, place: str, message: str) -> None:
        self.place = place
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The result that the cells ask for: data, or points set by hand. `cell` is the first that says so."""

    cell: Cell
    basis: str
    data: dict[str, Any] | None
    points: Decimal | None
    reason: str


class Said:
    """`saved` is the row in the database, which may have been cleared; `stood` is one with a result."""

    def __init__(self, leaf: Criterion, saved: Score | None, cells: Mapping[str, Cell]) -> None:
        self.leaf, self.saved = leaf, saved
        self.stood = saved if saved is not None and saved.is_answered else None
        self.columns = list(data_columns(leaf))
        self._cells = {column: cells[column.key] for column in self.columns if column.key in cells}
        self._points = cells.get(f"{leaf.code} | override")
        self._reason = cells.get(f"{leaf.code} | reason")

    @property
    def is_said(self) -> bool:
        return bool(self._cells or self._points or self._reason)

    def wanted(self) -> Wanted | None:
        """None where the cells say what stands already, or nothing. Raises Wrong."""
        data, by_hand = self._data(), self._by_hand()
        if data is not None and by_hand is not None:
            raise Wrong(by_hand.cell.place, "vừa đổi số liệu vừa ấn định điểm; hãy chọn một cách")
        if data is None:
            return by_hand
        note = self.stood.note if self.stood and self.stood.basis == Score.Basis.DATA else ""
        return Wanted(next(iter(self._cells.values())), Score.Basis.DATA, data, None, note)

    def _data(self) -> dict[str, Any] | None:
        typed = {column: _read(column, cell) for column, cell in self._cells.items()}
        if not typed:
            return None
        # What is empty stays as it is, as far as it is figures.
        by_data = self.stood is not None and self.stood.basis == Score.Basis.DATA
        stood: dict[str, Any] = (by_data and self.stood and self.stood.data) or {}
        skipped = {column for column, value in typed.items() if isinstance(value, Skip)}
        if not skipped:
            merged = self._merged(typed, {} if NOT_APPLICABLE in stood else stood)
            return None if merged == _canonical(self.columns, stood) else merged
        for column, cell in self._cells.items():
            if column not in skipped:
                raise Wrong(
                    cell.place,
                    "tiêu chí đã ghi “Không áp dụng” ở ô khác; hãy để trống các ô còn lại của tiêu chí",
                )
        return None if NOT_APPLICABLE in stood else {NOT_APPLICABLE: True}

    def _merged(self, typed: Mapping[Column, Typed], stood: Mapping[str, Any]) -> dict[str, Any]:
        if isinstance(self.leaf.rule, Checklist):
            return {"items": self._ticked(typed, stood)}
        data = _canonical(self.columns, stood)
        for column, value in typed.items():
            _put(data, column, canonical(value) if isinstance(value, Decimal) else value)
        return data

    def _ticked(self, typed: Mapping[Column, Typed], stood: Mapping[str, Any]) -> list[str]:
        if not stood and len(typed) < len(self.columns):
            cell = next(iter(self._cells.values()))
            raise Wrong(cell.place, "hãy ghi x hoặc 0 cho mọi yêu cầu của tiêu chí")
        held = stood.get("items", ())
        return [
            column.lines[0].key for column in self.columns if typed.get(column, column.lines[0].key in held)
        ]

    def _by_hand(self) -> Wanted | None:
        cell = self._points or self._reason
        if cell is None:
            return None
        stands = self.stood if self.stood and self.stood.basis == Score.Basis.OVERRIDE else None
        stood = (abs(stands.points or ZERO), " ".join(stands.note.split())) if stands else (None, "")
        points, reason = stood
        if self._points is not None:
            value = _read(Column(self.leaf, "override", "", CellKind.OVERRIDE), self._points)
            assert isinstance(value, Decimal)
            points = value
        if self._reason is not None:
            reason = str(_read(Column(self.leaf, "reason", "", CellKind.REASON), self._reason))
        if points is None:
            raise Wrong(cell.place, "có lý do nhưng chưa có điểm ấn định")
        if not reason:
            raise Wrong(cell.place, "ấn định điểm phải ghi lý do ở cột bên cạnh")
        if (points, reason) == stood:
            return None
        return Wanted(cell, Score.Basis.OVERRIDE, None, points, reason)


def _read(column: Column, cell: Cell) -> Typed:
    try:
        return read_cell(column, cell)
    except CellError as error:
        raise Wrong(cell.place, str(error)) from error


def _canonical(columns: list[Column], data: Mapping[str, Any]) -> dict[str, Any]:
    """The same data with one spelling per number and the ticks in the order of the rule."""
    if NOT_APPLICABLE in data:
        return dict(data)
    spelled: dict[str, Any] = {}
    for column in columns:
        value = declared(column, data)
        if value is None:
            continue
        if column.kind is CellKind.TICK:
            ticked = spelled.setdefault("items", [])
            ticked += [line.key for line in column.lines if line.key in value]
        else:
            _put(spelled, column, value if column.kind is CellKind.CHOICE else canonical(Decimal(value)))
    return spelled


def _put(data: dict[str, Any], column: Column, value: Any) -> None:
    for step in column.path[:-1]:
        data = data.setdefault(step, {})
    data[column.path[-1]] = value
