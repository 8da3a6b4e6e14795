"""All that is on the page of a report together: its own fields, and the documents it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from reports.forms.citations import CitationForm, CitationFormSet
from reports.forms.report import ReportForm
from reports.models import Report
from reports.queries.reports import Opened


class WholeForm:
    """Of a report from `queries.reports()`; `typed` is what a browser sent, None for what is stored."""

    def __init__(self, report: Report, whole: Opened, typed: Any = None) -> None:
        stored = report.content
        self.form = ReportForm(
            typed, kind=whole.kind, facts=whole.facts, content=stored, version=report.version
        )
        self.stored = stored
        # None in kinds that rest on no document: what is stored of them stays as it is.
        self.asked_by = self.basis = None
        if whole.kind.cites:
            self.asked_by = CitationForm(typed, prefix="request", initial=stored.get("request"))
            self.basis = CitationFormSet(typed, prefix="basis", initial=stored.get("basis", []))

    def is_valid(self) -> bool:
        """Asks each, so that each says what is wrong in it."""
        parts = (self.form, self.asked_by, self.basis)
        return all([part.is_valid() for part in parts if part is not None])  # noqa: C419

    def content(self) -> dict[str, Any]:
        """Of a valid form."""
        if self.asked_by is None:
            return self.form.stored(request=self.stored.get("request"), basis=self.stored.get("basis", []))
        cited = filter(None, (one.stored() for one in self.basis))
        return self.form.stored(request=self.asked_by.stored(), basis=cited)

    @property
    def seen(self) -> int:
        """The version that the page of a valid form showed."""
        return int(self.form.cleaned_data["version"])

    @property
    def faulty(self) -> list[forms.BoundField]:
        """The fields that something is wrong with."""
        return [field for form in self._forms() for field in form if field.errors and not field.is_hidden]

    @property
    def complaints(self) -> list[str]:
        """What is wrong with no field in particular."""
        hidden = (error for field in self.form.hidden_fields() for error in field.errors)
        of_rows = self.basis.non_form_errors() if self.basis is not None else ()
        return [*self.form.non_field_errors(), *of_rows, *hidden]

    def _forms(self) -> Iterator[forms.Form]:
        yield self.form
        if self.asked_by is not None:
            yield from (self.asked_by, *self.basis)
