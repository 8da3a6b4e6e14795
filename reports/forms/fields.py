"""Fields of reports: bounded, and never cut off by the browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from reports.contents import limits

_MONTH = re.compile(r"(0?[1-9]|1[0-2])\s*[/-]\s*(20\d\d)")
DAYS = ["%Y-%m-%d", "%d/%m/%Y"]


def read_year(typed: str) -> int | None:
    """None unless it is one."""
    typed = typed.strip()
    return int(typed) if typed.isdecimal() and len(typed) == 4 else None


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _refusing(complain: Callable[[str], str]) -> Callable[[str], None]:
    """Checked here and not by the browser, whose maxlength cuts what is pasted without a word."""

    def check(text: str) -> None:
        if complaint := complain(text):
            raise ValidationError(complaint)

    return check


def _no_longer_than(longest: int = limits.TEXT, most: int = limits.TEXT_LINES) -> Callable[[str], None]:
    return _refusing(partial(limits.too_long, longest=longest, lines=most))


class Line(forms.CharField):
    """What is nothing once it is `tidied` is missing."""

    def __init__(self, *, tidied: Callable[[str], str] = str, **options: Any) -> None:
        super().__init__(**options)
        self.tidied = tidied

    def to_python(self, value: Any) -> str:
        return self.tidied(super().to_python(value))


class Lines(forms.CharField):
    """One entry per line, at most `most`, each `tidied`."""

    widget = forms.Textarea

    def __init__(
        self,
        *,
        most: int = limits.ENTRIES,
        refusing: Callable[[str], str] | None = None,
        tidied: Callable[[str], str] = str,
        **options: Any,
    ) -> None:
        self.tidied = tidied
        own = [_refusing(refusing)] if refusing else []
        super().__init__(validators=[_no_longer_than(most=most), *own], **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> str:
        return "\n".join(filter(None, map(self.tidied, lines(super().to_python(value)))))

    def validate(self, value: str) -> None:
        super().validate(value)
        for line in lines(value):
            _no_longer_than(limits.LINE)(line)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"rows": 3}


def line_field(label: str, *, required: bool = False, longest: int = limits.LINE, **options: Any) -> Line:
    return Line(label=label, required=required, validators=[_no_longer_than(longest)], **options)


def narrative_field(
    label: str, help_text: str = "", rows: int = 4, longest: int = limits.TEXT
) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        validators=[_no_longer_than(longest)],
        widget=forms.Textarea(attrs={"rows": rows, "data-narrative": True}),
        help_text=help_text,
    )


class MonthField(forms.CharField):
    """ "5/2024" as people type it, "2024-05" as it is stored."""

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        if not typed:
            return ""
        found = _MONTH.fullmatch(typed)
        if not found:
            raise ValidationError("Nhập tháng và năm, ví dụ 5/2024.")
        return f"{found[2]}-{int(found[1]):02}"

    def prepare_value(self, value: Any) -> Any:
        found = re.fullmatch(r"(\d{4})-(\d{2})", str(value or ""))
        return f"{int(found[2])}/{found[1]}" if found else value


def day_field(label: str, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(
        label=label, required=False, input_formats=DAYS, widget=widget, help_text=help_text
    )
