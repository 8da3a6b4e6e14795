"""What a coordinator types to correct a published result: one leaf, and the decision over all of them."""

from __future__ import annotations

from typing import Any

from django import forms

from assessments.forms.central import CentralForm
from assessments.forms.leaf import NOTE_LENGTH
from assessments.forms.periods import DecisionForm
from assessments.models import Assessment


class SheetForm(forms.Form):
    """Whose result is to be corrected."""

    sheet = forms.ModelChoiceField(Assessment.objects.none(), label="Đơn vị", empty_label="Chọn đơn vị")

    def __init__(self, *args: Any, sheets: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sheet"]
        field.queryset = sheets  # type: ignore[attr-defined]
        field.label_from_instance = lambda sheet: f"{sheet.unit} ({sheet.cohort})"  # type: ignore[attr-defined]


class CorrectionForm(CentralForm):
    """One leaf: data of the rule, points set by hand, or "không áp dụng"; always with a reason."""

    reason = forms.CharField(
        max_length=NOTE_LENGTH,
        label="Lý do đính chính",
        error_messages={"required": "Hãy ghi lý do đính chính."},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and cleaned["override"] is None and self.declared() is None:
            self.add_error(None, "Hãy nhập số liệu hoặc điểm đúng.")
        return cleaned


class CorrectionDecisionForm(DecisionForm):
    """`seen` is what the page showed to be published."""

    reason = forms.CharField(
        max_length=1000,
        label="Lý do đính chính",
        help_text="In trên trang kết quả và bảng xếp hạng, ví dụ: cộng thiếu điểm tiêu chí 2.1 của xã An Bình.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, unranked=0, **kwargs)

    @property
    def correction(self) -> dict[str, Any]:
        return self.decision | {name: self.cleaned_data[name] for name in ("reason", "seen")}
