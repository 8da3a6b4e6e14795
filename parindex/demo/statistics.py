"""Yearly statistics of a unit, entered from a file of fixtures/indicators as its officer would."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import Unit, User
from parindex.demo.fixtures import read
from parindex.demo.workdays import Workdays
from reports.actions.figures import enter_figures
from reports.actions.indicators import add_year, define_group, define_indicator
from reports.figures import Entry, FigureKind, Mark, read_figure
from reports.models import Indicator, IndicatorGroup

BEGIN = 120  # minutes of the day, after its results are recorded
NAMED = ("name", "measure", "kind", "numerator_name", "denominator_name")


def add_statistics(file: str, *, by: User, days: Workdays, day: int) -> int:
    """Unless the unit keeps statistics already; returns how many groups were added."""
    plan = read(file, "indicators")
    unit = Unit.objects.get(code=plan["unit"])
    if unit.indicator_groups.exists():
        return 0
    begin = days.at(day, BEGIN)
    years = [add_year(unit=unit, year=int(row["year"]), by=by, now=begin) for row in plan["years"]]
    marks = [
        Mark(int(row["year"]), date.fromisoformat(row["until"]), 1) for row in plan["years"] if "until" in row
    ]
    enter_figures(unit=unit, entries=[], marks=marks, by=by, now=begin)
    for place, row in enumerate(plan["groups"], start=1):
        said = {
            "code": row["code"], "position": place, "name": row["name"], "title": row.get("title", ""),
            "is_appendix": "title" in row,
        }  # fmt: skip
        now = days.at(day, BEGIN + place)
        group = define_group(unit=unit, group=None, said=said, seen=0, by=by, now=now)
        known: dict[str, Indicator] = {}
        entries = []
        for position, line in enumerate(row["rows"], start=1):
            known[line["code"]] = indicator = _define(group, line, position, known, by=by, now=now)
            entries += [
                Entry(indicator.pk, year.year, read_figure(FigureKind(indicator.kind), typed), 0)
                for year, typed in zip(years, line["figures"], strict=True)
            ]
        enter_figures(unit=unit, entries=entries, by=by, now=days.at(day, BEGIN + place, 30))
    return len(plan["groups"])


def _define(
    group: IndicatorGroup,
    line: dict[str, Any],
    position: int,
    known: dict[str, Indicator],
    **act: Any,
) -> Indicator:
    said = {
        **{name: line.get(name, "") for name in NAMED},
        "code": line["code"],
        "position": position,
        "part_of": known[line["part_of"]] if "part_of" in line else None,
    }
    return define_indicator(group=group, indicator=None, said=said, seen=0, **act)
