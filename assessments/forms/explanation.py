from __future__ import annotations

from typing import Any

from django import forms

from assessments.forms.leaf import NOTE_LENGTH
from assessments.models import Explanation

AGREED, DISAGREED = Explanation.Stance.AGREED, Explanation.Stance.DISAGREED


class ExplanationForm(forms.Form):
    """The unit's answer to one leaf of round 1."""

    version = forms.IntegerField(required=False, min_value=0)
    overwrite = forms.IntegerField(required=False, min_value=0)
    stance = forms.ChoiceField(
        label="Ý kiến",
        choices=[(AGREED.value, AGREED.label), (DISAGREED.value, DISAGREED.label)],
        error_messages={"required": "Hãy chọn đồng ý hoặc không đồng ý."},
    )
    text = forms.CharField(label="Nội dung giải trình", required=False, max_length=NOTE_LENGTH)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("stance") == DISAGREED and "text" not in self.errors and not cleaned.get("text"):
            self.add_error("text", "Không đồng ý thì phải ghi nội dung giải trình.")
        return cleaned

    @property
    def agrees(self) -> bool:
        return self.cleaned_data["stance"] == AGREED

    @property
    def seen(self) -> int:
        """The version the person decided on: the one on his page, or the one he chose to overwrite."""
        return self.cleaned_data.get("overwrite") or self.cleaned_data.get("version") or 0

    @property
    def chosen(self) -> str:
        """What was ticked, right or wrong."""
        return str(self["stance"].value() or "")

    @property
    def stance_label(self) -> str:
        return Explanation.Stance(self.cleaned_data["stance"]).label
