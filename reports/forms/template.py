"""A Word template to upload."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from reports.word_templates import MOST_BYTES

LIMIT = MOST_BYTES // (1024 * 1024)


class TemplateForm(forms.Form):
    file = forms.FileField(
        label="Tệp mẫu Word (.docx)",
        allow_empty_file=True,  # refused by its content, like every other
        help_text=f"Không quá {LIMIT} MB; không có macro, liên kết ra ngoài, đối tượng nhúng.",
        error_messages={"required": "Hãy chọn tệp."},
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise ValidationError(f"Tệp lớn hơn {LIMIT} MB. Hãy thu nhỏ các hình trong tệp.")
        return upload
