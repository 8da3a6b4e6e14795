"""The four ways to show evidence at a leaf, each a form of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet

from assessments.filetypes import ALLOWED, EXTENSIONS
from assessments.models import Evidence


class WayForm(forms.Form):
    """Posted with `way`; ids carry the leaf, because a sheet may show several of these at once."""

    way: str
    label: str
    submit: str

    def __init__(self, *args: Any, criterion_id: int, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"evidence-{criterion_id}-{self.way}-%s", **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to choose from."""
        return False

    def refuse(self, field: str, message: str) -> None:
        self.add_error(field if field in self.fields else None, message)


class FileForm(WayForm):
    way, label, submit = "file", "Tải tệp lên", "Tải lên"

    file = forms.FileField(
        label="Tệp",
        allow_empty_file=True,  # refused by its content, like every other
        error_messages={"required": "Hãy chọn tệp."},
        widget=forms.FileInput(attrs={"accept": ",".join(EXTENSIONS)}),
    )
    title = forms.CharField(
        label="Tên tài liệu",
        required=False,
        max_length=300,
        help_text="Để trống thì lấy theo tên tệp.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = settings.EVIDENCE_MAX_BYTES // (1024 * 1024)
        self.fields["file"].help_text = f"{ALLOWED}. Mỗi tệp không quá {limit} MB."


class LinkForm(WayForm):
    way, label, submit = "link", "Dán đường dẫn", "Thêm đường dẫn"

    url = forms.CharField(
        label="Đường dẫn",
        max_length=1000,
        help_text="Chép từ thanh địa chỉ của trình duyệt, bắt đầu bằng https:// hoặc http://.",
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
    )
    title = forms.CharField(label="Tên tài liệu", max_length=300)


class DocumentForm(WayForm):
    way, label, submit = "document", "Viện dẫn văn bản", "Thêm văn bản"

    number = forms.CharField(
        label="Số", required=False, max_length=30, help_text="Để trống nếu văn bản không đánh số."
    )
    symbol = forms.CharField(label="Ký hiệu", max_length=60, help_text="Ví dụ: KH-UBND")
    issued_on = forms.DateField(
        label="Ngày văn bản",
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": "Hãy ghi ngày theo dạng ngày/tháng/năm, ví dụ 04/5/2026."},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    title = forms.CharField(label="Trích yếu", max_length=300)


class PickForm(WayForm):
    way, label, submit = "pick", "Chọn tài liệu đã có", "Gắn tài liệu đã chọn"

    evidence = forms.ModelMultipleChoiceField(
        Evidence.objects.none(),
        label="Tài liệu của phiếu",
        error_messages={
            "required": "Hãy chọn ít nhất một tài liệu.",
            "invalid_choice": "Tài liệu đã chọn không còn trong danh sách. Hãy chọn lại.",
            "invalid_pk_value": "Tài liệu đã chọn không còn trong danh sách. Hãy chọn lại.",
        },
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, evidence: QuerySet[Evidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].queryset = evidence

    @property
    def is_empty(self) -> bool:
        return not self.fields["evidence"].queryset.exists()


class DetachForm(forms.Form):
    evidence = forms.IntegerField(min_value=1)
