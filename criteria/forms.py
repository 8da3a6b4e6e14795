"""A set file that is uploaded, looked at and confirmed, and the words of one criterion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from criteria.models import LONGEST_REASON, WORDS, Criterion
from criteria.queries import words_fingerprint
from criteria.schema import MAX_BYTES, Problem, SetErrors, decoded, lines_of, read_set
from criteria.shown import Shown
from criteria.tree import CriteriaTree

SHOWN_PROBLEMS = 200
_SHOWN_CHARACTERS = 160


@dataclass(frozen=True)
class SourceProblem:
    """A problem with the line of the file it is about; `source` is "" where it is about no line."""

    problem: Problem
    source: str


class _SetForm(forms.Form):
    """Reads a set's text. What is wrong with it is no field error but a table: `problems`."""

    text = ""
    tree: CriteriaTree | None = None
    errors_found: tuple[Problem, ...] = ()

    def read(self, text: str) -> None:
        self.text = text
        self.tree = read_set(text)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                self.read(self.given_text(cleaned))
            except SetErrors as errors:
                self.errors_found = errors.problems
                raise forms.ValidationError(
                    f"Tệp có {len(errors.problems)} lỗi nên chưa nạp gì. Hãy sửa hết trong tệp rồi nạp lại."
                ) from None
        return cleaned

    def given_text(self, cleaned: dict[str, Any]) -> str:
        raise NotImplementedError

    @property
    def problems(self) -> list[SourceProblem]:
        """The first of them with their lines of the file."""
        lines = lines_of(self.text) if self.errors_found else []
        return [
            SourceProblem(found, lines[found.line - 1][:_SHOWN_CHARACTERS])
            if found.line and found.line <= len(lines)
            else SourceProblem(found, "")
            for found in self.errors_found[:SHOWN_PROBLEMS]
        ]

    @property
    def more_problems(self) -> int:
        return max(len(self.errors_found) - SHOWN_PROBLEMS, 0)


class SetFileForm(_SetForm):
    file = forms.FileField(
        label="Tệp bộ tiêu chí",
        help_text="Tệp YAML (.yaml), bảng mã UTF-8, không quá 1 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml"}),
    )

    def clean_file(self) -> UploadedFile:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(
                "Tệp lớn hơn 1 MB; tệp bộ tiêu chí chỉ là văn bản nên không lớn như vậy."
            )
        return upload

    def given_text(self, cleaned: dict[str, Any]) -> str:
        return decoded(cleaned["file"].read())


class ConfirmForm(_SetForm):
    """The uploaded text once more, with the fingerprint of what the preview said would be replaced."""

    text_again = forms.CharField(strip=False, max_length=2 * MAX_BYTES, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def given_text(self, cleaned: dict[str, Any]) -> str:
        # Browsers send every line break as two characters.
        return cleaned["text_again"].replace("\r\n", "\n")


class WordingForm(Shown, forms.ModelForm):
    reason = forms.CharField(
        label="Lý do đính chính",
        max_length=LONGEST_REASON,
        help_text=f"Tối đa {LONGEST_REASON} ký tự, ví dụ: sửa lỗi chính tả theo Công văn số 12/SNV-CCHC. "
        "Lý do và nội dung trước, sau khi sửa được lưu lại.",
    )

    class Meta:
        model = Criterion
        fields = WORDS
        widgets = {
            "name": forms.Textarea(attrs={"rows": 2}),
            **{word: forms.Textarea(attrs={"rows": 4}) for word in WORDS[1:]},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stands = words_fingerprint(self.instance)

    def show_saved(self, criterion: Criterion) -> None:
        differing = [
            (str(self.fields[word].label), getattr(criterion, word))
            for word in WORDS
            if getattr(criterion, word).split() != self.cleaned_data[word].split()
        ]
        self.put_beside(differing, seen=words_fingerprint(criterion))
