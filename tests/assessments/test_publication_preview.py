"""What a coordinator sees before he publishes: what blocks, what warns, and last year beside this one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.dates import format_moment
from accounts.models import Lineage, Role, Unit
from assessments.actions.appraisal import judge
from assessments.actions.assignments import Duty, assign
from assessments.actions.publication import publish
from assessments.actions.rounds import explain
from assessments.actions.verdicts import Verdict
from assessments.calendar import Calendar, Phase, Window
from assessments.models import CouncilSession, Layer, Period, RecordedResult, Score
from assessments.queries.changes import before_by_unit
from assessments.queries.publication import preview, publication_check
from assessments.workflow import Action, Refusal
from criteria.models import CriteriaSet
from tests.assessments.conftest import NOW, Year, later, make_year
from tests.assessments.corrected import DECISION, announce, prepare, publish_correction
from tests.factories import DepartmentFactory, ProvinceFactory, UnitFactory, user_with

pytestmark = pytest.mark.django_db


def findings(year: Year) -> tuple[list[str], list[str]]:
    check = publication_check(Period.objects.get(pk=year.period.pk), now=NOW)
    return [f.text for f in check.blockers], [f.text for f in check.warnings]


def told(year: Year, words: str) -> bool:
    return any(words in text for text in findings(year)[1])


# What fails


def test_a_finished_period_has_nothing_to_complain_of(year: Year, as_: Callable) -> None:
    for place in range(3):
        year.play(place)
    assert findings(year) == ([], [])
    page = as_(year.coordinator).get(reverse("publish", args=[year.period.pk])).content.decode()
    assert "không có gì thiếu hoặc không khớp" in page
    assert "Xếp loại: Xuất sắc <strong>0</strong>; Khá <strong>3</strong>" in page
    assert "3 đồng hạng" in page


def publishing_opens(year: Year, at: datetime) -> Period:
    period = Period.objects.get(pk=year.period.pk)
    period.calendar = Calendar(dict(period.calendar.windows) | {Phase.PUBLISHED: Window(at, None)})
    period.save()
    return period


def test_before_the_calendar_says_so_nothing_is_published(year: Year) -> None:
    year.play()
    period = publishing_opens(year, NOW + timedelta(seconds=1))
    assert findings(year)[0] == [f"được công bố kết quả từ {format_moment(NOW + timedelta(seconds=1))}"]
    act = {"period": period, "by": year.coordinator, **DECISION}
    with pytest.raises(Refusal, match="Được công bố kết quả từ"):
        publish(**act, now=NOW)
    assert publish(**act, now=NOW + timedelta(seconds=1)).ordinal == 1


def test_the_page_leads_to_the_calendar(year: Year, as_: Callable) -> None:
    year.play()
    period = publishing_opens(year, timezone.now() + timedelta(days=900))
    page = as_(year.coordinator).get(reverse("publish", args=[period.pk])).content.decode()
    assert "Chưa công bố được" in page
    assert reverse("period_calendar", args=[period.pk]) in page
    assert 'name="decision_number"' not in page


def test_units_without_a_result_are_named_with_all_they_lack(year: Year, as_: Callable) -> None:
    year.play(0)
    year.score("1.1", {"points": "4"}, 1)
    year.submit(1)
    blockers, warnings = findings(year)
    assert blockers == []
    assert "nhóm “Xã” có 2 đơn vị chưa có điểm cuối cùng" in warnings[0]
    assert "còn 2 kết quả điều tra, chấm tập trung chưa nhập" in warnings[1]
    page = " ".join(
        as_(year.coordinator).get(reverse("publish", args=[year.period.pk])).content.decode().split()
    )
    # 1.1, 1.2, 2.1, 2.2.1, 2.2.2 and T.1; 1.3 and P.
    assert "Chưa thẩm định xong: 6 tiêu chí chưa chấm, 2 kết quả điều tra, chấm tập trung chưa nhập" in page
    assert "Chưa gửi phiếu tự chấm điểm</td>" in page
    assert reverse("central", args=[year.cohort.pk]) in page
    assert reverse("appraisal", args=[year.sheet(1).pk]) in page
    assert reverse("sheet", args=[year.sheet(2).pk]) in page
    assert "Cần xem lại, nhưng vẫn công bố được" in page
    assert "Chưa công bố được" not in page


def test_marks_that_differ_wait_to_be_settled(year: Year) -> None:
    other = DepartmentFactory(parent=year.host)
    office = year.appraiser.memberships.get().unit
    assign(
        cohort=year.cohort,
        criterion_id=year.criterion("1.1"),
        duties=[Duty(office), Duty(other)],
        by=year.coordinator,
        now=NOW,
    )
    year.score("1.1", {"points": "4"})
    year.submit()
    for person, points in ((year.appraiser, "3"), (user_with(Role.APPRAISER, other), "2")):
        assert not told(year, "chờ thống nhất")
        judge(
            action=Action.APPRAISE,
            assessment=year.sheet(),
            criterion_id=year.criterion("1.1"),
            verdict=Verdict(Score.Basis.OVERRIDE, points=Decimal(points), reason="Thiếu"),
            seen=0,
            by=person,
            now=NOW,
        )
    assert told(year, f"{year.units[0].short_name}: 1 tiêu chí chờ thống nhất điểm của hai người chấm")
    judge(
        action=Action.SETTLE,
        assessment=year.sheet(),
        criterion_id=year.criterion("1.1"),
        verdict=Verdict(Score.Basis.OVERRIDE, points=Decimal(3), reason="Thống nhất"),
        seen=0,
        by=year.coordinator,
        now=NOW,
    )
    assert not told(year, "chờ thống nhất")


def test_what_the_council_left_open_is_told(year: Year) -> None:
    """One leaf is still disputed when the council has met and decided nothing."""
    year.score("1.1", {"points": "4"})
    year.submit()
    sheet, leaf = year.sheet(), year.criterion("1.1")
    act = {"assessment": sheet, "criterion_id": leaf, "now": NOW, "seen": 0}
    lower = Verdict(Score.Basis.OVERRIDE, points=Decimal(1), reason="Thiếu")
    judge(action=Action.APPRAISE, verdict=lower, by=year.appraiser, **act)
    year.release()
    explain(agrees=False, text="Có đủ", by=year.officers[sheet.unit_id], **act)
    year.accept()
    kept = Verdict(Score.Basis.KEPT, reason="Giữ nguyên")
    judge(action=Action.REVISE, verdict=kept, by=year.appraiser, **act)
    year.close()
    words = "nhóm “Xã” còn 1 tiêu chí chưa được phiên họp Hội đồng quyết định"
    assert not told(year, words)
    session = CouncilSession.objects.create(period=year.period, held_at=NOW, place="Hội trường", threshold=1)
    assert told(year, words)
    session.decisions.create(
        assessment=sheet,
        criterion_id=leaf,
        points=1,
        reason="Giữ",
        decided_at=NOW,
        decided_by=year.coordinator,
    )
    assert not told(year, words)


@pytest.mark.parametrize(
    ("layer", "changes", "words"),
    [
        (Layer.COUNCIL, {"points": None}, "1 tiêu chí chưa chấm"),
        (Layer.COUNCIL, {"basis": "override", "note": ""}, "1 tiêu chí thiếu lý do"),
        (Layer.ROUND1, {"basis": "data", "points": Decimal(1), "note": ""}, "1 tiêu chí thiếu lý do"),
        (Layer.SELF, {"points": Decimal(3), "note": ""}, "1 tiêu chí thiếu lý do"),
    ],
)
def test_a_final_sheet_that_lacks_something_blocks(
    year: Year, as_: Callable, layer: str, changes: dict, words: str
) -> None:
    """Finalising refuses this; somebody went round it."""
    year.play()
    row = year.row("1.1", layer)
    Score.objects.filter(pk=row.pk).update(**changes)
    blockers, _ = findings(year)
    assert f"{year.units[0].short_name} đã chốt điểm nhưng có {words}" in blockers
    page = as_(year.coordinator).get(reverse("publish", args=[year.period.pk])).content.decode()
    assert "Chưa công bố được" in page
    assert 'name="decision_number"' not in page
    with pytest.raises(Refusal, match="đã chốt điểm nhưng có"):
        announce(year)


def test_a_central_result_that_is_gone_blocks(year: Year) -> None:
    year.play()
    Score.objects.filter(pk=year.row("1.3", Layer.COUNCIL).pk).update(points=None)
    assert any("1 kết quả điều tra, chấm tập trung chưa nhập" in text for text in findings(year)[0])


# Last year


def record(of: Year, /, unit: Unit, **fields: object) -> RecordedResult:
    said = {"host": of.host, "year": 2025, "max_total": 100, "declared_total": Decimal("85.5")}
    ranked = {"rank": 3, "group_size": 20}
    return RecordedResult.objects.create(
        unit=unit, entered_at=NOW, entered_by=of.coordinator, **{**said, **ranked, **fields}
    )


def before(year: Year, place: int = 0):
    unit = year.units[place].pk
    return before_by_unit(Period.objects.get(pk=year.period.pk), [u.pk for u in year.units])[unit]


def test_last_year_stands_beside_with_percentages_where_the_maxima_differ(year: Year, as_: Callable) -> None:
    for place in range(3):
        year.play(place)
    record(year, year.units[0])
    record(year, year.units[1], max_total=20, declared_total=Decimal("11"), rank=None, group_size=None)
    page = " ".join(
        as_(year.coordinator).get(reverse("publish", args=[year.period.pk])).content.decode().split()
    )
    assert "85,5/100 <small>hạng 3/20</small>" in page
    assert "(85,50% → 51,03%)" in page
    assert "hạng 3/20 → 1/3" in page
    assert "-0,794 điểm" in page
    assert "11/20" in page
    assert page.count("%") == 2
    assert page.count("không có số liệu so sánh") == 1


def test_what_the_same_host_published_counts_before_any_record_and_as_corrected(
    year: Year, small_set: CriteriaSet
) -> None:
    record(year, year.units[0], host=ProvinceFactory(), declared_total=Decimal(1))
    assert before(year).figures.total == 1
    record(year, year.units[0])
    assert before(year).figures.total == Decimal("85.5")
    last = make_year(small_set, 1)
    last.open()
    last.play()
    announce(last)
    prepare(last, "1.1", {"points": "1"})
    publish_correction(last)
    Period.objects.filter(pk=last.period.pk).update(year=2025)
    last.period.assessments.update(unit=year.units[0])
    # Published by another host, it stands behind the record of this one.
    assert before(year).figures.total == Decimal("85.5")
    Period.objects.filter(pk=last.period.pk).update(host=year.host)
    figures = before(year).figures
    assert (figures.total, figures.rank, figures.group_size) == (Decimal("6.676"), 1, 1)


def test_other_years_are_not_last_year(year: Year) -> None:
    record(year, year.units[0], year=2024)
    assert before(year).figures is None


def lineage(successor: Unit, predecessor: Unit, kind: str = "merged", on: date = date(2026, 1, 1)) -> None:
    Lineage.objects.create(successor=successor, predecessor=predecessor, kind=kind, on=on)


def test_a_unit_that_took_the_place_of_one_is_compared_with_it(year: Year, as_: Callable) -> None:
    old = UnitFactory(parent=year.host, short_name="xã Cũ")
    record(year, old)
    lineage(year.units[0], old)
    found = before(year)
    assert (found.figures.total, found.figures.unit, found.is_inherited) == (Decimal("85.5"), old, True)
    year.play()
    page = as_(year.coordinator).get(reverse("publish", args=[year.period.pk])).content.decode()
    assert "(kết quả của xã Cũ)" in page


def test_merged_and_split_units_have_nothing_to_be_compared_with(year: Year, as_: Callable) -> None:
    first, second, whole = (UnitFactory(parent=year.host, short_name=f"xã Cũ {n}") for n in (1, 2, 3))
    for unit, total in ((first, 80), (second, 90), (whole, 70)):
        record(year, unit, declared_total=Decimal(total))
    lineage(year.units[0], first)
    lineage(year.units[0], second)
    lineage(year.units[1], whole, "split")
    lineage(year.units[2], whole, "split")
    merged, split = before(year), before(year, 1)
    assert (merged.figures, [o.total for o in merged.origins]) == (None, [80, 90])
    assert (split.figures, [o.total for o in split.origins]) == (None, [70])
    year.play()
    page = " ".join(
        as_(year.coordinator).get(reverse("publish", args=[year.period.pk])).content.decode().split()
    )
    assert "(trước khi sắp xếp: xã Cũ 1 80/100, hạng 3/20; xã Cũ 2 90/100, hạng 3/20)" in page


def test_a_unit_that_took_another_in_is_not_what_it_was(year: Year) -> None:
    old = UnitFactory(parent=year.host)
    record(year, year.units[0])
    record(year, old, declared_total=Decimal(70))
    lineage(year.units[0], old)
    assert (before(year).figures, [o.total for o in before(year).origins]) == (
        None,
        [Decimal("85.5"), 70],
    )
    # Once last year was scored after the change, it is.
    Lineage.objects.update(on=date(2025, 7, 1))
    assert before(year).figures.total == Decimal("85.5")


def test_queries_do_not_grow_with_units(small_set: CriteriaSet) -> None:
    counts = []
    for size in (1, 3):
        year = make_year(small_set, size + 1)
        year.open()
        for place in range(size):
            year.play(place)
            old = UnitFactory(parent=year.host)
            lineage(year.units[place], old)
            record(year, old)
        year.score("1.1", {"points": "4"}, size)
        year.submit(size)
        period = Period.objects.get(pk=year.period.pk)
        with CaptureQueriesContext(connection) as queries:
            assert len(preview(period, publication_check(period, now=later()))[0].rows) == size + 1
        counts.append(len(queries))
    assert counts[0] == counts[1]
