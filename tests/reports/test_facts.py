"""Facts read from the database: the result a report is about, and what it is compared with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Lineage, Role, Unit, User
from assessments.actions.recorded import load_record
from assessments.models import RecordedResult
from reports.actions.writing import create_report, load_report
from reports.document import plain_text
from reports.kinds import KINDS, Name
from reports.kinds.index import IndexFacts
from reports.models import Report
from reports.queries.facts import facts_of
from reports.queries.reports import document_of, reports
from reports.queries.subjects import subject_of
from tests.factories import ProvinceFactory, UnitFactory, user_with
from tests.reports import stored
from tests.reports.conftest import NOW, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def bach_thong() -> Unit:
    host = ProvinceFactory(short_name="tỉnh Bắc Kạn")
    return UnitFactory(
        name="Ủy ban nhân dân huyện Bạch Thông", short_name="huyện Bạch Thông", parent=host,
        level=Unit.Level.DISTRICT,
    )  # fmt: skip


@pytest.fixture
def officer(bach_thong: Unit) -> User:
    return user_with(Role.OFFICER, bach_thong)


def recorded(unit: Unit, *names: str) -> list[RecordedResult]:
    coordinator = user_with(Role.COORDINATOR, unit.parent)
    return [load_record(text=text_of("results", name), by=coordinator, now=NOW) for name in names]


def plain(
    unit: Unit, year: int, host: Unit, total: str = "80", entered_by: User | None = None
) -> RecordedResult:
    return RecordedResult.objects.create(
        unit=unit, host=host, year=year, max_total=100, declared_total=Decimal(total), entered_at=NOW,
        entered_by=entered_by or user_with(Role.COORDINATOR, host),
    )  # fmt: skip


def index_of(about: RecordedResult, officer: User) -> Report:
    made = create_report(kind=Name.INDEX_RESULT, about=subject_of(about), by=officer, now=NOW)
    return reports().get(pk=made.pk)


def facts(about: RecordedResult, officer: User) -> IndexFacts:
    return facts_of(index_of(about, officer))


def test_the_loaded_report_is_the_one_of_its_file(bach_thong, officer):
    _, now = recorded(bach_thong, "bach-thong-2021", "bach-thong-2022")
    text = text_of("reports", "bach-thong-2023")
    load_report(text=text, code="bach-thong-2023", about=subject_of(now), by=officer, now=NOW)
    report = reports().get(code="bach-thong-2023")
    assert (report.kind, report.year, report.unit) == (Name.INDEX_RESULT, 2022, bach_thong)
    expected = KINDS[Name.INDEX_RESULT].build(
        stored.content("bach-thong-2023"),
        IndexFacts(stored.outcome("bach-thong-2022"), stored.outcome("bach-thong-2021")),
    )
    assert plain_text(document_of(report)) == plain_text(expected)


def test_without_last_year_the_reason_is_that_nothing_is_stored(bach_thong, officer):
    [now] = recorded(bach_thong, "bach-thong-2022")
    found = facts(now, officer)
    assert found.before is None
    assert found.why_not == "năm 2021 đơn vị không có kết quả được công bố hoặc ghi nhận"


def test_a_unit_made_of_several_has_nothing_to_be_compared_with(bach_thong, officer):
    host = bach_thong.parent
    for name in ("xã A", "xã B"):
        old = UnitFactory(short_name=name, parent=host)
        Lineage.objects.create(
            successor=bach_thong, predecessor=old, kind=Lineage.Kind.MERGED, on=date(2025, 7, 1)
        )
        plain(old, 2024, host)
    found = facts(plain(bach_thong, 2025, host), officer)
    assert found.before is None
    assert found.why_not == "huyện Bạch Thông hợp nhất từ xã A và xã B từ ngày 01 tháng 7 năm 2025"


def test_who_took_the_place_of_one_unit_is_compared_with_it(bach_thong, officer):
    host = bach_thong.parent
    old = UnitFactory(short_name="huyện Cũ", parent=host)
    Lineage.objects.create(
        successor=bach_thong, predecessor=old, kind=Lineage.Kind.MERGED, on=date(2025, 7, 1)
    )
    plain(old, 2024, host, "70")
    found = facts(plain(bach_thong, 2025, host), officer)
    assert (found.before.total, found.predecessor) == (Decimal(70), "huyện Cũ")


def test_a_later_rearrangement_takes_nothing_from_earlier_years(bach_thong, officer):
    host = bach_thong.parent
    for name in ("xã A", "xã B"):
        old = UnitFactory(short_name=name, parent=host)
        Lineage.objects.create(
            successor=bach_thong, predecessor=old, kind=Lineage.Kind.MERGED, on=date(2025, 7, 1)
        )
    plain(bach_thong, 2022, host, "75")
    assert facts(plain(bach_thong, 2023, host), officer).before.total == Decimal(75)


def test_the_same_host_comes_before_another(bach_thong, officer):
    host, other = bach_thong.parent, ProvinceFactory()
    plain(bach_thong, 2022, host, "75")
    plain(bach_thong, 2022, other, "99")
    assert facts(plain(bach_thong, 2023, host), officer).before.total == Decimal(75)


def test_a_published_result_is_compared_with_a_recorded_one(published, year):
    unit = year.units[0]
    plain(unit, published.assessment.period.year - 1, year.period.host, "11")
    by = year.officers[unit.pk]
    made = create_report(kind=Name.INDEX_RESULT, about=subject_of(published), by=by, now=NOW)
    found = facts_of(reports().get(pk=made.pk))
    assert found.outcome.total == published.total
    assert found.before.total == Decimal(11)


def test_facts_take_a_bounded_number_of_queries(bach_thong, officer):
    _, now = recorded(bach_thong, "bach-thong-2021", "bach-thong-2022")
    report = index_of(now, officer)
    with CaptureQueriesContext(connection) as captured:
        facts_of(report)
    assert len(captured) <= 8
