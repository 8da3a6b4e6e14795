"""Facts for every kind that need no database, a few rows of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reports.kinds import Name
from reports.kinds.area import AreaFacts
from reports.kinds.index import IndexFacts
from tests.reports import stored
from tests.reports.kinds import test_long as long

FEW = 4


def _declared() -> object:
    whole = long.declared()
    return replace(whole, rows=whole.rows[:FEW])


def _annex() -> object:
    whole = long.annex()
    [cohort] = whole.cohorts
    return replace(whole, cohorts=(replace(cohort, lines=(*cohort.lines[:FEW], cohort.lines[-1])),))


def _minutes() -> object:
    whole = long.minutes()
    return replace(whole, rows=whole.rows[:FEW], totals=whole.totals[:FEW])


FACTS: dict[Name, Callable[[], object]] = {
    Name.SELF_ASSESSMENT: _declared,
    Name.SCORE_SHEET: _declared,
    Name.DEDUCTION_REVIEW: lambda: stored.outcome("trieu-son-2020"),
    Name.INDEX_RESULT: lambda: IndexFacts(
        stored.outcome("bach-thong-2022"), stored.outcome("bach-thong-2021")
    ),
    Name.REMEDIATION_RESULT: lambda: stored.outcome("lien-son-2023"),
    Name.AREA_RECTIFICATION: lambda: AreaFacts(2023, "7", "Cải cách", stored.outcome("lien-son-2023")),
    Name.STAGE_SUMMARY: lambda: stored.stage("tuy-phong", 2011, 2020),
    Name.RANKING_ANNEX: _annex,
    Name.MINUTES: _minutes,
}
