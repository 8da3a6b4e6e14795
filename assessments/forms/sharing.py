from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import User
from assessments.queries.sharing import SharedArea


class SharingForm(forms.Form):
    """The officers of every area, beside the ones that stood there when the page was made."""

    def __init__(
        self, *args: Any, areas: Iterable[SharedArea], officers: Iterable[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.areas = list(areas)
        self.officers = {officer.pk: officer for officer in officers}
        choices = [(officer.pk, officer.full_name) for officer in self.officers.values()]
        for area in self.areas:
            self.fields[f"officers-{area.pk}"] = forms.TypedMultipleChoiceField(
                label=f"{area.criterion.code}. {area.criterion.name}",
                choices=choices,
                coerce=int,
                required=False,
                help_text=f"Đã chấm {area.answered}/{area.leaves} tiêu chí.",
                initial=[officer.pk for officer in area.officers],
                widget=forms.CheckboxSelectMultiple,
                error_messages={"invalid_choice": "Người được chọn không còn là cán bộ đầu mối của đơn vị."},
            )
            self.fields[f"seen-{area.pk}"] = forms.CharField(
                required=False,
                max_length=4000,  # of longer numbers Python makes none
                initial=" ".join(str(officer.pk) for officer in area.officers),
                widget=forms.HiddenInput,
            )

    @property
    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"officers-{area.pk}"], self[f"seen-{area.pk}"]) for area in self.areas]

    def chosen(self) -> list[tuple[int, list[User], set[int]]]:
        """Of every area: its key, the officers ticked, and the keys of those that the page showed."""
        return [
            (
                area.pk,
                [self.officers[pk] for pk in self.cleaned_data[f"officers-{area.pk}"]],
                {int(pk) for pk in self.cleaned_data[f"seen-{area.pk}"].split() if pk.isdecimal()},
            )
            for area in self.areas
        ]
