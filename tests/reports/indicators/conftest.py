"""An office with two groups of indicators over three years, and everybody around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest

from accounts.dates import VIETNAM
from accounts.models import Role, Unit, User
from reports.actions.figures import enter_figures
from reports.actions.indicators import add_year, define_group, define_indicator
from reports.figures import Entry, FigureKind, Mark, read_figure
from reports.models import Indicator, IndicatorGroup, IndicatorValue
from tests.factories import ProvinceFactory, UnitFactory, user_with

NOW = datetime(2020, 4, 6, 8, 30, tzinfo=VIETNAM)
YEARS = (2018, 2019, 2020)


@dataclass
class Office:
    unit: Unit
    officer: User
    colleague: User
    groups: dict[str, IndicatorGroup] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    now: datetime = NOW

    def group(self, code: str, *, is_appendix: bool = True) -> IndicatorGroup:
        self.groups[code] = define_group(
            unit=self.unit,
            group=None,
            said={
                "code": code, "position": len(self.groups) + 1, "name": f"Lĩnh vực {code}", "title": "",
                "is_appendix": is_appendix,
            },
            seen=0,
            by=self.officer,
            now=self.now,
        )  # fmt: skip
        return self.groups[code]

    def indicator(
        self, group: str, code: str, kind: FigureKind = FigureKind.NUMBER, **said: object
    ) -> Indicator:
        return define_indicator(
            group=self.groups[group],
            indicator=None,
            said=defined(group, code, kind, **said),
            seen=0,
            by=self.officer,
            now=self.now,
        )

    def at(self, group: str, code: str) -> Indicator:
        return Indicator.objects.select_related("group__unit").get(
            group__unit=self.unit, group__code=group, code=code
        )

    def enter(
        self, group: str, code: str, year: int, typed: str, *, seen: int = 0, by: User | None = None
    ) -> int:
        self.now += timedelta(minutes=1)
        indicator = self.at(group, code)
        entry = Entry(indicator.pk, year, read_figure(FigureKind(indicator.kind), typed), seen)
        return enter_figures(unit=self.unit, entries=[entry], by=by or self.officer, now=self.now)

    def mark(self, year: int, until: date | None, *, seen: int = 1) -> int:
        return enter_figures(
            unit=self.unit, entries=[], marks=[Mark(year, until, seen)], by=self.officer, now=self.now
        )

    def stored(self, group: str, code: str, year: int) -> IndicatorValue:
        return IndicatorValue.objects.get(indicator=self.at(group, code), year=year)


def defined(group: str, code: str, kind: FigureKind, **said: object) -> dict[str, object]:
    return {
        "code": code, "position": 1, "name": f"Chỉ tiêu {group} {code}", "measure": "", "kind": kind.value,
        "part_of": None, "numerator_name": "", "denominator_name": "", **said,
    }  # fmt: skip


def make_office() -> Office:
    province = ProvinceFactory()
    district = UnitFactory(short_name="huyện Mây", level=Unit.Level.DISTRICT, parent=province)
    unit = UnitFactory(
        name="Văn phòng huyện Mây", short_name="Văn phòng", level=Unit.Level.OFFICE, parent=district
    )
    neighbour = UnitFactory(parent=district)
    office = Office(unit, user_with(Role.OFFICER, unit), user_with(Role.OFFICER, unit))
    office.people = {
        "officer": office.officer,
        "colleague": office.colleague,
        "unit leader": user_with(Role.UNIT_LEADER, unit),
        "coordinator": user_with(Role.COORDINATOR, district),
        "leader": user_with(Role.LEADER, district),
        "province": user_with(Role.LEADER, province),
        "neighbour": user_with(Role.OFFICER, neighbour),
        "appraiser": user_with(Role.APPRAISER, district),
        "other host": user_with(Role.COORDINATOR, UnitFactory()),
        "administrator": user_with(Role.ADMINISTRATOR),
    }
    office.group("PL01")
    office.group("KS", is_appendix=False)
    for year in YEARS:
        add_year(unit=unit, year=year, by=office.officer, now=NOW)
    office.indicator("PL01", "1", name="Hồ sơ tiếp nhận", position=1)
    office.indicator(
        "PL01", "2", FigureKind.RATIO, name="Tỷ lệ hồ sơ đúng hạn", position=2,
        numerator_name="Hồ sơ đúng hạn", denominator_name="Hồ sơ tiếp nhận",
    )  # fmt: skip
    office.indicator("PL01", "3", FigureKind.TEXT, name="Nhóm\x01 liên thông", position=3)
    office.indicator("KS", "1", FigureKind.RATIO, name="Phiếu khảo sát", position=1)
    return office


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


Enter = Callable[..., int]
