from __future__ import annotations

from typing import Any

from django import forms
from django.forms.fields import InvalidJSONInput

DIGITS = 18


def number(typed: str) -> int | None:
    """A key or a count that a page carried; None for anything else. Of thousands of digits Python makes no number."""
    return int(typed) if typed.isdecimal() and len(typed) <= DIGITS else None


def numbers(typed: str) -> set[int]:
    """Keys that a page carried, between spaces."""
    return {pk for one in typed.split() if (pk := number(one)) is not None}


class SeenField(forms.JSONField):
    """What a page showed, on its way back with the form. Django expects every text that is no JSON to say so;
    numbers of thousands of digits and endless brackets fail in ways of their own."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        broken = {"invalid": "Trang này đã hỏng; hãy tải lại rồi nhập."}
        super().__init__(required=False, error_messages=broken, **kwargs)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)
