"""The upload of a workbook, and what its preview showed, signed so that only that can be confirmed."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from assessments.entry_files.reading import MAX_BYTES
from assessments.models import Cohort
from assessments.queries.entry.preview import EnteredResult, EnteredTarget, EntryPreview
from assessments.queries.targets import TargetChange
from criteria.points import canonical

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


class ConfirmForm(forms.Form):
    """For one user and one cohort."""

    signed = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, cohort: Cohort, user: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self._salt = _salt(cohort, user)
        self.results: list[EnteredResult] = []
        self.targets: list[EnteredTarget] = []

    def clean_signed(self) -> str:
        signed: str = self.cleaned_data["signed"]
        try:
            said = signing.loads(signed, salt=self._salt, max_age=HOURS * 3600)
        except signing.BadSignature as error:
            raise forms.ValidationError(STALE) from error
        self.results = [EnteredResult(**row | {"points": _decimal(row["points"])}) for row in said["results"]]
        self.targets = [
            EnteredTarget(
                TargetChange(**row | {"value": _decimal(row["value"]), "seen": _decimal(row["seen"])}), place
            )
            for row, place in said["targets"]
        ]
        return signed


def confirmation(preview: EntryPreview, *, cohort: Cohort, user: User) -> ConfirmForm:
    """The form that stores exactly what this preview shows."""
    said = {
        "results": [_spelled(asdict(result)) for result in preview.results],
        "targets": [(_spelled(asdict(entry.change)), entry.place) for entry in preview.targets],
    }
    signed = signing.dumps(said, salt=_salt(cohort, user), compress=True)
    return ConfirmForm(cohort=cohort, user=user, initial={"signed": signed})


def _salt(cohort: Cohort, user: User) -> str:
    return f"assessments.entry.{cohort.pk}.{cohort.criteria_set_id}.{user.pk}"


def _spelled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: canonical(value) if isinstance(value, Decimal) else value for name, value in row.items()}


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
