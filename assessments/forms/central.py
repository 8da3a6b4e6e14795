from __future__ import annotations

from typing import Any

from django import forms

from assessments.forms.leaf import NOTE_LENGTH, LeafForm
from criteria.fields import PointsFormField
from criteria.points import format_points


class CentralForm(LeafForm):
    """One unit's result at a leaf entered centrally: data of the rule, or points set by hand with a reason."""

    override = PointsFormField(required=False, label="Điểm ấn định")
    reason = forms.CharField(required=False, max_length=NOTE_LENGTH, label="Lý do")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("override") is not None and cleaned.get("not_applicable"):
            self.add_error("override", "Không vừa ấn định điểm vừa chọn “Không áp dụng”.")
        return cleaned

    def said(self) -> str:
        override = self.cleaned_data["override"]
        return super().said() if override is None else f"ấn định {format_points(override)} điểm"
