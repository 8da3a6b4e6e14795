"""One report with everything its document is made of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from reports.contents import read_content, settle
from reports.document import Document, plain_text
from reports.kinds import KINDS, Content, Kind, Problem
from reports.kinds.checks import unaddressed
from reports.models import Report
from reports.queries.facts import facts_of

# Raised when reports of the same words are to look otherwise or come in another format: documents made before
# stay as they are, and a new one can be asked for.
LAYOUT = 6


def reports() -> QuerySet[Report]:
    """With everything that permissions, page heads and documents read."""
    return Report.objects.select_related(
        "unit__parent__parent__parent",
        "updated_by",
        "record__host",
        "record__unit",
        "result__publication",
        "result__assessment__unit",
        "result__assessment__period__host",
        "result__assessment__period__publication",
        "result__assessment__cohort__criteria_set",
        "assessment__unit",
        "assessment__period__host",
        "assessment__cohort__criteria_set",
        "publication__period__host",
        "publication__period__publication",
        "session__period__host",
    )


def guarded_reports() -> QuerySet[Report]:
    """With what permissions read, and no more."""
    related = ("unit__parent__parent__parent", "assessment__period", "session__period")
    return Report.objects.select_related(*related).defer("content")


@dataclass(frozen=True)
class Opened:
    """A report with its facts, read once for its form, its document and what is to be looked at in it."""

    kind: Kind[Any]
    facts: Any
    content: Content

    def build(self) -> Document:
        """UnknownCodes where a text belongs to a code that the facts have lost since."""
        built = self.kind.build(self.content, self.facts)
        mark = settings.DOCUMENT_END_MARK
        return built if built.end_mark in ("", mark) else replace(built, end_mark=mark)

    def saying(self, content: dict[str, Any]) -> Opened:
        """The same with other words; ContentRefused where no document can be made of them."""
        return replace(self, content=_read(settle(content, self.kind.parts)))

    def problems(self) -> tuple[Problem, ...]:
        above = unaddressed(self.content) if self.kind.goes_up else ()
        return (*self.kind.checks(self.facts, self.content), *above)


def opened(report: Report) -> Opened:
    """Of a report from `reports()`."""
    return Opened(KINDS[report.kind], facts_of(report), _read(report.content))


def _read(stored: dict[str, Any]) -> Content:
    return replace(read_content(stored), lists_basis=settings.DOCUMENT_LISTS_BASIS)


def document_of(report: Report) -> Document:
    """UnknownCodes as `Opened.build`."""
    return opened(report).build()


def digest(document: Document, mark: str = "") -> str:
    """SHA-256 of the layout's number and every printed word, and of the `mark` of what a template adds to them."""
    layout = f"{LAYOUT} {mark}" if mark else f"{LAYOUT}"
    return hashlib.sha256(f"{layout}\n{plain_text(document)}".encode()).hexdigest()
