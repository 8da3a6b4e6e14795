"""The documents a report rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from reports.contents import citation_text, limits, tidy
from reports.forms.fields import day_field, line_field


class CitationForm(forms.Form):
    """A document that the report rests on; left empty, there is none."""

    kind = line_field("Loại văn bản", longest=60, initial="Công văn", tidied=tidy.cited_kind)
    number = line_field("Số, ký hiệu", longest=60, tidied=tidy.cited_number)
    issued_on = day_field("Ngày")
    issuer = line_field("Cơ quan ban hành", tidied=tidy.cited_issuer)
    subject = line_field(
        "Về việc",
        longest=limits.SUBJECT,
        tidied=tidy.cited_subject,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if any(data.get(name) for name in ("number", "issued_on", "issuer", "subject")):
            for name in ("kind", "number", "issuer"):
                if name in data and not data[name]:
                    self.add_error(name, "Hãy điền, hoặc để trống cả văn bản này.")
        return data

    def stored(self) -> dict[str, str] | None:
        data = self.cleaned_data
        if not data.get("number"):
            return None
        day = data["issued_on"]
        return {**data, "issued_on": day.isoformat() if day else ""}


CitationFormSet = forms.formset_factory(
    CitationForm, extra=2, max_num=limits.CITATIONS, absolute_max=limits.CITATIONS + 2, validate_max=True
)


def saved_citations(content: Mapping[str, Any]) -> list[str]:
    """The documents of stored content as they are printed, the one that asked for the report first."""
    return [citation_text(cited) for cited in (content.get("request"), *content.get("basis", ())) if cited]
