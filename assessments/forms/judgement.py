from __future__ import annotations

from typing import Any

from django import forms

from assessments.forms.leaf import NOTE_LENGTH, LeafForm
from assessments.models import Layer, Score
from criteria.fields import PointsFormField
from criteria.points import format_points


class JudgementForm(LeafForm):
    """An appraiser's or the council's word on a leaf. `layer` is the one the page was made for."""

    layer = forms.ChoiceField(choices=[(Layer.ROUND1, ""), (Layer.ROUND2, ""), (Layer.COUNCIL, "")])
    basis = forms.ChoiceField(choices=Score.Basis, label="Cách chấm")
    override = PointsFormField(required=False, label="Điểm ấn định")
    reason = forms.CharField(required=False, max_length=NOTE_LENGTH, label="Lý do")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        basis = cleaned.get("basis")
        if (
            basis == Score.Basis.OVERRIDE
            and cleaned.get("override") is None
            and "override" not in self.errors
        ):
            self.add_error("override", "Hãy nhập điểm ấn định.")
        if basis == Score.Basis.DATA and not self.errors and self.declared() is None:
            self.add_error(None, "Hãy nhập số liệu.")
        return cleaned

    def said(self) -> str:
        match self.cleaned_data["basis"]:
            case Score.Basis.KEPT:
                return "đồng ý"
            case Score.Basis.OVERRIDE:
                return f"ấn định {format_points(self.cleaned_data['override'])} điểm"
        return super().said()
