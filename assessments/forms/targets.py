"""Assigned targets as typed: in percent, stored as ratios."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from assessments.entry_files.cells import ratio_of
from assessments.queries.targets import TargetChange, TargetGrid
from criteria.fields import PointsFormField
from criteria.points import NumberError, canonical, parse_canonical


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


class TargetsForm(forms.Form):
    """All cells of the grid at once. `seen` carries what the page showed, so that nobody's change is lost."""

    seen = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, grid: TargetGrid, **kwargs: Any) -> None:
        cells = grid.open_cells
        shown = {cell.name: canonical(cell.value) for cell in cells if cell.value is not None}
        super().__init__(*args, initial={"seen": shown}, **kwargs)
        self.cells = cells
        for cell in cells:
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

    def clean_seen(self) -> dict[str, Decimal]:
        # Nothing assigned yet is an empty mapping, which the field takes for no value.
        seen = self.cleaned_data["seen"] or {}
        try:
            return {name: parse_canonical(value) for name, value in seen.items()}
        except (AttributeError, NumberError) as error:
            raise forms.ValidationError("Trang này đã hỏng; hãy tải lại rồi nhập.") from error


class FillForm(forms.Form):
    """One target for all units of the cohort."""

    criterion = forms.TypedChoiceField(label="Tiêu chí", coerce=int)
    value = PercentField(label="Chỉ tiêu (%)")
    replace = forms.BooleanField(label="Thay cả chỉ tiêu đã giao", required=False)

    def __init__(self, *args: Any, grid: TargetGrid, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cells = grid.open_cells
        self.fields["criterion"].choices = [  # type: ignore[attr-defined]
            (pk, f"{leaf.code} {leaf.name}") for pk, leaf in grid.leaves
        ]

    def changes(self) -> list[TargetChange]:
        return [
            TargetChange(cell.assessment_id, cell.criterion_id, self.cleaned_data["value"], cell.value)
            for cell in self.cells
            if cell.criterion_id == self.cleaned_data["criterion"]
            and (cell.value is None or self.cleaned_data["replace"])
        ]
