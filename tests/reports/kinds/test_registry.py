"""The registry: what holds for every kind, and that pages, rows and rights follow from it alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from reports.actions.writing import create_report, write_report
from reports.contents import settle, usual_content
from reports.document import Document, Paragraph, plain_text
from reports.forms.report import ReportForm
from reports.kinds import KINDS, SUBJECTS, TITLES, About, Content, Kind, Name, Part, Problem, Severity
from reports.kinds.kind import AREA, CLOSING, Entry, Suggestion
from reports.models import Report
from reports.permissions import sees_report, writes_report
from reports.queries.facts import LOADERS
from reports.queries.lists import visible_reports
from reports.queries.reports import document_of, reports
from reports.queries.subjects import SOURCES, Subject, subject_at, subject_of
from tests.factories import user_with
from tests.reports.conftest import as_posted, signed_in
from tests.worlds import World, make_world, publish_year, record_result

# What holds for every kind


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_parts_of_a_kind_never_meet_other_fields(kind):
    keys = [part.key for part in kind.parts]
    assert len(set(keys)) == len(keys)
    assert not set(keys) & set(ReportForm.base_fields)
    assert "closing" not in keys[:-1]
    assert all(part.group for part in kind.parts if part.key != "closing")
    assert not any("-" in key for key in keys)


def test_every_kind_is_named_and_every_built_one_is_loaded():
    assert set(TITLES) == set(SUBJECTS) == {*Name}
    assert set(LOADERS) == set(KINDS)
    assert len({kind.slug for kind in KINDS.values()}) == len(KINDS)


# Rows


def row(world: World, kind: Name, **about: object) -> Report:
    officer = world.persons["officer"]
    about = {"year": 2026, **about}
    return Report.objects.create(
        kind=kind, code=f"r{Report.objects.count()}", unit=world.unit, content={}, updated_at=world.now,
        updated_by=officer, **about,
    )  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def things(world: World) -> dict[str, object]:
    result = publish_year(world)
    return {
        "result": result,
        "record": record_result(world),
        "assessment": result.assessment,
        "publication": result.publication,
        "session": world.period.sessions.create(held_at=world.now, place="Phòng họp", threshold=1),
    }


RIGHT: dict[About, list[dict]] = {
    About.RESULT: [{"result": 1}, {"record": 1}],
    About.ASSESSMENT: [{"assessment": 1}],
    About.PUBLICATION: [{"publication": 1}],
    About.SESSION: [{"session": 1}],
    About.AREA: [{"area_code": "3"}, {"area_code": "3", "result": 1}, {"area_code": "3", "record": 1}],
    About.STAGE: [{"first_year": 2021}],
}


def test_a_row_is_about_what_its_kind_says_and_nothing_else(world, things):
    offered = [one for rows in RIGHT.values() for one in rows] + [
        {}, {"result": 1, "record": 1}, {"assessment": 1, "publication": 1}, {"first_year": 2027},
        {"result": 1, "first_year": 2021}, {"result": 1, "assessment": 1, "area_code": "3"},
    ]  # fmt: skip
    for kind, subject in SUBJECTS.items():
        for named in offered:
            about = {key: things.get(key, value) for key, value in named.items()}
            try:
                with transaction.atomic():
                    row(world, kind, **about)
                stored = True
            except IntegrityError:
                stored = False
            assert stored == (named in RIGHT[subject]), (kind, named)


def test_there_is_one_report_of_a_kind_about_a_thing(world, things):
    for kind, subject in SUBJECTS.items():
        for named in RIGHT[subject]:
            about = {key: things.get(key, value) for key, value in named.items()}
            row(world, kind, **about)
            with pytest.raises(IntegrityError), transaction.atomic():
                row(world, kind, **about)
    row(world, Name.AREA_RECTIFICATION, area_code="4", result=things["result"])
    row(world, Name.AREA_RECTIFICATION, area_code="3", year=2025)
    row(world, Name.STAGE_SUMMARY, first_year=2022)


# A kind that is only in the registry


def registered(monkeypatch: pytest.MonkeyPatch, name: Name) -> Kind[str]:
    """About whatever its name says; its facts are one word."""
    kind: Kind[str] = Kind(
        name=name,
        slug="thu",
        parts=(
            Part("opinion", "Ý kiến", "Viết <ngắn>", group="Nội dung"),
            Part("opinions_by_area", "Ý kiến từng lĩnh vực", by=AREA, group="Nội dung"),
            CLOSING,
        ),
        write=lambda content, facts: Document(
            content.head, f"Thử {facts}", body=(Paragraph.of(content.text("opinion") or "…"),)
        ),
        checks=_unsigned,
        entries=lambda facts, by: (Entry("1", "1. Chỉ đạo"), Entry("2", "2. Khác", is_offered=False)),
        suggestions=lambda facts: (Suggestion("opinion", f"Nên nêu {facts}"),),
        sign="BB",
    )
    monkeypatch.setitem(KINDS, name, kind)
    monkeypatch.setitem(LOADERS, name, lambda report: f"mã {report.pk}")
    return kind


def _unsigned(facts: str, content: Content) -> tuple[Problem, ...]:
    return (Problem("Chưa có người ký", Severity.BLOCKS, "signer"),)


BY_SOURCE = {
    "assessment": (Name.SCORE_SHEET, "officer"),
    "publication": (Name.RANKING_ANNEX, "coordinator"),
    "session": (Name.MINUTES, "coordinator"),
}


@pytest.mark.parametrize("source", BY_SOURCE)
def test_a_registered_kind_is_offered_begun_written_and_shown(monkeypatch, world, things, source):
    name, who = BY_SOURCE[source]
    registered(monkeypatch, name)
    person, thing = world.persons[who], things[source]
    client = signed_in(person)
    start = client.get(reverse("report_start"), {"loai": name}).content.decode()
    link = reverse("report_new", kwargs={"kind": name, "source": source, "pk": thing.pk})
    assert link in start
    edit = client.post(link).url
    report = reports().get(kind=name)
    assert report.year == world.period.year
    assert report.unit == (world.unit if who == "officer" else world.host)
    assert report.content["head"]["symbol"].startswith("BB-")
    assert link not in client.get(reverse("report_start")).content.decode()
    page = client.get(edit).content.decode()
    for said in (
        "Nội dung",
        "Viết &lt;ngắn&gt;",
        f"Nên nêu mã {report.pk}",
        "1. Chỉ đạo",
        "Ý kiến từng lĩnh vực",
    ):
        assert said in page
    assert "2. Khác" not in page

    data = as_posted(report, **{"opinion": "Đồng ý.", "opinions_by_area-1": "Tốt"})
    assert client.post(edit, data).status_code == 302
    report = reports().get(kind=name)
    assert report.content["narrative"] == {
        "opinion": "Đồng ý.", "opinions_by_area": {"1": "Tốt"}, "closing": "",
    }  # fmt: skip
    assert "Đồng ý" in plain_text(document_of(report))
    shown = client.get(reverse("report", kwargs={"report": report.pk})).content.decode()
    assert f"{edit}#id_signer" in shown
    assert "Phải sửa" in shown


@pytest.mark.parametrize(
    ("source", "readers"),
    [
        ("assessment", {"officer", "unit_leader", "coordinator", "leader"}),
        ("publication", {"coordinator", "leader"}),
        ("session", {"coordinator", "leader"}),
    ],
)
def test_the_host_writes_its_own_kinds_and_nobody_below_reads_them(
    monkeypatch, world, things, source, readers
):
    name, who = BY_SOURCE[source]
    registered(monkeypatch, name)
    about = subject_of(things[source])
    world.persons["officer of the host"] = user_with(Role.OFFICER, world.host)
    for other, person in world.persons.items():
        if person is not None and other != who:
            with pytest.raises(PermissionDenied):
                create_report(kind=name, about=about, by=person, now=world.now)
    report = create_report(kind=name, about=about, by=world.persons[who], now=world.now)
    for other, person in world.persons.items():
        if person is not None:
            assert sees_report.test(person, report) == (other in readers), other
            assert writes_report.test(person, report) == (other == who), other
            assert visible_reports(person).filter(pk=report.pk).exists() == (other in readers), other


def test_a_stage_and_an_area_without_a_result_are_told_apart(monkeypatch, world):
    officer = world.persons["officer"]
    act = {"by": officer, "now": world.now}
    for name, subjects in {
        Name.STAGE_SUMMARY: [
            Subject(world.unit, 2020, first_year=2011),
            Subject(world.unit, 2020, first_year=2016),
        ],
        Name.AREA_RECTIFICATION: [
            Subject(world.unit, 2019, area_code="1"),
            Subject(world.unit, 2019, area_code="2"),
        ],
    }.items():
        registered(monkeypatch, name)
        made = [create_report(kind=name, about=about, **act) for about in subjects]
        assert len({report.code for report in made}) == 2
        assert create_report(kind=name, about=subjects[0], **act).pk == made[0].pk
    assert str(Report.objects.get(first_year=2011)).startswith("Tổng kết giai đoạn 2011-2020 – ")


def test_a_thing_is_only_found_by_a_kind_that_is_about_it(world, things):
    kind = KINDS[Name.REMEDIATION_RESULT]
    for source in SOURCES:
        found = subject_at(kind, source, things[source].pk)
        assert (found is not None) == (source in ("result", "record"))
    assert subject_at(kind, "record", 10**6) is None


def test_codes_stored_before_the_facts_lost_them_may_stay(monkeypatch, world, things):
    kind = registered(monkeypatch, Name.SCORE_SHEET)
    officer = world.persons["officer"]
    report = create_report(
        kind=kind.name, about=subject_of(things["assessment"]), by=officer, now=world.now,
        content={**_usual(), "narrative": {"opinions_by_area": {"2": "Cũ"}}},
    )  # fmt: skip
    lesser = [Entry("1", "1. Chỉ đạo")]
    monkeypatch.setitem(KINDS, kind.name, _with_entries(kind, lesser))
    settled = settle(
        {**report.content, "narrative": {**report.content["narrative"], "opinion": "x"}}, kind.parts
    )
    act = {"by": officer, "now": world.now}
    assert write_report(report=report, content=settled, seen=1, **act).version == 2


def _usual() -> dict:
    return usual_content(name="Ủy ban nhân dân xã A", place="A", superior="")


def _with_entries(kind: Kind[str], entries: list[Entry]) -> Kind[str]:
    return replace(kind, entries=lambda facts, by: tuple(entries))


def test_the_offers_take_as_many_queries_for_three_results_as_for_one(world, things):
    def count() -> int:
        client = signed_in(world.persons["officer"])
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("report_start")).status_code == 200
        return len(captured)

    one = count()
    for year in (2011, 2012):
        record = things["record"]
        record.pk, record.year = None, year
        record.save()
    assert count() == one <= 15
