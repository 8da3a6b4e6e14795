"""What a group or an indicator is, and which years a unit keeps figures for."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Unit
from reports.models import Indicator, IndicatorGroup
from reports.models.indicators import FIRST_YEAR, LAST_YEAR, Kept
from reports.queries.indicators import possible_wholes


class DefinitionForm(forms.ModelForm):
    """`seen` is the version that the page showed; `saved` what somebody else stored since, by label."""

    seen = forms.IntegerField(widget=forms.HiddenInput, initial=0, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.instance.version if self.instance.pk else 0
        self.saved: list[tuple[str, str]] = []

    @property
    def said(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}

    def show_saved(self, kept: Kept) -> None:
        """Name what is stored otherwise, and let the next save replace it knowingly."""
        for name, value in self.said.items():
            stored = getattr(kept, name)
            if stored != value:
                label = str(self.fields[name].label)
                self.saved.append((label, _told(stored)))
        self.data = self.data.copy()
        self.data["seen"] = kept.version


class GroupForm(DefinitionForm):
    class Meta:
        model = IndicatorGroup
        fields = ["code", "position", "name", "title", "is_appendix"]


class IndicatorForm(DefinitionForm):
    class Meta:
        model = Indicator
        fields = [
            "code", "position", "name", "measure", "kind", "part_of", "numerator_name", "denominator_name",
        ]  # fmt: skip
        help_texts = {
            "part_of": "Báo cáo sẽ chỉ ra năm nào phần lớn hơn tổng.",
            "numerator_name": "Chỉ dùng cho kiểu tử số/mẫu số.",
            "denominator_name": (
                "Các chỉ tiêu ghi cùng một tên được coi là cùng một số liệu; báo cáo sẽ chỉ ra chỗ không khớp."
            ),
        }

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = self.fields["part_of"]
        whole.queryset = possible_wholes(unit, self.instance if self.instance.pk else None)  # type: ignore[attr-defined]
        whole.empty_label = "Không"  # type: ignore[attr-defined]
        whole.label_from_instance = lambda one: f"{one.group.code} {one}"  # type: ignore[attr-defined]


class YearForm(forms.Form):
    year = forms.IntegerField(
        label="Thêm năm",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6}),
    )


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    return "để trống" if value in (None, "") else str(value)
