"""Every writing action of reports, tried by everybody: who may is let in, nobody else leaves a trace."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from assessments.models import Event
from reports import actions
from reports.actions import batches, figures, indicators, issuing, rendering, templates, writing
from reports.actions.batches import fail_item
from reports.actions.issuing import issue_report
from reports.actions.rendering import fail_rendering
from reports.figures import Entry, FigureKind, read_figure
from reports.kinds import KINDS, Name
from reports.models import Report, WordTemplate
from reports.queries.issuing import draft_of
from reports.queries.reports import reports
from reports.queries.subjects import subject_of
from reports.word_templates import Tried
from tests.worlds import (
    PDF,
    World,
    group_on,
    indicator_on,
    issued,
    make_world,
    print_in_bulk,
    record_result,
    report_on,
    templated,
)

pytestmark = pytest.mark.django_db

WRITES = re.compile(r'^(INSERT INTO|UPDATE|DELETE FROM) "(assessments|reports|accounts)_', re.IGNORECASE)
COORDINATOR, OFFICER = {"coordinator"}, {"officer"}
READERS = {"officer", "unit_leader", "coordinator", "leader"}
FILE = """\
kind: remediation_result
result: nam-truoc
head: {issuer: [Ủy ban nhân dân xã], symbol: BC-UBND, place: Mây}
signature: {authority: [Chủ tịch], name: Lê Văn An}
recipients: ["Lưu: VP"]
"""

Do = Callable[..., object]


@dataclass(frozen=True)
class Act:
    """`ready` brings the world so far and returns the action with all but `by`."""

    who: set[str]
    ready: Callable[[World], Do]


def nothing_queued(pk: int) -> str:
    return ""


def partial(action: Do, **given: object) -> Do:
    return lambda by: action(**given, by=by)


def afresh(report: Report) -> Report:
    return reports().get(pk=report.pk)


def failed_copy(world: World) -> Do:
    found = issued(world).renderings.get()
    fail_rendering(rendering_id=found.pk, now=world.now)
    found.refresh_from_db()
    return partial(rendering.request_again, rendering=found, enqueue=nothing_queued, now=world.now)


def failed_batch(world: World) -> Do:
    batch = print_in_bulk(world)
    for item in batch.items.order_by("pk"):
        fail_item(item_id=item.pk, why="Không tạo được tệp.", now=world.now)
    return partial(batches.retry_batch, batch=batch, enqueue=nothing_queued, now=world.now)


def to_issue(world: World) -> Do:
    report = report_on(world)
    content = {**report.content, "signature": {**report.content["signature"], "name": "Lê Văn An"}}
    writing.write_report(report=report, content=content, seen=1, by=world.user, now=world.now)
    report = afresh(report)
    return partial(
        issue_report,
        report=report,
        seen=report.version,
        fingerprint=draft_of(report, now=world.now).fingerprint,
        has_seen_warnings=True,
        enqueue=nothing_queued,
        now=world.now,
    )


def to_number(world: World) -> Do:
    given: dict[str, Any] = {"number": "7", "issued_on": timezone.localdate(world.now)}
    return partial(issuing.number_issue, issue=issued(world), enqueue=nothing_queued, now=world.now, **given)


def to_sign(world: World) -> Do:
    issue = issued(world)

    def sign(by: User) -> object:
        upload = SimpleUploadedFile("da-ky.pdf", PDF)
        return issuing.add_signed_copy(issue=issue, upload=upload, by=by, now=world.now)

    return sign


def to_print(world: World) -> Do:
    return partial(
        rendering.request_rendering, report=afresh(report_on(world)), enqueue=nothing_queued, now=world.now
    )


def to_write(world: World) -> Do:
    report = report_on(world)
    content = {**report.content, "addressees": ["Sở Nội vụ"]}
    return partial(writing.write_report, report=report, content=content, seen=1, now=world.now)


def to_restore(world: World) -> Do:
    issue = issued(world)
    return partial(writing.restore_version, report=issue.report, version=1, seen=2, now=world.now)


def to_begin(world: World) -> Do:
    about = subject_of(record_result(world))
    return partial(writing.create_report, kind=Name.REMEDIATION_RESULT, about=about, now=world.now)


def to_load(world: World) -> Do:
    about = subject_of(record_result(world))
    return partial(writing.load_report, text=FILE, code="nam-truoc", about=about, now=world.now)


def to_enter(world: World) -> Do:
    indicator, year = indicator_on(world), world.now.year
    indicators.add_year(unit=world.unit, year=year, by=world.user, now=world.now)
    entries = [Entry(indicator.pk, year, read_figure(FigureKind.NUMBER, "7"), 0)]
    return partial(figures.enter_figures, unit=world.unit, entries=entries, now=world.now)


def to_define_group(world: World) -> Do:
    said = {"code": "PL02", "position": 2, "name": "Nhóm", "title": "", "is_appendix": True}
    return partial(indicators.define_group, unit=world.unit, group=None, said=said, seen=0, now=world.now)


def to_define_indicator(world: World) -> Do:
    said = {
        "code": "9", "position": 9, "name": "Hồ sơ", "measure": "", "kind": "number", "part_of": None,
        "numerator_name": "", "denominator_name": "",
    }  # fmt: skip
    given: dict[str, Any] = {"group": group_on(world), "indicator": None, "said": said, "seen": 0}
    return partial(indicators.define_indicator, **given, now=world.now)


def active(world: World) -> WordTemplate:
    template = templated(world)
    WordTemplate.objects.update(is_active=True)
    return template


# Who may do each of them to what a unit wrote or counts, or to a cohort.
ACTS: dict[str, Act] = {
    "batches.start_batch": Act(
        COORDINATOR,
        lambda world: partial(
            batches.start_batch,
            kind=Name.SCORE_SHEET,
            cohort=world.cohort,
            enqueue=nothing_queued,
            now=world.now,
        ),
    ),
    "batches.stop_batch": Act(
        COORDINATOR, lambda world: partial(batches.stop_batch, batch=print_in_bulk(world), now=world.now)
    ),
    "batches.retry_batch": Act(COORDINATOR, failed_batch),
    "figures.enter_figures": Act(OFFICER, to_enter),
    "indicators.add_year": Act(
        OFFICER, lambda world: partial(indicators.add_year, unit=world.unit, year=2020, now=world.now)
    ),
    "indicators.define_group": Act(OFFICER, to_define_group),
    "indicators.define_indicator": Act(OFFICER, to_define_indicator),
    "indicators.remove_indicator": Act(
        OFFICER,
        lambda world: partial(
            indicators.remove_indicator, indicator=indicator_on(world), seen=1, now=world.now
        ),
    ),
    "issuing.issue_report": Act(OFFICER, to_issue),
    "issuing.number_issue": Act(OFFICER, to_number),
    "issuing.add_signed_copy": Act(OFFICER, to_sign),
    "rendering.request_rendering": Act(READERS, to_print),
    "rendering.request_again": Act(READERS, failed_copy),
    "templates.add_template": Act(
        OFFICER,
        lambda world: partial(
            templates.add_template,
            unit=world.unit,
            kind=KINDS[Name.REMEDIATION_RESULT],
            file_name="mau.docx",
            content=b"PK",
            now=world.now,
        ),
    ),
    "templates.activate_template": Act(
        OFFICER, lambda world: partial(templates.activate_template, template=templated(world), now=world.now)
    ),
    "templates.deactivate_template": Act(
        OFFICER, lambda world: partial(templates.deactivate_template, template=active(world), now=world.now)
    ),
    "writing.create_report": Act(OFFICER, to_begin),
    "writing.load_report": Act(OFFICER, to_load),
    "writing.write_report": Act(OFFICER, to_write),
    "writing.restore_version": Act(OFFICER, to_restore),
}

# What is no person's doing: a worker's, or a part of an action above that its caller has asked for already.
OF_WORKERS = {
    "batches.fail_item", "batches.finish_item", "batches.store_item",
    "rendering.fail_rendering", "rendering.store_rendering",
}  # fmt: skip
OF_CALLERS = {"indicators.open_unit", "rendering.queue", "trail.lacking_codes", "trail.record"}


def public_actions() -> set[str]:
    found = set()
    for module in pkgutil.iter_modules(actions.__path__):
        path = f"{actions.__name__}.{module.name}"
        for name, function in vars(import_module(path)).items():
            if inspect.isfunction(function) and function.__module__ == path and not name.startswith("_"):
                found.add(f"{module.name}.{name}")
    return found


def test_every_action_is_listed():
    assert public_actions() == {*ACTS, *OF_WORKERS, *OF_CALLERS}
    assert not any("by" in inspect.signature(_function(name)).parameters for name in OF_WORKERS)
    for name in ACTS:
        parameters = inspect.signature(_function(name)).parameters
        assert {"by", "now"} <= parameters.keys(), name
        assert all(one.kind is inspect.Parameter.KEYWORD_ONLY for one in parameters.values()), name


def _function(name: str) -> Do:
    module, _, function = name.partition(".")
    return getattr(import_module(f"{actions.__name__}.{module}"), function)


@pytest.mark.parametrize("name", ACTS)
def test_who_may_is_let_in_and_nobody_else_leaves_a_trace(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(templates, "try_apart", lambda kind, content: Tried((), b"PK"))
    act, world = ACTS[name], make_world()
    do = act.ready(world)
    assert act.who < world.persons.keys()
    for role, person in world.persons.items():
        if person is None:
            continue
        if role not in act.who:
            refused(do, person, role)
            continue
        person.is_active = False
        person.save(update_fields=["is_active"])
        refused(do, person, f"{role}, inactive")
        person.is_active = True
        person.save(update_fields=["is_active"])
        let_in(do, person)


def refused(do: Do, person: User, label: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        try:
            do(by=person)
        except PermissionDenied:
            pass
        else:
            pytest.fail(f"{label} was let in")
    assert [query["sql"] for query in captured if WRITES.match(query["sql"])] == [], label


def let_in(do: Do, person: User) -> None:
    """And the action says that it was this person; what it did is taken back for the next one."""
    before = Event.objects.count()
    with transaction.atomic():
        do(by=person)
        assert Event.objects.count() > before
        assert Event.objects.order_by("-pk").first().by == person
        transaction.set_rollback(True)
