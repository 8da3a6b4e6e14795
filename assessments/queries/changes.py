"""A year's results beside those of the year before, for a whole period: a constant number of queries at any size."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from accounts.models import Lineage, Unit
from assessments.models import Period, RecordedResult, Result
from assessments.queries.outcomes import in_force, published_results, recorded_results
from criteria.points import percent


@dataclass(frozen=True, slots=True)
class Figures:
    """What one year said of a unit as a whole; None is not printed."""

    unit: Unit
    year: int
    total: Decimal | None
    max_total: Decimal
    rank: int | None
    group_size: int | None
    source: Result | RecordedResult

    @property
    def percent(self) -> Fraction | None:
        return None if self.total is None else percent(self.total, self.max_total)


@dataclass(frozen=True, slots=True)
class Before:
    """What a unit's new total is compared with.

    `figures` are the unit's own of last year, or its only predecessor's where it did nothing but take its place.
    Made from several units, or split off one, it has nothing to be compared with: `origins` are theirs, to look at.
    """

    figures: Figures | None = None
    origins: tuple[Figures, ...] = ()
    was_rearranged: bool = False

    @property
    def is_inherited(self) -> bool:
        return self.was_rearranged and self.figures is not None

    def change(self, total: Decimal | None) -> Decimal | None:
        if self.figures is None or self.figures.total is None or total is None:
            return None
        return total - self.figures.total


def before_by_unit(period: Period, units: Collection[int]) -> dict[int, Before]:
    """By unit of the period; every one of `units` is in it."""
    return before_of(units, year=period.year, host_id=period.host_id)


def before_of(units: Collection[int], *, year: int, host_id: int) -> dict[int, Before]:
    """What results of that year are compared with, whether they were published or recorded here."""
    last = year - 1
    made = _origins(units, since=last, until=year)
    named = {origin.predecessor_id for origins in made.values() for origin in origins}
    figures = _figures(last, {*units, *named}, host_id=host_id)
    # What several units came of was not continued by any of them.
    heirs: dict[int, set[int]] = {}
    heirs_of = Lineage.objects.filter(predecessor__in=named, on__year__gt=last, on__year__lte=year)
    for origin in heirs_of.order_by("pk"):
        heirs.setdefault(origin.predecessor_id, set()).add(origin.successor_id)
    return {unit: _before(unit, made.get(unit, []), figures, heirs) for unit in units}


def _before(
    unit: int, origins: list[Lineage], figures: dict[int, Figures], heirs: dict[int, set[int]]
) -> Before:
    if not origins:
        return Before(figures.get(unit))
    found = tuple(figures[o.predecessor_id] for o in origins if o.predecessor_id in figures)
    own = figures.get(unit)
    if len(origins) == 1 and own is None and heirs[origins[0].predecessor_id] == {unit}:
        return Before(found[0] if found else None, was_rearranged=True)
    return Before(origins=(*([own] if own else []), *found), was_rearranged=True)


def _origins(units: Collection[int], *, since: int, until: int) -> dict[int, list[Lineage]]:
    """Where units came from that were rearranged between the scoring of these two years."""
    rows = Lineage.objects.filter(successor__in=units, on__year__gt=since, on__year__lte=until)
    rows = rows.select_related("predecessor")
    made: dict[int, list[Lineage]] = {}
    for row in rows.order_by("on", "predecessor__sort_key", "pk"):
        made.setdefault(row.successor_id, []).append(row)
    return made


def _figures(year: int, units: Collection[int], *, host_id: int) -> dict[int, Figures]:
    """Of the same host rather than of another, published here rather than recorded, the latest rather than before."""
    results = in_force(published_results()).filter(assessment__unit__in=units, assessment__period__year=year)
    records = recorded_results().filter(unit__in=units, year=year)
    found: dict[int, Figures] = {}
    candidates: list[tuple[tuple[bool, bool], Figures]] = [
        *(
            ((record.host_id == host_id, False), _of_record(record))
            for record in records.order_by("entered_at", "pk")
        ),
        *(
            ((result.assessment.period.host_id == host_id, True), _of_result(result))
            for result in _by_time(results)
        ),
    ]
    for _, figures in sorted(candidates, key=lambda candidate: candidate[0]):
        found[figures.unit.pk] = figures
    return found


def _by_time(results: Iterable[Result]) -> list[Result]:
    return sorted(results, key=lambda result: (result.publication.published_at, result.pk))


def _of_result(result: Result) -> Figures:
    sheet = result.assessment
    return Figures(
        sheet.unit,
        sheet.period.year,
        result.total,
        sheet.cohort.criteria_set.total,
        result.rank,
        result.group_size,
        result,
    )


def _of_record(record: RecordedResult) -> Figures:
    return Figures(
        record.unit,
        record.year,
        record.declared_total,
        record.max_total,
        record.rank,
        record.group_size,
        record,
    )
