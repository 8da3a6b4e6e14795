"""All years of one unit side by side, whoever held the evaluation."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Lineage, Unit
from accounts.vietnamese import fold
from assessments.models import RecordedResult, Result
from assessments.outcome import Outcome, OutcomeRow
from assessments.queries.outcomes import sources_of


@dataclass(frozen=True)
class Year:
    outcome: Outcome
    result: Result | None
    record: RecordedResult | None


@dataclass(frozen=True)
class AreaLine:
    """One area in every year, None where that year has none of this name."""

    code: str
    name: str
    cells: tuple[OutcomeRow | None, ...]


@dataclass(frozen=True)
class History:
    unit: Unit
    years: tuple[Year, ...]
    areas: tuple[AreaLine, ...]
    origins: tuple[Lineage, ...]  # the units it was made from, whose years can't be compared with its own


def history(unit: Unit) -> History:
    """Newest year first. Areas are the same where their names are: a code may mean something else next year."""
    years = tuple(
        Year(
            outcome,
            result=source if isinstance(source, Result) else None,
            record=source if isinstance(source, RecordedResult) else None,
        )
        for source, outcome in sources_of(unit)
    )
    by_name = [{fold(area.name): area for area in year.outcome.areas} for year in years]
    names = dict.fromkeys(name for areas in by_name for name in areas)
    lines = []
    for name in names:
        cells = tuple(areas.get(name) for areas in by_name)
        newest = next(cell for cell in cells if cell is not None)
        lines.append(AreaLine(newest.code, newest.name, cells))
    return History(
        unit,
        years,
        tuple(lines),
        tuple(unit.origins.select_related("predecessor").order_by("on", "predecessor__sort_key")),
    )
