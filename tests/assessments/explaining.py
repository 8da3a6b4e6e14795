"""What the tests of explanations share: a sheet with points taken off, and everybody's answers to that."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from accounts.models import User
from assessments.actions.appraisal import judge
from assessments.actions.rounds import explain, release
from assessments.actions.verdicts import Verdict
from assessments.models import Explanation, Score
from assessments.workflow import Action
from tests.assessments.conftest import DEADLINE, Year

CLOSES = DEADLINE + timedelta(days=60)
LATE = CLOSES + timedelta(seconds=1)


def fill(year: Year, place: int = 0) -> None:
    for code, points in {"1.1": "4", "1.2": "3", "2.2.1": "1", "2.2.2": "2", "T.1": "0.5"}.items():
        year.score(code, {"points": points}, place)


def lower(
    year: Year, code: str, points: str, place: int = 0, action: Action = Action.APPRAISE, seen: int = 0
) -> Score:
    return judge(
        action=action,
        assessment=year.sheet(place),
        criterion_id=year.criterion(code, place),
        verdict=Verdict(Score.Basis.OVERRIDE, points=Decimal(points), reason=f"Lý do {code}"),
        seen=seen,
        by=year.appraiser,
        now=year.now,
    )


def sent(year: Year, place: int = 0) -> None:
    """Points taken off three leaves and added to one, not released yet."""
    fill(year, place)
    year.submit(place)
    for code, points in {"1.1": "2", "1.2": "1.5", "2.2.1": "3", "T.1": "0"}.items():
        lower(year, code, points, place)
    year.judge_rest(place)


def told(year: Year, place: int = 0) -> None:
    sent(year, place)
    release(assessment=year.sheet(place), by=year.coordinator, now=year.now)


def say(
    year: Year,
    code: str,
    text: str = "",
    *,
    agrees: bool = False,
    place: int = 0,
    seen: int = 0,
    by: User | None = None,
    now: datetime | None = None,
) -> Explanation:
    sheet = year.sheet(place)
    return explain(
        assessment=sheet,
        criterion_id=year.criterion(code, place),
        agrees=agrees,
        text=text,
        seen=seen,
        by=by or year.officers[sheet.unit_id],
        now=now or year.now,
    )
