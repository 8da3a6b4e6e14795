"""What people write for a report. Figures are not among the fields: they come from the result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from assessments.outcome import Outcome
from reports.contents import NARRATIVES

LONG = {"rows": 4}
NARRATIVE_LENGTH = 200_000


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class _Lines(forms.CharField):
    """One entry per line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"rows": 3}


def _narrative(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=NARRATIVE_LENGTH,
        widget=forms.Textarea(attrs=LONG),
        help_text=help_text,
    )


def _date_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )


class CitationForm(forms.Form):
    """A document that the report rests on."""

    kind = forms.CharField(label="Loại văn bản", max_length=60, initial="Công văn")
    number = forms.CharField(label="Số, ký hiệu", max_length=60)
    issued_on = _date_field("Ngày")
    issuer = forms.CharField(label="Cơ quan ban hành", max_length=200)
    subject = forms.CharField(
        label="Về việc", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def stored(self) -> dict[str, str]:
        day = self.cleaned_data["issued_on"]
        return {**self.cleaned_data, "issued_on": day.isoformat() if day else ""}


CitationFormSet = forms.formset_factory(CitationForm, extra=1, can_delete=True, max_num=20, validate_max=True)


class ReportForm(forms.Form):
    """Head, signature and the narrative parts of a remediation report about `outcome`."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    superior = forms.CharField(label="Cơ quan chủ quản", required=False, max_length=200)
    issuer = _Lines(label="Cơ quan ban hành", help_text="Mỗi dòng in thành một dòng.")
    number = forms.CharField(
        label="Số", required=False, max_length=20, help_text="Để trống nếu văn thư chưa cấp số."
    )
    symbol = forms.CharField(label="Ký hiệu", max_length=40)
    place = forms.CharField(label="Địa danh", max_length=80)
    issued_on = _date_field("Ngày ban hành")
    addressees = _Lines(
        label="Kính gửi", required=False, help_text="Mỗi nơi một dòng; để trống nếu không có."
    )
    authority = _Lines(
        label="Quyền hạn, chức vụ người ký", help_text="Ví dụ: TM. Ủy ban nhân dân, xuống dòng, Chủ tịch."
    )
    signer = forms.CharField(label="Họ tên người ký", required=False, max_length=120)
    recipients = _Lines(label="Nơi nhận", help_text="Mỗi nơi một dòng; dòng cuối là nơi lưu.")
    organisation = _narrative(
        "Tình hình tổ chức triển khai", "Dòng bắt đầu bằng “- ” thành gạch đầu dòng; **chữ đậm**."
    )
    remedies = _narrative("Kết quả khắc phục chung")
    difficulties = _narrative("Khó khăn, vướng mắc")
    tasks = _narrative("Nhiệm vụ, giải pháp chung")
    closing = _narrative("Câu kết", "Để trống để dùng câu kết thông thường.")

    def __init__(self, data: Any = None, *, outcome: Outcome, content: dict[str, Any], version: int) -> None:
        super().__init__(data, initial=self._initial(content, version))
        written = content.get("narrative", {})
        losing = {row.code for area in outcome.areas for row in area.losing_rows}
        # A text stays in the form where its criterion lost nothing or is a heading.
        shown = losing | set(written.get("remedies_by_code", {}))
        for row in outcome.rows():
            if row.code in shown:
                self.fields[f"remedy-{row.code}"] = _narrative(f"{row.code}. {row.name}")
        for area in outcome.areas:
            self.fields[f"task-{area.code}"] = _narrative(f"{area.code}. {area.name}")

    @staticmethod
    def _initial(content: dict[str, Any], version: int) -> dict[str, Any]:
        narrative = content.get("narrative", {})
        return {
            "version": version,
            **content["head"],
            "authority": content["signature"]["authority"],
            "signer": content["signature"]["name"],
            "addressees": content.get("addressees", []),
            "recipients": content["recipients"],
            **{name: narrative.get(name, "") for name in NARRATIVES},
            **{f"remedy-{code}": text for code, text in narrative.get("remedies_by_code", {}).items()},
            **{f"task-{code}": text for code, text in narrative.get("tasks_by_area", {}).items()},
        }

    def stored(self, *, request: dict[str, str] | None, basis: list[dict[str, str]]) -> dict[str, Any]:
        """The content of a valid form, with the documents the report rests on."""
        data = self.cleaned_data
        return {
            "head": {
                "superior": data["superior"],
                "issuer": lines(data["issuer"]),
                "symbol": data["symbol"],
                "number": data["number"],
                "place": data["place"],
                "issued_on": data["issued_on"].isoformat() if data["issued_on"] else "",
            },
            "addressees": lines(data["addressees"]),
            "request": request,
            "basis": basis,
            "signature": {"authority": lines(data["authority"]), "name": data["signer"]},
            "recipients": lines(data["recipients"]),
            "narrative": {
                **{name: data[name] for name in NARRATIVES},
                "remedies_by_code": self._by_code("remedy-"),
                "tasks_by_area": self._by_code("task-"),
            },
        }

    def _by_code(self, prefix: str) -> dict[str, str]:
        return {
            name.removeprefix(prefix): text
            for name, text in self.cleaned_data.items()
            if name.startswith(prefix) and text
        }

    def group(self, prefix: str) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.fields if name.startswith(prefix))

    @property
    def remedy_fields(self) -> Iterator[forms.BoundField]:
        return self.group("remedy-")

    @property
    def task_fields(self) -> Iterator[forms.BoundField]:
        return self.group("task-")
