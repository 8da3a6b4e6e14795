"""Which documents are wanted for which cohort."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from assessments.models import Cohort
from reports.kinds import KINDS, Kind, Name
from reports.queries.batches import kinds_in_bulk, why_none


class BatchForm(forms.Form):
    kind = forms.ChoiceField(label="Loại báo cáo", widget=forms.RadioSelect)
    cohort = forms.TypedChoiceField(label="Nhóm đơn vị", coerce=int)

    def __init__(self, *args: Any, cohorts: Iterable[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohorts = {cohort.pk: cohort for cohort in cohorts}
        self.fields["kind"].choices = [(kind.name.value, _label(kind)) for kind in kinds_in_bulk()]
        self.fields["cohort"].choices = [
            (pk, f"{cohort.name} – {cohort.period}") for pk, cohort in self.cohorts.items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if {"kind", "cohort"} <= cleaned.keys():
            cleaned |= {"kind": Name(cleaned["kind"]), "cohort": self.cohorts[cleaned["cohort"]]}
            if why_not := why_none(KINDS[cleaned["kind"]], cleaned["cohort"]):
                self.add_error("kind", why_not)
        return cleaned


def _label(kind: Kind[Any]) -> str:
    """Whose words it needs."""
    return f"{kind.title} – báo cáo đơn vị đã lập" if kind.parts else f"{kind.title} – mọi đơn vị"
