"""Issuing a report, and what follows: its number and date, the paper that was signed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from reports.forms.fields import day_field, line_field
from reports.models.issue import LONGEST_REASON


class _Refusable(forms.Form):
    def refuse(self, field: str, message: str) -> None:
        self.add_error(field if field in self.fields else None, message)


def _reason(label: str, help_text: str) -> forms.CharField:
    return line_field(label, longest=LONGEST_REASON, help_text=help_text)


class IssueForm(_Refusable):
    """`version` and `fingerprint` say what the page shows; without what does not apply to this report."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)
    has_seen_warnings = forms.BooleanField(label="Đã xem các điểm nêu trên", required=False)
    reason = _reason("Lý do đính chính", "Ghi trong lịch sử ban hành, không in trong báo cáo.")

    def __init__(self, data: Any = None, *, warns: bool, corrects: bool, **seen: Any) -> None:
        super().__init__(data, initial=seen)
        if not warns:
            del self.fields["has_seen_warnings"]
        if not corrects:
            del self.fields["reason"]

    def show_again(self, **seen: Any) -> None:
        """What was typed stays, the tick only while it is about what the page shows now."""
        sent = self.data.dict()
        self.data = {**sent, **seen}
        if any(sent.get(name) != str(now) for name, now in seen.items()):
            self.data.pop("has_seen_warnings", None)


class NumberForm(_Refusable):
    number = line_field("Số", required=True, longest=20, help_text="Chỉ ghi số; ký hiệu đã có trong báo cáo.")
    issued_on = day_field("Ngày ban hành")
    reason = _reason("Lý do đổi số, ngày", "Bản mang số cũ vẫn được giữ.")

    def __init__(self, data: Any = None, *, has_number: bool, asks_date: bool) -> None:
        super().__init__(data, auto_id="number-%s")
        if not has_number:
            del self.fields["reason"]
        if not asks_date:
            del self.fields["issued_on"]


class SignedForm(_Refusable):
    file = forms.FileField(
        label="Bản đã ký, đóng dấu",
        allow_empty_file=True,  # refused by its content, like every other
        error_messages={"required": "Hãy chọn tệp."},
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    reason = _reason("Lý do thay bản ký", "Bản ký trước vẫn được giữ.")

    def __init__(self, data: Any = None, files: Any = None, *, has_signed: bool) -> None:
        super().__init__(data, files, auto_id="signed-%s")
        limit = settings.EVIDENCE_MAX_BYTES // (1024 * 1024)
        self.fields["file"].help_text = f"PDF hoặc ảnh JPG, PNG, không quá {limit} MB."
        if not has_signed:
            del self.fields["reason"]
