"""What the figures give to write about."""

from __future__ import annotations

from reports.kinds import Suggestion
from reports.models import Report
from reports.queries.facts import last_outcome
from reports.queries.reports import Opened


def suggestions_of(report: Report, whole: Opened) -> tuple[Suggestion, ...]:
    """Beside last year's result where the kind asks for it and there is one: only the page to write on pays for that."""
    found = whole.kind.suggestions(whole.facts)
    if whole.kind.beside is None:
        return found
    before = last_outcome(report, whole.facts)
    return (*found, *whole.kind.beside(whole.facts, before)) if before else found
