from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.dates import VIETNAM
from assessments.calendar import Calendar, Phase
from assessments.forms.periods import MomentField
from assessments.models import Extension
from assessments.queries.extensions import Choice

Areas = Iterable[tuple[str, Iterable[Choice]]]


class ExtensionForm(forms.Form):
    """Without a tick at any leaf the extension holds for all of them."""

    phase = forms.ChoiceField(label="Giai đoạn")
    until = MomentField(label="Gia hạn đến", help_text="Giờ Việt Nam.")
    leaves = forms.TypedMultipleChoiceField(coerce=int, required=False)
    reason = forms.CharField(
        label="Lý do",
        max_length=1000,
        help_text="Đơn vị và cơ quan thẩm định đọc được lý do này.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    document = forms.CharField(
        label="Văn bản cho phép", max_length=300, help_text="Ví dụ: Công văn số 12/SNV-CCHC ngày 05/12/2026"
    )
    give_back = forms.BooleanField(
        label="Trả lại phiếu cho đơn vị ngay để đơn vị sửa và gửi lại",
        required=False,
        help_text="Đơn vị đã gửi phiếu và chưa tiêu chí nào được thẩm định.",
    )

    def __init__(self, *args: Any, areas: Areas, calendar: Calendar, returnable: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phase"].choices = [  # type: ignore[attr-defined]
            (value, f"{label} (hạn chung {closes.astimezone(VIETNAM):%H:%M %d/%m/%Y})" if closes else label)
            for value, label in Extension.Extends.choices
            for closes in [calendar[Phase(value)].closes]
        ]
        self.fields["leaves"].choices = [  # type: ignore[attr-defined]
            (leaf.pk, leaf.label) for _, leaves in areas for leaf in leaves
        ]
        if not returnable:
            del self.fields["give_back"]

    def ticked(self, areas: Areas) -> list[tuple[str, list[tuple[Choice, bool]]]]:
        """The leaves by area, each with whether it is ticked."""
        chosen = {str(value) for value in self["leaves"].value() or []}
        return [(name, [(leaf, str(leaf.pk) in chosen) for leaf in leaves]) for name, leaves in areas]

    def described(self) -> dict[str, Any]:
        """What `extend` wants to know."""
        return dict(self.cleaned_data)
