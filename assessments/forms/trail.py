from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Unit, User
from assessments.models import Event, Period
from assessments.queries.trail import period_trail


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class TrailForm(forms.Form):
    """What a coordinator looks for among a period's events."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="Đơn vị", required=False, empty_label="Tất cả")
    by = forms.ModelChoiceField(
        User.objects.none(), label="Người thực hiện", required=False, empty_label="Tất cả"
    )
    action = forms.ChoiceField(label="Việc", required=False, choices=[("", "Tất cả"), *Event.Deed.choices])
    since = _day("Từ ngày")
    until = _day("Đến ngày")

    def __init__(self, data: Any = None, *, period: Period, hide_marks: bool = False) -> None:
        super().__init__(data)
        units = Unit.objects.filter(assessments__period=period).order_by("sort_key", "code")
        events = period_trail(period, hide_marks=hide_marks).order_by()
        people = User.objects.filter(pk__in=events.values("by")).order_by("sort_key", "username")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["by"].queryset = people  # type: ignore[attr-defined]
