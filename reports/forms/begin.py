"""Begin a report about what nobody published: the person names the unit and the years."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from accounts.models import Unit, User
from reports.kinds import TITLES, Name
from reports.models.indicators import FIRST_YEAR, LAST_YEAR
from reports.queries.offers import units_writing
from reports.queries.subjects import Subject

LONGEST_STAGE = 20  # years


def _year_field(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6, "autocomplete": "off"}),
    )


class BeginForm(forms.Form):
    """One kind of report that is begun like this; a valid form has its `subject`."""

    kind: ClassVar[Name]
    hint: ClassVar[str] = ""
    unit = forms.ModelChoiceField(Unit.objects.none(), label="Đơn vị", empty_label=None)

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, prefix=self.kind.value)
        self.units = units_writing(self.kind, user)
        self.fields["unit"].queryset = self.units  # type: ignore[attr-defined]

    @property
    def title(self) -> str:
        return TITLES[self.kind]

    @property
    def subject(self) -> Subject:
        raise NotImplementedError


class StageForm(BeginForm):
    kind = Name.STAGE_SUMMARY
    hint = "Số liệu lấy từ trang Số liệu thống kê của đơn vị."
    first_year = _year_field("Từ năm")
    year = _year_field("Đến năm")

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first_year"), self.cleaned_data.get("year")
        if first and last and not first <= last < first + LONGEST_STAGE:
            words = "Năm cuối không được trước năm đầu." if last < first else f"Tối đa {LONGEST_STAGE} năm."
            self.add_error("year", words)
        return self.cleaned_data

    @property
    def subject(self) -> Subject:
        said = self.cleaned_data
        return Subject(said["unit"], said["year"], first_year=said["first_year"])


BEGINNINGS: Mapping[Name, type[BeginForm]] = {form.kind: form for form in (StageForm,)}
