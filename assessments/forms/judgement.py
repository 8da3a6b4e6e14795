from __future__ import annotations

from typing import Any

from django import forms

from assessments.forms.leaf import NOTE_LENGTH, LeafForm
from assessments.models import Assignment, Layer, Score
from assessments.workflow import Action
from criteria.fields import PointsFormField
from criteria.points import format_points

ACTION_ON = {
    Layer.ROUND1: Action.APPRAISE,
    Layer.ROUND2: Action.REVISE,
    Layer.COUNCIL: Action.FIX,
}
# The coordinator takes over what one of two appraisers said.
OF_MARK = {f"mark{place}": place for place in Assignment.Place}


class JudgementForm(LeafForm):
    """An appraiser's or the council's word on a leaf. `layer` is the one the page was made for; `settles` comes
    from the coordinator between two appraisers."""

    layer = forms.ChoiceField(choices=[(Layer.ROUND1, ""), (Layer.ROUND2, ""), (Layer.COUNCIL, "")])
    settles = forms.BooleanField(required=False)
    basis = forms.ChoiceField(
        choices=[*Score.Basis.choices, *((name, "") for name in OF_MARK)], label="Cách chấm"
    )
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
        if basis in OF_MARK and not cleaned.get("settles"):
            self.add_error("basis", "Chỉ chọn điểm của một trong hai người khi thống nhất điểm.")
        return cleaned

    @property
    def action(self) -> Action:
        layer = Layer(self.cleaned_data["layer"])
        return Action.SETTLE if self.cleaned_data["settles"] and layer is Layer.ROUND1 else ACTION_ON[layer]

    @property
    def takes_over(self) -> int | None:
        """The place of the appraiser whose word the coordinator takes."""
        return OF_MARK.get(self.cleaned_data["basis"])

    def repeats(self, own: Score | None) -> bool:
        """Whether what was typed is what the unit declared itself."""
        typed = self.cleaned_data["basis"] == Score.Basis.DATA
        return typed and own is not None and own.is_answered and own.data == self.declared()

    def said(self) -> str:
        match self.cleaned_data["basis"]:
            case Score.Basis.KEPT:
                return "đồng ý"
            case Score.Basis.OVERRIDE:
                return f"ấn định {format_points(self.cleaned_data['override'])} điểm"
            case name if name in OF_MARK:
                return f"lấy điểm của {Assignment.Place(OF_MARK[name]).label.lower()}"
        return super().said()
