"""What the minutes of a session say."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import CouncilSession
from assessments.queries.minutes import minutes
from criteria.models import CriteriaSet
from tests.assessments.conftest import NOW, Year, make_year
from tests.assessments.councils import ABSENT, CHAIR, KEEP, SECRETARY, appraise, facts, meet, points, rule

pytestmark = pytest.mark.django_db


def read(session: CouncilSession) -> object:
    return minutes(CouncilSession.objects.select_related("period__host").get(pk=session.pk), now=NOW)


def test_the_session_its_people_and_its_threads(year: Year) -> None:
    appraise(year, 0, text="Có kế hoạch số 12", round2="3")
    appraise(year, 1, own="3", round1="1")
    session = meet(year, note="Thống nhất lịch công bố")
    rule(year, session, points("3.5", "Chấp nhận một phần"))
    said = read(session)
    assert (said.host, said.period, said.year) == (year.host.name, year.period.name, 2026)
    assert said.facts == facts(note="Thống nhất lịch công bố")
    assert (said.chair, said.secretary) == (CHAIR, SECRETARY)
    assert (said.present, said.absent) == ((CHAIR, SECRETARY), (ABSENT,))
    first, second = said.rows
    assert (first.unit, first.code, first.max_points) == (year.units[0].short_name, "1.1", 4)
    assert first.why == "Đơn vị còn không đồng ý; Lệch so với tự chấm"
    assert len(first.offices) == 1
    assert (first.own.points, first.own.by) == (4, year.officers[year.units[0].pk].full_name)
    assert (first.round1.points, first.round1.note) == (2, "Thiếu kế hoạch")
    assert (first.answer.stance, first.answer.text) == ("disagreed", "Có kế hoạch số 12")
    assert (first.round2.points, first.round2.note) == (3, "Xem lại hồ sơ")
    assert (first.decided.before, first.decided.points, first.decided.change) == (
        3,
        Decimal("3.5"),
        Decimal("0.5"),
    )
    assert (first.decided.reason, first.decided.by) == ("Chấp nhận một phần", year.coordinator.full_name)
    assert (second.answer.stance, second.round2, second.decided) == ("agreed", None, None)
    assert said.undecided == (second,)


def test_totals_are_those_after_the_session(year: Year) -> None:
    appraise(year, 0, text="Có kế hoạch")
    appraise(year, 1, own="4", round1="4")
    session = meet(year)
    rule(year, session, points("3"))
    first, second = read(session).totals
    assert (first.unit_code, first.own, first.appraised) == (year.units[0].code, 7, 5)
    assert (first.council - second.council, first.changed, second.changed) < (0, 2, 1)
    assert (first.changed, second.changed, first.is_final) == (1, 0, False)


def test_kept_and_changed_are_counted(year: Year) -> None:
    for place in range(3):
        appraise(year, place, text="Có kế hoạch")
    session = meet(year)
    rule(year, session, KEEP, 0)
    rule(year, session, points("1"), 1)
    said = read(session)
    assert (said.decided, said.kept, len(said.undecided)) == (2, 1, 1)
    assert [row.decided and row.decided.is_kept for row in said.rows] == [True, False, None]


def test_more_units_are_read_in_as_many_queries(small_set: CriteriaSet) -> None:
    asked = []
    for size in (1, 3):
        year = make_year(small_set, size=size)
        year.open()
        for place in range(size):
            appraise(year, place, text="Có kế hoạch")
        session = meet(year)
        session = CouncilSession.objects.select_related("period__host").get(pk=session.pk)
        with CaptureQueriesContext(connection) as queries:
            assert len(minutes(session, now=NOW).rows) == size
        asked.append(len(queries))
    assert asked[0] == asked[1]
