"""What a report about one area is to be about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Unit
from reports.forms.fields import read_year
from reports.queries.areas import AreaSource, areas_of
from reports.queries.subjects import Subject

FIRST_YEAR = 2000


class AreaYearForm(forms.Form):
    """Whose area, of which year. `today` bounds the year: nothing can be put right before it went wrong."""

    unit = forms.ChoiceField(label="Đơn vị")
    year = forms.CharField(
        label="Năm",
        help_text="Năm của các hạn chế cần chấn chỉnh.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6}),
    )

    def __init__(self, data: Any = None, *, units: Iterable[Unit], today: int) -> None:
        super().__init__(data)
        self.units = {unit.code: unit for unit in units}
        self.today = today
        self.fields["unit"].choices = [(code, str(unit)) for code, unit in self.units.items()]

    def clean_year(self) -> int:
        year = read_year(self.cleaned_data["year"])
        if year is None or not FIRST_YEAR <= year <= self.today:
            raise ValidationError(f"Nhập một năm từ {FIRST_YEAR} đến {self.today}.")
        return year

    @property
    def sources(self) -> tuple[AreaSource, ...]:
        """Of a valid form."""
        return areas_of(self.units[self.cleaned_data["unit"]], self.cleaned_data["year"])


class AreaForm(AreaYearForm):
    """And which area of it: by its code, of a stored result of that year if there is one."""

    area = forms.CharField(label="Lĩnh vực")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if {"unit", "year", "area"} <= data.keys():
            choices = [choice for source in self.sources for choice in source.choices]
            data["about"] = next((one.subject for one in choices if one.key == data["area"]), None)
            if data["about"] is None:
                self.add_error("area", "Hãy chọn một lĩnh vực trong danh sách.")
        return data

    @property
    def about(self) -> Subject:
        """Of a valid form."""
        return self.cleaned_data["about"]
