"""Begin a report about what no list of finished things offers: the person names the unit and the years."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Unit
from reports.forms.fields import read_year
from reports.models.indicators import FIRST_YEAR
from reports.queries.areas import AreaSource, areas_of
from reports.queries.subjects import Subject

LONGEST_STAGE = 20  # years


def _year_field(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6, "autocomplete": "off"}),
    )


class BeginForm(forms.Form):
    """Whose report. `today` bounds its years: nothing is reported before it was."""

    first_possible: ClassVar[int] = 2000
    unit = forms.ChoiceField(label="Đơn vị")

    def __init__(self, data: Any = None, *, units: Iterable[Unit], today: int) -> None:
        super().__init__(data)
        self.units = {unit.code: unit for unit in units}
        self.today = today
        self.fields["unit"].choices = [(code, str(unit)) for code, unit in self.units.items()]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Unit:
        """Of a valid form."""
        return self.units[self.cleaned_data["unit"]]

    @property
    def about(self) -> Subject:
        """Of a valid form."""
        raise NotImplementedError

    def _year(self, name: str) -> int:
        year = read_year(self.cleaned_data[name])
        if year is None or not self.first_possible <= year <= self.today:
            raise ValidationError(f"Nhập một năm từ {self.first_possible} đến {self.today}.")
        return year


class StageForm(BeginForm):
    first_possible = FIRST_YEAR  # as far back as there are statistics
    first_year = _year_field("Từ năm")
    year = _year_field("Đến năm")

    def clean_first_year(self) -> int:
        return self._year("first_year")

    def clean_year(self) -> int:
        return self._year("year")

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first_year"), self.cleaned_data.get("year")
        if first and last and not first <= last < first + LONGEST_STAGE:
            words = "Năm cuối không được trước năm đầu." if last < first else f"Tối đa {LONGEST_STAGE} năm."
            self.add_error("year", words)
        return self.cleaned_data

    @property
    def about(self) -> Subject:
        return Subject(self.chosen, self.cleaned_data["year"], first_year=self.cleaned_data["first_year"])


class AreaYearForm(BeginForm):
    """Of which year; its areas are `sources`."""

    year = _year_field("Năm", "Năm của các hạn chế cần chấn chỉnh.")

    def clean_year(self) -> int:
        return self._year("year")

    @property
    def sources(self) -> tuple[AreaSource, ...]:
        """Of a valid form."""
        return areas_of(self.chosen, self.cleaned_data["year"])


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
        return self.cleaned_data["about"]
