"""Which areas of a unit's year a report can be about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.models import Unit
from assessments.models import RecordedResult, Result
from assessments.outcome import Outcome
from assessments.queries.outcomes import sources_of
from reports.queries.subjects import SOURCES, Subject
from reports.queries.usual import usual_areas


@dataclass(frozen=True)
class AreaChoice:
    """`key` names it in a form."""

    key: str
    label: str
    subject: Subject


@dataclass(frozen=True)
class AreaSource:
    """A stored result with its areas; without one the usual areas, about which there are no figures."""

    label: str
    choices: tuple[AreaChoice, ...]


def areas_of(unit: Unit, year: int) -> tuple[AreaSource, ...]:
    stored = [
        _of_source(source, outcome)
        for source, outcome in sources_of(unit)
        if outcome.year == year and outcome.total is not None and outcome.areas
    ]
    if stored:
        return tuple(stored)
    usual = (
        AreaChoice(code, f"{code}. {name}", Subject(unit, year, area_code=code))
        for code, name in usual_areas(unit, year).items()
    )
    return (AreaSource("", tuple(usual)),)


def _of_source(source: Result | RecordedResult, outcome: Outcome) -> AreaSource:
    column = "result" if isinstance(source, Result) else "record"
    return AreaSource(SOURCES[column].label(source), tuple(_choices(source, column, outcome)))


def _choices(source: Result | RecordedResult, column: str, outcome: Outcome) -> Iterator[AreaChoice]:
    about = SOURCES[column].subject(source)
    for area in outcome.areas:
        subject = Subject(about.unit, about.year, area_code=area.code, **{column: source})
        yield AreaChoice(f"{column}-{source.pk}-{area.code}", f"{area.code}. {area.name}", subject)
