"""Liên Sơn and everybody around it, with its recorded result; and the small year of the assessments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import reverse

from accounts.dates import VIETNAM
from accounts.models import Role, Unit, User
from assessments.actions.publication import publish
from assessments.actions.recorded import load_record
from assessments.models import RecordedResult, Result
from reports import jobs
from reports.actions.issuing import add_signed_copy, issue_report, number_issue
from reports.actions.writing import create_report, load_report, write_report
from reports.contents import settle
from reports.forms import CitationForm, CitationFormSet, ReportForm
from reports.kinds import KINDS, Name
from reports.models import Issue, Rendering, Report, SignedCopy
from reports.queries.issuing import draft_of
from reports.queries.reports import opened, reports
from reports.queries.subjects import subject_of
from tests.assessments.conftest import Year, preparing_year, small_set, year  # noqa: F401 — fixtures
from tests.factories import ProvinceFactory, UnitFactory, user_with
from tests.reports.stored import FIXTURES
from tests.worlds import PDF

NOW = datetime(2026, 3, 9, 8, 30, tzinfo=VIETNAM)


@dataclass
class LienSon:
    host: Unit
    unit: Unit
    neighbour: Unit
    record: RecordedResult
    officer: User
    people: dict[str, User] = field(default_factory=dict)

    @property
    def report(self) -> Report:
        """As a view gets it, read afresh."""
        return reports().get(code="lien-son-2024")

    def settled(self, **narrative: str) -> dict:
        """The stored content with other narrative texts."""
        content = self.report.content
        texts = {**content["narrative"], **narrative}
        return settle({**content, "narrative": texts}, KINDS[self.report.kind].parts)


def remediation(about: RecordedResult | Result, by: User) -> Report:
    """The first draft of that kind."""
    return create_report(kind=Name.REMEDIATION_RESULT, about=subject_of(about), by=by, now=NOW)


def text_of(folder: str, name: str) -> str:
    return (FIXTURES / folder / f"{name}.yaml").read_text(encoding="utf-8")


def add_lien_son() -> LienSon:
    host = UnitFactory(
        name="Ủy ban nhân dân huyện Chi Lăng", short_name="huyện Chi Lăng", level=Unit.Level.DISTRICT,
        parent=ProvinceFactory(),
    )  # fmt: skip
    unit = UnitFactory(
        name="Ủy ban nhân dân xã Liên Sơn", short_name="xã Liên Sơn", place="Liên Sơn", parent=host
    )
    neighbour = UnitFactory(parent=host)
    people = {
        "coordinator": user_with(Role.COORDINATOR, host),
        "leader": user_with(Role.LEADER, host),
        "province": user_with(Role.LEADER, host.parent),
        "officer": user_with(Role.OFFICER, unit),
        "second officer": user_with(Role.OFFICER, unit),
        "unit leader": user_with(Role.UNIT_LEADER, unit),
        "neighbour": user_with(Role.OFFICER, neighbour),
        "neighbour's leader": user_with(Role.UNIT_LEADER, neighbour),
        "appraiser": user_with(Role.APPRAISER, host),
        "other host": user_with(Role.LEADER, UnitFactory()),
        "administrator": user_with(Role.ADMINISTRATOR),
    }
    record = load_record(text=text_of("results", "lien-son-2023"), by=people["coordinator"], now=NOW)
    made = LienSon(host, unit, neighbour, record, people["officer"], people)
    load_report(
        text=text_of("reports", "lien-son-2024"),
        code="lien-son-2024",
        about=subject_of(record),
        by=made.officer,
        now=NOW,
    )
    return made


@pytest.fixture
def lien_son(db: None) -> LienSon:
    return add_lien_son()


@pytest.fixture
def published(year: Year) -> Result:  # noqa: F811
    """A result of this software, with bonus and penalty, a re-based area and a best-of."""
    year.play(0, faults="1")
    year.play(1, points="3")
    publish(
        period=year.period, decision_number="123/QĐ-UBND", decision_date=date(2026, 3, 2),
        decision_issuer="Chủ tịch UBND tỉnh", by=year.coordinator, now=year.now,
    )  # fmt: skip
    return Result.objects.get(assessment__unit=year.units[0])


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "accounts.backends.MemberBackend")
    return client


@pytest.fixture
def go() -> Callable[..., HttpResponse]:
    """`go(user, "report", report=1)` gets a page, `go(user, "report_edit", data, report=1)` posts to it."""

    def visit(user: User, name: str, data: dict | None = None, **where: object) -> HttpResponse:
        client, url = signed_in(user), reverse(name, kwargs=where)
        return client.get(url) if data is None else client.post(url, data)

    return visit


def form_of(report: Report, typed: QueryDict | None = None) -> ReportForm:
    whole = opened(report)
    return ReportForm(
        typed, kind=whole.kind, facts=whole.facts, content=report.content, version=report.version
    )


def as_posted(report: Report, **changed: str) -> dict[str, str]:
    """What a browser sends when the page of `report` is saved, but for `changed`."""
    form = form_of(report)
    asked_by = CitationForm(prefix="request", initial=report.content.get("request"))
    basis = CitationFormSet(prefix="basis", initial=report.content.get("basis", []))
    fields = [*form, *asked_by, *basis.management_form, *(field for one in basis for field in one)]
    # Browsers send line ends as CRLF.
    sent = {one.html_name: _sent(one.value()).replace("\n", "\r\n") for one in fields}
    return {**sent, **changed}


def _sent(value: object) -> str:
    return "\n".join(value) if isinstance(value, list | tuple) else str("" if value is None else value)


def printed(report: Report, by: User) -> Rendering:
    """Asked for and made at once, as by a worker."""
    rendering = jobs.start_rendering(report=report, by=by, now=NOW)
    jobs.render.call(rendering.pk)
    return Rendering.objects.get(pk=rendering.pk)


def unnumbered(lien_son: LienSon) -> Report:
    """The report as it is before the clerk sees it."""
    report = lien_son.report
    head = {**report.content["head"], "number": "", "issued_on": ""}
    content = {**report.content, "head": head}
    write_report(report=report, content=content, seen=report.version, by=lien_son.officer, now=NOW)
    return lien_son.report


def issued(report: Report, by: User, *, now: datetime = NOW, reason: str = "", **changed: object) -> Issue:
    """As by somebody who looked at the page first; `changed` is what he sends instead."""
    seen = {
        "seen": report.version,
        "fingerprint": draft_of(report, now=now).fingerprint,
        "has_seen_warnings": True,
        "enqueue": jobs.enqueue,
    }
    return issue_report(report=report, reason=reason, by=by, now=now, **{**seen, **changed})


def corrected(lien_son: LienSon, words: str = "Đã sửa") -> Issue:
    """Written otherwise and issued again."""
    report = lien_son.report
    content = lien_son.settled(tasks=words)
    write_report(report=report, content=content, seen=report.version, by=lien_son.officer, now=NOW)
    return issued(lien_son.report, lien_son.officer, reason="Ghi sai nhiệm vụ")


def given_number(issue: Issue, by: User, number: str = "7", **changed: object) -> Rendering:
    day = NOW.date()
    numbering = {"number": number, "issued_on": day, "enqueue": jobs.enqueue, "by": by, "now": NOW}
    return number_issue(issue=issue, **{**numbering, **changed})


def signed_copy(issue: Issue, by: User, content: bytes = PDF, *, reason: str = "") -> SignedCopy:
    upload = SimpleUploadedFile("da ky.pdf", content)
    return add_signed_copy(issue=issue, upload=upload, reason=reason, by=by, now=NOW)


def made(*renderings: Rendering) -> list[Rendering]:
    """As by a worker."""
    for rendering in renderings:
        jobs.render.call(rendering.pk)
    return [Rendering.objects.get(pk=rendering.pk) for rendering in renderings]
