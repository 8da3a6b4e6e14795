"""Criteria sets of the house, and the real history: what other hosts published and what units wrote about it."""

from __future__ import annotations

from accounts.models import Unit, User
from assessments.actions.recorded import load_record
from assessments.models import RecordedResult
from criteria.actions import load_set
from criteria.models import CriteriaSet
from criteria.schema import read_set
from parindex.demo.fixtures import FIXTURES, read, text
from parindex.demo.statistics import add_statistics
from parindex.demo.workdays import Workdays
from reports.actions.writing import load_report
from reports.models import Report
from reports.queries.subjects import Subject, subject_of

Results = dict[str, RecordedResult]


def add_sets() -> int:
    """Every set of fixtures/sets of which no version is stored; returns how many were added."""
    stored = set(CriteriaSet.objects.values_list("code", flat=True))
    missing = [path.stem for path in sorted((FIXTURES / "sets").glob("*.yaml")) if path.stem not in stored]
    for name in missing:
        load_set(read_set(text(name, "sets")))
    return len(missing)


def add_history(days: Workdays) -> int:
    """Recorded results, statistics and the reports about them; returns how many were added."""
    plan = read("history")
    day = int(plan["day"])
    results: Results = {}
    added = 0
    for minute, row in enumerate(plan["results"]):
        known = RecordedResult.objects.filter(
            unit__code=row["unit"], host__code=row["host"], year=int(row["year"])
        ).first()
        if known is None:
            known = load_record(
                text=text(row["file"], "results"), by=_person(row), now=days.at(day, 20 * minute)
            )
            added += 1
        results[row["file"]] = known
    for row in plan["statistics"]:
        added += add_statistics(row["file"], by=_person(row), days=days, day=day)
    return added + _add_reports(plan, results, days)


def _add_reports(plan: dict, results: Results, days: Workdays) -> int:
    added = 0
    for row in plan["reports"]:
        if Report.objects.filter(code=row["file"]).exists():
            continue
        load_report(
            text=text(row["file"], "reports"),
            code=row["file"],
            about=_about(row, results),
            by=_person(row),
            now=days.at(int(plan["day"]) + 1, 60),
        )
        added += 1
    return added


def _about(row: dict[str, str], results: Results) -> Subject:
    """A stored result, a stage, or an area of a year that has no result."""
    if name := row.get("result"):
        return subject_of(results[name])
    unit, year = Unit.objects.get(code=row["unit"]), int(row["year"])
    if "from" in row:
        return Subject(unit, year, first_year=int(row["from"]))
    return Subject(unit, year, area_code=row["area"])


def _person(row: dict[str, str]) -> User:
    return User.objects.get(username=row["by"])
