"""One stored report of every kind, as long as it gets in a province: 170 units, a sheet of 69 leaves with evidence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import Role, Unit
from assessments.actions.publication import announcement, issue
from assessments.actions.recorded import load_record
from assessments.actions.scoring import send, submit
from assessments.actions.sessions import convene
from assessments.minutes import Member, SessionFacts
from assessments.models import CouncilSession, Publication
from assessments.queries.overlay import NO_OVERLAY
from assessments.queries.sealing import sealed_scores
from assessments.queries.standings import standings
from assessments.queries.submission import submission_check
from parindex.demo.statistics import add_statistics
from parindex.demo.workdays import Workdays
from reports.actions.writing import create_report, load_report
from reports.kinds import Name
from reports.models import Report
from reports.queries.subjects import Subject, Thing, subject_of
from tests.bench.ranking import final_cohort
from tests.bench.years import Year, fill, open_year
from tests.factories import UnitFactory, user_with

# Results in the order in which they are recorded, and the report about the last of them.
WRITTEN = {
    "trieu-son-2021": ["trieu-son-2020"],
    "bach-thong-2023": ["bach-thong-2021", "bach-thong-2022"],
    "lien-son-2024": ["lien-son-2023"],
}
PLACES = {
    "trieu-son-2021": "huyện Triệu Sơn",
    "bach-thong-2023": "huyện Bạch Thông",
    "lien-son-2024": "xã Liên Sơn",
}
HOSTS = {
    "trieu-son-2021": "tỉnh Thanh Hóa",
    "bach-thong-2023": "tỉnh Bắc Kạn",
    "lien-son-2024": "huyện Chi Lăng",
}


def stored_reports(units: int) -> list[Report]:
    now = timezone.now()
    year = open_year(1)
    [sheet] = year.sheets
    fill(year, sheet, with_evidence=True)
    officer, leader = year.officers[sheet.unit_id], user_with(Role.UNIT_LEADER, sheet.unit)
    left = len(submission_check(sheet).unanswered)
    send(assessment=sheet, confirmed_unanswered=left, by=officer, now=now)
    submit(assessment=sheet, confirmed_unanswered=left, by=leader, now=now)
    sheet.refresh_from_db()
    return [
        *(_begin(kind, sheet, officer, now) for kind in (Name.SELF_ASSESSMENT, Name.SCORE_SHEET)),
        *(written(code, now) for code in WRITTEN),
        *_without_result(now),
        _of_host(Name.RANKING_ANNEX, _published(units), now),
        _of_host(Name.MINUTES, _session(year, now), now),
    ]


def written(code: str, now: datetime) -> Report:
    """One of the reports that are kept as files, about the results that it was written about."""
    host = UnitFactory(short_name=HOSTS[code], level=Unit.Level.DISTRICT)
    unit = UnitFactory(short_name=PLACES[code], parent=host)
    coordinator = user_with(Role.COORDINATOR, host)
    records = [load_record(text=_file("results", name), by=coordinator, now=now) for name in WRITTEN[code]]
    officer = user_with(Role.OFFICER, unit)
    about = subject_of(records[-1])
    return load_report(text=_file("reports", code), code=code, about=about, by=officer, now=now)


def _without_result(now: datetime) -> list[Report]:
    """Those about an area of a year and about a stage with its statistics."""
    district = UnitFactory(short_name="huyện Triệu Sơn", level=Unit.Level.DISTRICT)
    office = UnitFactory(code="van-phong-tuy-phong", level=Unit.Level.OFFICE)
    officer = user_with(Role.OFFICER, office)
    add_statistics("tuy-phong", by=officer, days=Workdays(now), day=-1)
    subjects = {
        "trieu-son-2020-tthc": (Subject(district, 2019, area_code="3"), user_with(Role.OFFICER, district)),
        "tuy-phong-2020": (Subject(office, 2020, first_year=2011), officer),
    }
    return [
        load_report(text=_file("reports", code), code=code, about=about, by=by, now=now)
        for code, (about, by) in subjects.items()
    ]


def _begin(kind: Name, thing: Thing, by: Any, now: datetime) -> Report:
    return create_report(kind=kind, about=subject_of(thing), by=by, now=now)


def _of_host(kind: Name, thing: Publication | CouncilSession, now: datetime) -> Report:
    return _begin(kind, thing, user_with(Role.COORDINATOR, thing.period.host), now)


def _published(units: int) -> Publication:
    """Of a cohort whose points are random, which no council would let through."""
    cohort, _ = final_cohort(units)
    now = timezone.now()
    decision = announcement("1/QĐ-UBND", timezone.localdate(now), "Ủy ban nhân dân tỉnh", now=now)
    return issue(
        period=cohort.period,
        ordinal=1,
        reason="",
        announced=decision,
        rankings=[standings(cohort)],
        overlay=NO_OVERLAY,
        scores=sealed_scores(cohort.period_id),
        by=cohort.period.opened_by,
        now=now,
    )


def _session(year: Year, now: datetime) -> CouncilSession:
    facts = SessionFacts(
        held_at=now,
        ended_at=now + timedelta(hours=2),
        place="Phòng họp",
        threshold=1,
        note="",
        members=(Member("chair", "Trần Thị Bình"), Member("secretary", "Lê Văn Minh")),
    )
    return convene(period=year.cohort.period, facts=facts, by=year.coordinator, now=now)


def _file(folder: str, name: str) -> str:
    return (settings.BASE_DIR / "fixtures" / folder / f"{name}.yaml").read_text(encoding="utf-8")
