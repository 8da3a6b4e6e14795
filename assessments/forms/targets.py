"""Assigned targets as typed: in percent, stored as ratios."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from assessments.entry_files.cells import ratio_of
from assessments.forms.seen import SeenField
from assessments.queries.targets import TargetCell, TargetChange, TargetGrid
from criteria.fields import PointsFormField
from criteria.points import NumberError, canonical, parse_canonical
from criteria.shown import Shown


class PercentField(PointsFormField):
    """70 for 70%, as the ratio 0.7."""

    def to_python(self, value: Any) -> Decimal | None:
        typed = super().to_python(value.replace("%", "") if isinstance(value, str) else value)
        if typed is None:
            return None
        try:
            return ratio_of(typed)
        except NumberError as error:
            raise forms.ValidationError(str(error)) from error


class _SeenForm(Shown, forms.Form):
    """`seen` carries the targets on the page; what somebody else stored since is named by unit and leaf."""

    seen = SeenField(widget=forms.HiddenInput(attrs={"id": False}))  # two of them share a page

    def __init__(self, *args: Any, grid: TargetGrid, **kwargs: Any) -> None:
        super().__init__(*args, initial={"seen": _shown(grid)}, **kwargs)
        self.cells = grid.open_cells

    def clean_seen(self) -> dict[str, Decimal]:
        # Nothing assigned yet is an empty mapping, which the field takes for no value.
        seen = self.cleaned_data["seen"] or {}
        try:
            return {name: parse_canonical(value) for name, value in seen.items()}
        except (AttributeError, NumberError) as error:
            raise forms.ValidationError("Trang này đã hỏng; hãy tải lại rồi nhập.") from error

    def put_cells_beside(self, grid: TargetGrid, differing: Iterable[TargetCell]) -> None:
        labels = grid.labels
        told = (
            (labels[cell.name], f"{cell.percent}%" if cell.percent else "không có chỉ tiêu")
            for cell in differing
        )
        self.put_beside(told, seen=json.dumps(_shown(grid)))


class TargetsForm(_SeenForm):
    """All cells of the grid at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for cell in self.cells:
            self.fields[cell.name] = PercentField(required=False)

    def changes(self) -> list[TargetChange]:
        """Cells whose value is another than the one the page showed."""
        seen = self.cleaned_data["seen"]
        shown = {cell.name: seen.get(cell.name) for cell in self.cells}
        return [
            TargetChange(
                cell.assessment_id, cell.criterion_id, self.cleaned_data[cell.name], shown[cell.name]
            )
            for cell in self.cells
            if self.cleaned_data[cell.name] != shown[cell.name]
        ]

    def show_saved(self, grid: TargetGrid) -> None:
        """Cells that nobody touched on this page follow what is stored."""
        touched = {change.name: change for change in self.changes()}
        self.data = self.data.copy()
        for cell in grid.open_cells:
            if cell.name not in touched:
                self.data[cell.name] = cell.percent
        self.put_cells_beside(
            grid,
            [
                cell
                for cell in grid.open_cells
                if (change := touched.get(cell.name)) and cell.value not in {change.seen, change.value}
            ],
        )


class FillForm(_SeenForm):
    """One target for all units of the cohort."""

    criterion = forms.TypedChoiceField(label="Tiêu chí", coerce=int)
    value = PercentField(label="Chỉ tiêu (%)")
    replace = forms.BooleanField(label="Thay cả chỉ tiêu đã giao", required=False)

    def __init__(self, *args: Any, grid: TargetGrid, **kwargs: Any) -> None:
        super().__init__(*args, grid=grid, **kwargs)
        self.fields["criterion"].choices = [  # type: ignore[attr-defined]
            (pk, f"{leaf.code} {leaf.name}") for pk, leaf in grid.leaves
        ]

    def changes(self) -> list[TargetChange]:
        value, seen = self.cleaned_data["value"], self.cleaned_data["seen"]
        return [
            TargetChange(cell.assessment_id, cell.criterion_id, value, cell.value and seen.get(cell.name))
            for cell in self.cells
            if cell.criterion_id == self.cleaned_data["criterion"]
            and (cell.value is None or self.cleaned_data["replace"])
        ]

    def show_saved(self, grid: TargetGrid) -> None:
        seen, criterion = self.cleaned_data["seen"], self.cleaned_data["criterion"]
        self.put_cells_beside(
            grid,
            [
                cell
                for cell in grid.open_cells
                if cell.criterion_id == criterion and cell.value != seen.get(cell.name)
            ],
        )


def _shown(grid: TargetGrid) -> dict[str, str]:
    return {cell.name: canonical(cell.value) for cell in grid.open_cells if cell.value is not None}
