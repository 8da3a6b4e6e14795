"""The two forms of an upload: the workbook itself, and what its preview showed, signed until it is confirmed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from assessments.entry_files.reading import MAX_BYTES

HOURS = 4
STALE = "Bản xem trước đã quá hạn hoặc không phải của ông/bà; hãy tải tệp lên lại."


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Tệp Excel đã nhập",
        help_text=f"Tệp .xlsx theo mẫu tải về ở trên, không quá {MAX_BYTES // (1024 * 1024)} MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"empty": "Tệp rỗng, không có nội dung. Hãy chọn lại."},
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        # Weighed before it is read.
        if upload.size is None or upload.size > MAX_BYTES:
            raise forms.ValidationError(
                f"Tệp lớn hơn {MAX_BYTES // (1024 * 1024)} MB. Hãy xóa trang tính, hình ảnh thừa."
            )
        return upload


class SignedForm(forms.Form):
    """For whoever and whatever `salt` names. Valid, `said` is what was signed."""

    signed = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, salt: str, **options: Any) -> None:
        super().__init__(data, **options)
        self._salt = salt
        self.said: Any = None

    @classmethod
    def of(cls, said: Any, salt: str) -> SignedForm:
        return cls(salt=salt, initial={"signed": signing.dumps(said, salt=salt, compress=True)})

    def clean_signed(self) -> str:
        signed: str = self.cleaned_data["signed"]
        try:
            self.said = signing.loads(signed, salt=self._salt, max_age=HOURS * 3600)
        except signing.BadSignature as error:
            raise forms.ValidationError(STALE) from error
        return signed
