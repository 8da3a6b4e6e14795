"""A report before it is issued: what would be issued, and what is to be looked at first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from accounts.dates import VIETNAM
from reports.document import Document, dump
from reports.kinds import Problem, Severity
from reports.kinds.checks import cited_after
from reports.models import Issue, Report
from reports.models.issue import reference
from reports.queries.issues import Given, given_to, latest_issue, numbered_twice, takes_number
from reports.queries.reports import Opened, opened


@dataclass(frozen=True)
class Draft:
    """What issuing a report would store now."""

    document: Document
    problems: tuple[Problem, ...]

    @cached_property
    def data(self) -> str:
        return dump(self.document)

    @cached_property
    def data_sha256(self) -> str:
        return hashlib.sha256(self.data.encode()).hexdigest()

    @property
    def blocking(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.BLOCKS)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.WARNS)

    @property
    def fingerprint(self) -> str:
        """What somebody looks at before he issues it: the document and every problem of it."""
        problems = (f"{problem.severity} {problem.at} {problem.text}" for problem in self.problems)
        return hashlib.sha256("\n".join((self.data_sha256, *problems)).encode()).hexdigest()


def draft_of(report: Report, *, now: datetime) -> Draft:
    """Of a report from `reports()`. UnknownCodes as `Opened.build`."""
    before = latest_issue(report)
    numbered = before.renderings.defer("pdf", "docx").order_by("ordinal") if before else ()
    given = given_to(before, numbered) if before else None
    return drafted(report, opened(report), before, given, now=now)


def drafted(
    report: Report, whole: Opened, before: Issue | None, given: Given | None, *, now: datetime
) -> Draft:
    """`before` is the issue in force, with the number that was `given` to it."""
    document, today = whole.build(), now.astimezone(VIETNAM).date()
    problems = (
        *whole.problems(),
        *_dated_ahead(document, today),
        *(
            cited_after(whole.content, today, "hôm nay")
            if whole.kind.cites and document.head.issued_on is None
            else ()
        ),
        *_numbered_twice(report, document, today),
    )
    draft = Draft(document, problems)
    if before is None or given is None or draft.data_sha256 == before.data_sha256:
        return draft
    return replace(draft, problems=(*draft.problems, *_numbered_alike(document, given)))


def _numbered_alike(document: Document, given: Given) -> tuple[Problem, ...]:
    number = document.head.number
    if not takes_number(document) or not number or reference(document.head.symbol, number) != given.reference:
        return ()
    words = f"Bản đính chính còn ghi số {given.reference} của bản đã ban hành; để trống nếu sẽ cấp số mới."
    return (Problem(words, Severity.WARNS, "number"),)


def _numbered_twice(report: Report, document: Document, today: date) -> tuple[Problem, ...]:
    head = document.head
    if not takes_number(document) or not head.number:
        return ()
    words = numbered_twice(report, Given(head.symbol, head.number, head.issued_on or today))
    return (Problem(words, Severity.WARNS, "number"),) if words else ()


def _dated_ahead(document: Document, today: date) -> tuple[Problem, ...]:
    issued_on = document.head.issued_on
    if issued_on is None or issued_on <= today:
        return ()
    return (Problem("Ngày ban hành ghi trong báo cáo ở sau hôm nay.", Severity.BLOCKS, "issued_on"),)
