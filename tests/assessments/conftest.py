"""A small year: one host, a cohort of three communes on a set that shows every way of adding up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.dates import VIETNAM
from accounts.models import Role, Unit, User
from assessments.actions.appraisal import agree_with_area
from assessments.actions.assignments import Duty, assign
from assessments.actions.cohorts import add_cohort, set_units
from assessments.actions.council import enter_central, finalise, reopen
from assessments.actions.periods import create_period, open_period
from assessments.actions.rounds import close_appraisal, explain, release
from assessments.actions.scoring import save_score, send, submit
from assessments.actions.verdicts import Verdict
from assessments.models import Assessment, Cohort, Layer, Period, Score
from assessments.queries.explanations import answers_of, asked_leaves
from assessments.queries.submission import submission_check
from criteria.actions import load_set
from criteria.models import CriteriaSet
from criteria.queries import stored_tree
from criteria.schema import read_set
from tests.calendars import overlapping
from tests.factories import DepartmentFactory, ProvinceFactory, UnitFactory, user_with

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)
OPENS = datetime(2026, 3, 1, 8, 0, tzinfo=VIETNAM)
DEADLINE = datetime(2026, 3, 31, 17, 0, tzinfo=VIETNAM)

SMALL = """\
code: nho
version: 1
name: Bộ tiêu chí nhỏ
decision: {number: 1/QĐ-UBND, date: 2026-01-05, issuer: UBND tỉnh}
total: 20
decimals: 3
tie_breaks: [2]
grades:
  - {from: 18, label: Xuất sắc}
  - {from: 10, label: Khá}
criteria:
  - code: 1
    name: Chỉ đạo, điều hành
    max_points: 10
    children:
      - {code: 1.1, name: Kế hoạch, max_points: 4, rule: {kind: direct}}
      - {code: 1.2, name: Kiểm tra, max_points: 3, not_applicable: exclude, rule: {kind: direct}}
      - code: 1.3
        name: Điều tra xã hội học
        max_points: 3
        source: survey
        not_applicable: exclude
        rule: {kind: survey, weights: {Hài lòng: 1, Không hài lòng: 0}}
  - code: 2
    name: Dịch vụ công
    max_points: 10
    children:
      - code: 2.1
        name: Hồ sơ trực tuyến
        max_points: 6
        rule: {kind: ratio, target: assigned, bands: [{from: 0, linear: true}]}
      - code: 2.2
        name: Đồng bộ dữ liệu
        max_points: 4
        combine: best
        children:
          - {code: 2.2.1, name: Cách một, max_points: 4, rule: {kind: direct}}
          - {code: 2.2.2, name: Cách hai, max_points: 2, rule: {kind: direct}}
  - code: T
    name: Điểm thưởng
    role: bonus
    max_points: 1
    children:
      - {code: T.1, name: Sáng kiến, max_points: 1, rule: {kind: direct}}
  - {code: P, name: Điểm trừ, role: penalty, max_points: 2, rule: {kind: count, per_unit: 0.5}}
"""


@pytest.fixture
def small_set(db: None) -> CriteriaSet:
    return load_set(read_set(SMALL))


@dataclass
class Year:
    """The small year with one person for every role; a test plays the real actions through it."""

    host: Unit
    units: list[Unit]
    coordinator: User
    leader: User
    appraiser: User
    officers: dict[int, User]
    leaders: dict[int, User]
    criteria_set: CriteriaSet
    period: Period
    cohort: Cohort
    now: datetime = NOW

    def sheet(self, place: int = 0) -> Assessment:
        return Assessment.objects.in_context().get(period=self.period, unit=self.units[place])

    def sheets(self) -> list[Assessment]:
        return [self.sheet(place) for place in range(len(self.units))]

    def criterion(self, code: str, place: int = 0) -> int:
        return stored_tree(self.sheet(place).cohort.criteria_set).ids[code]

    def row(self, code: str, layer: str, place: int = 0) -> Score | None:
        return Score.objects.filter(
            assessment=self.sheet(place), criterion=self.criterion(code), layer=layer
        ).first()

    def open(self) -> Period:
        self.period = open_period(period=self.period, by=self.coordinator, now=self.now)
        return self.period

    def score(self, code: str, data: dict[str, Any] | None, place: int = 0, note: str = "ghi chú") -> Score:
        sheet, saved = self.sheet(place), self.row(code, Layer.SELF, place)
        return save_score(
            assessment=sheet,
            criterion_id=self.criterion(code, place),
            data=data,
            note=note,
            seen=saved.version if saved else 0,
            by=self.officers[sheet.unit_id],
            now=self.now,
        )

    def send(self, place: int = 0) -> None:
        sheet = self.sheet(place)
        left = len(submission_check(sheet).unanswered)
        send(assessment=sheet, confirmed_unanswered=left, by=self.officers[sheet.unit_id], now=self.now)

    def submit(self, place: int = 0) -> None:
        """The officer has it approved, the leader sends it."""
        self.send(place)
        self.approve(place)

    def approve(self, place: int = 0) -> None:
        """The leader sends what lies before him."""
        sheet = self.sheet(place)
        left = len(submission_check(sheet).unanswered)
        submit(assessment=sheet, confirmed_unanswered=left, by=self.leaders[sheet.unit_id], now=self.now)

    def judge_rest(self, place: int = 0) -> None:
        """Agree with what the appraiser has not judged yet."""
        sheet = self.sheet(place)
        for top in stored_tree(sheet.cohort.criteria_set).tree.criteria:
            agree_with_area(
                seen=sheet.version_floor,
                assessment=sheet,
                area_code=top.code,
                by=self.appraiser,
                now=self.now,
            )

    def release(self, place: int = 0) -> None:
        self.judge_rest(place)
        release(assessment=self.sheet(place), by=self.coordinator, now=self.now)

    def accept(self, place: int = 0) -> None:
        """The unit agrees with every leaf it is asked about and has not answered yet."""
        sheet = self.sheet(place)
        for leaf in sorted(asked_leaves(sheet) - answers_of(sheet).keys()):
            explain(
                assessment=sheet,
                criterion_id=leaf,
                agrees=True,
                text="",
                seen=0,
                by=self.officers[sheet.unit_id],
                now=self.now,
            )

    def close(self, place: int = 0) -> None:
        close_appraisal(assessment=self.sheet(place), by=self.coordinator, now=self.now)

    def appraise(self, place: int = 0) -> None:
        """Both rounds without any dispute."""
        self.release(place)
        self.accept(place)
        self.close(place)

    def enter(self, code: str, data: dict[str, Any] | None, place: int = 0) -> Score:
        saved = self.row(code, Layer.COUNCIL, place)
        return enter_central(
            assessment=self.sheet(place),
            criterion_id=self.criterion(code, place),
            verdict=None if data is None else Verdict(Score.Basis.DATA, data),
            seen=saved.version if saved else 0,
            by=self.coordinator,
            now=self.now,
        )

    def finalise(self, place: int = 0) -> None:
        finalise(assessment=self.sheet(place), by=self.coordinator, now=self.now)

    def reopen(self, place: int = 0, reason: str = "Nhập nhầm 1.1", **act: Any) -> None:
        sheet = self.sheet(place)
        values = {"seen": sheet.finality, "by": self.coordinator, "now": self.now, **act}
        reopen(assessment=sheet, reason=reason, **values)

    def play(self, place: int = 0, points: str = "4", *, faults: str = "0", satisfied: str = "9") -> None:
        """One unit from an empty sheet to final points."""
        self.score("1.1", {"points": points}, place)
        self.score("1.2", {"not_applicable": True}, place)
        self.score("2.2.2", {"points": "2"}, place)
        self.score("T.1", {"points": "0.5"}, place)
        self.submit(place)
        self.appraise(place)
        self.enter("1.3", {"counts": {"Hài lòng": satisfied, "Không hài lòng": "3"}}, place)
        self.enter("P", {"count": faults}, place)
        self.finalise(place)


def make_year(criteria_set: CriteriaSet, size: int = 3) -> Year:
    host = ProvinceFactory()
    coordinator = user_with(Role.COORDINATOR, host)
    units = [UnitFactory(parent=host) for _ in range(size)]
    period = create_period(
        host=host,
        year=2026,
        name="Chỉ số CCHC năm 2026",
        calendar=overlapping(OPENS, DEADLINE),
        by=coordinator,
        now=NOW,
    )
    cohort = add_cohort(period=period, name="Xã", criteria_set=criteria_set, by=coordinator, now=NOW)
    set_units(cohort=cohort, units=units, by=coordinator, now=NOW)
    office = DepartmentFactory(parent=host)
    for top in criteria_set.criteria.filter(parent=None).order_by("position"):
        assign(cohort=cohort, criterion_id=top.pk, duties=[Duty(office)], by=coordinator, now=NOW)
    return Year(
        host=host,
        units=units,
        coordinator=coordinator,
        leader=user_with(Role.LEADER, host),
        appraiser=user_with(Role.APPRAISER, office),
        officers={unit.pk: user_with(Role.OFFICER, unit) for unit in units},
        leaders={unit.pk: user_with(Role.UNIT_LEADER, unit) for unit in units},
        criteria_set=criteria_set,
        period=period,
        cohort=cohort,
    )


@pytest.fixture
def preparing_year(small_set: CriteriaSet) -> Year:
    return make_year(small_set)


@pytest.fixture
def year(preparing_year: Year) -> Year:
    preparing_year.open()
    return preparing_year


@pytest.fixture
def period(year: Year) -> Period:
    return year.period


@pytest.fixture
def sheet(year: Year) -> Assessment:
    return year.sheet()


@pytest.fixture
def in_the_middle_of_the_year() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def later(**passed: int) -> datetime:
    return NOW + timedelta(**passed)


@pytest.fixture
def as_(client: Client) -> Callable[[User], Client]:
    def log_in(user: User) -> Client:
        client.force_login(user, "accounts.backends.MemberBackend")
        return client

    return log_in
