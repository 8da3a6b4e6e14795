"""Who appraises a criterion, in one place or two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import Unit, User
from assessments.forms.seen import numbers
from assessments.models import Assignment

NOBODY = "Không chỉ định: mọi cán bộ thẩm định của cơ quan"
_FIELDS = ("office", "appraiser", "substitute")


class AssignmentForm(forms.Form):
    """`chosen()` and `seen()` of a valid form; without an office the criterion goes with what stands above it."""

    stood = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        offices: Sequence[Unit],
        appraisers: Sequence[tuple[User, Unit]],
        stands: Sequence[Assignment],
        **kwargs: Any,
    ) -> None:
        # Who is left alone of two keeps his place, but stands first here.
        shown = zip(Assignment.Place, stands, strict=False)
        initial = {f"{name}{place}": getattr(row, f"{name}_id") for place, row in shown for name in _FIELDS}
        initial["stood"] = " ".join(str(row.pk) for row in stands)
        super().__init__(*args, initial=initial, **kwargs)
        named = [person for row in stands for person in (row.appraiser, row.substitute) if person]
        self.offices = {office.pk: office for office in [*offices, *(row.office for row in stands)]}
        self.people = {person.pk: person for person in [*(user for user, _ in appraisers), *named]}
        where: dict[int, list[str]] = {}
        for user, unit in appraisers:
            where.setdefault(user.pk, []).append(unit.short_name)
        people = [
            (pk, f"{person.full_name} – {', '.join(where.get(pk, ['không còn vai trò thẩm định']))}")
            for pk, person in self.people.items()
        ]
        in_office = [(pk, office.short_name) for pk, office in self.offices.items()]
        for place in Assignment.Place:
            nothing = "Theo mục cấp trên" if place == Assignment.Place.FIRST else "Chỉ một người chấm"
            self.fields[f"office{place}"] = _choice("Cơ quan thẩm định", in_office, nothing)
            self.fields[f"appraiser{place}"] = _choice("Cán bộ thẩm định", people, NOBODY)
            self.fields[f"substitute{place}"] = _choice(
                "Người thay thế",
                people,
                "Không có",
                "Thẩm định thay ở đơn vị mà cơ quan hoặc cán bộ trên đang làm việc.",
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = (cleaned.get(f"office{place}") for place in Assignment.Place)
        for place in Assignment.Place:
            people = [cleaned.get(f"{name}{place}") for name in ("appraiser", "substitute")]
            if any(people) and not cleaned.get(f"office{place}"):
                self.add_error(f"office{place}", "Hãy chọn cơ quan của cán bộ thẩm định.")
        if second and not first:
            self.add_error("office1", "Hãy chọn cơ quan thứ nhất trước cơ quan thứ hai.")
        return cleaned

    def chosen(self) -> list[dict[str, Any]]:
        """Office, appraiser and substitute of each place that has an office."""
        return [
            {
                "office": self.offices[office],
                "appraiser": self.people.get(self.cleaned_data[f"appraiser{place}"]),
                "substitute": self.people.get(self.cleaned_data[f"substitute{place}"]),
            }
            for place in Assignment.Place
            if (office := self.cleaned_data[f"office{place}"])
        ]

    def seen(self) -> set[int]:
        """The keys of the assignments that the page showed."""
        return numbers(self.cleaned_data["stood"])

    @property
    def places(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of each place under its name."""
        return [(place.label, [self[f"{name}{place}"] for name in _FIELDS]) for place in Assignment.Place]


def _choice(
    label: str, choices: list[tuple[int, str]], nothing: str, help_text: str = ""
) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("", nothing), *choices],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=help_text,
        error_messages={"invalid_choice": "Hãy chọn trong danh sách."},
    )
