"""What was issued of a report, with its files and who signed it; which of it is in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Prefetch, QuerySet

from accounts.dates import VIETNAM
from reports.document import Document
from reports.models import Issue, Rendering, Report, SignedCopy
from reports.models.issue import reference
from reports.queries.printing import Printing, printings, without_bytes


@dataclass(frozen=True)
class Given:
    """Number and date of an issue as they are now; both may be wanting still."""

    symbol: str
    number: str
    issued_on: date | None

    @property
    def reference(self) -> str:
        """Empty while there is no number."""
        return reference(self.symbol, self.number) if self.number else ""


@dataclass(frozen=True)
class Edition:
    """One issue with its documents in the order of their ordinals. `replaced_by` is None for the one in force."""

    issue: Issue
    copies: tuple[Printing, ...]
    signed: tuple[SignedCopy, ...]  # newest first
    given: Given
    replaced_by: int | None

    @property
    def current(self) -> Printing:
        """The document with the number it has now."""
        return self.copies[-1]

    @property
    def earlier(self) -> tuple[Printing, ...]:
        return self.copies[:-1]


def issues_of(report: Report) -> QuerySet[Issue]:
    """Without their data, newest first."""
    return report.issues.defer("data").order_by("-ordinal")


def given_to(issue: Issue, renderings: Sequence[Rendering]) -> Given:
    """By the last of its `renderings`; a number counts from when it was given, made or not."""
    numbered = [one for one in renderings if one.ordinal]
    if not numbered:
        return Given(issue.symbol, issue.number, issue.issued_on)
    last = max(numbered, key=lambda one: one.ordinal)
    return Given(issue.symbol, last.number, last.issued_on)


def editions_of(report: Report, *, now: datetime) -> list[Edition]:
    """Newest first."""
    documents = without_bytes(Rendering.objects.all()).select_related("requested_by")
    signed = SignedCopy.objects.select_related("added_by").order_by("-ordinal")
    found = issues_of(report).select_related("issued_by")
    found = found.prefetch_related(
        Prefetch("renderings", documents.order_by("ordinal")), Prefetch("signed_copies", signed)
    )
    made = printings([one for issue in found for one in issue.renderings.all()], now=now)
    editions, newer = [], None
    for issue in found:
        editions.append(
            Edition(
                issue,
                tuple(one for one in made if one.rendering.issue_id == issue.pk),
                tuple(issue.signed_copies.all()),
                given_to(issue, issue.renderings.all()),
                newer,
            )
        )
        newer = issue.ordinal
    return editions


def edition_of(report: Report, ordinal: int, *, now: datetime) -> Edition | None:
    return next((one for one in editions_of(report, now=now) if one.issue.ordinal == ordinal), None)


def latest_issue(report: Report) -> Issue | None:
    """The one in force."""
    return issues_of(report).first()


def numbered_twice(report: Report, given: Given) -> str:
    """In words, which other report of the unit has that number of the same symbol and year; empty if none has.

    `given` is dated: numbers begin anew with a year.
    """
    issues = Issue.objects.filter(report__unit=report.unit_id, symbol=given.symbol).exclude(report=report)
    copies = Prefetch("renderings", without_bytes(Rendering.objects.filter(ordinal__gt=0)))
    for issue in issues.defer("data").select_related("report__unit").prefetch_related(copies):
        other = given_to(issue, issue.renderings.all())
        if other.reference == given.reference and _year(other, issue) == _year(given, issue):
            return f"Số {given.reference} năm {_year(given, issue)} đã có ở báo cáo khác: {issue.report}."
    return ""


def _year(given: Given, issue: Issue) -> int:
    return (given.issued_on or issue.issued_at.astimezone(VIETNAM)).year


def numbered(document: Document, number: str, issued_on: date | None) -> Document:
    """The same document with another number and date in its head, and nothing else."""
    return replace(document, head=replace(document.head, number=number, issued_on=issued_on))


def takes_number(document: Document) -> bool:
    """An appendix bears the number of the paper that it goes with."""
    return not document.only_appendices


def earliest_date(issue: Issue) -> date:
    """A paper is not dated before it was issued, unless it already was when it was written."""
    issued = issue.issued_at.astimezone(VIETNAM).date()
    return min(issued, issue.issued_on) if issue.issued_on else issued
