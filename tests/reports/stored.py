"""Reads fixtures/results, fixtures/indicators and fixtures/reports without a database."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from assessments.outcome import Decision, Loss, Outcome, OutcomeRow
from criteria.points import ZERO
from criteria.tree import Component
from reports.contents import read_content
from reports.figures import FigureKind, read_figure
from reports.kinds import Content
from reports.kinds.stage import Group, Series, StageFacts, Year

FIXTURES = Path(__file__).parents[2] / "fixtures"


def outcome(name: str) -> Outcome:
    stored = _load("results", name)
    declared = stored["declared"]
    areas = tuple(_row(row, depth=0) for row in stored["rows"])
    self_points = [area.self_points for area in areas]
    return Outcome(
        unit_id=0,
        year=int(stored["year"]),
        host_name=stored["host"],
        group_name=stored["group"],
        areas=areas,
        max_total=Decimal(declared["max"]),
        self_total=None if None in self_points else sum(self_points, ZERO),
        total=_points(declared, "total"),
        rank=int(declared["rank"]),
        group_size=int(declared["group_size"]),
        grade="",
        decision=_decision(stored["decision"]) if "decision" in stored else None,
        declared_self_total=_points(declared, "self"),
        is_recorded=True,
    )


def content(name: str) -> Content:
    return read_content(_load("reports", name))


def _load(folder: str, name: str) -> dict[str, Any]:
    return yaml.safe_load((FIXTURES / folder / f"{name}.yaml").read_text(encoding="utf-8"))


def _row(stored: dict[str, Any], depth: int) -> OutcomeRow:
    return OutcomeRow(
        code=stored["code"],
        name=stored["name"],
        depth=depth,
        max_points=_points(stored, "max"),
        self_points=_points(stored, "self"),
        points=_points(stored, "council"),
        rank=int(stored["rank"]) if "rank" in stored else None,
        rank_change=int(stored["rank_change"]) if "rank_change" in stored else None,
        losses=tuple(
            Loss(tuple(Component(**part) for part in loss["components"]), _points(loss, "points"))
            for loss in stored.get("lost_at", ())
        ),
        reason=stored.get("reason", ""),
        note=stored.get("note", ""),
        children=tuple(_row(row, depth + 1) for row in stored.get("rows", ())),
    )


def _points(stored: dict[str, str], key: str) -> Decimal | None:
    return Decimal(stored[key]) if key in stored else None


def _decision(stored: dict[str, str]) -> Decision:
    day = stored.get("issued_on")
    return Decision(
        kind=stored["kind"],
        number=stored["number"],
        issued_on=date.fromisoformat(day) if day else None,
        issuer=stored["issuer"],
    )


def stage(name: str, first_year: int, last_year: int) -> StageFacts:
    """Fixtures of statistics: keys count in the order of the file."""
    plan = _load("indicators", name)
    years = [
        Year(int(row["year"]), date.fromisoformat(row["until"]) if "until" in row else None)
        for row in plan["years"]
    ]
    keys = count(1)
    return StageFacts(
        first_year,
        last_year,
        tuple(years),
        tuple(
            Group(
                place,
                group["code"],
                group["name"],
                group.get("title", ""),
                "title" in group,
                tuple(_series(group["rows"], years, keys)),
            )
            for place, group in enumerate(plan["groups"], start=1)
        ),
    )


def _series(rows: list[dict[str, Any]], years: list[Year], keys: Iterator[int]) -> Iterator[Series]:
    by_code: dict[str, int] = {}
    for row in rows:
        read = [read_figure(FigureKind(row["kind"]), typed) for typed in row["figures"]]
        by_code[row["code"]] = pk = next(keys)
        yield Series(
            pk=pk,
            code=row["code"],
            name=row["name"],
            figures={year.year: one for year, one in zip(years, read, strict=True) if one is not None},
            part_of=by_code[row["part_of"]] if "part_of" in row else None,
            numerator_name=row.get("numerator_name", ""),
            denominator_name=row.get("denominator_name", ""),
        )
