"""Published and recorded results as Outcome values, in a number of queries that no number of results changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from django.db.models import F, QuerySet

from accounts.models import Unit
from assessments.differences import Difference
from assessments.differences import differences as contradictions
from assessments.models import AreaResult, RecordedResult, RecordedRow, Result, Score
from assessments.outcome import Decision, Loss, Outcome, OutcomeRow
from assessments.queries.overlay import NO_OVERLAY, Overlay, overlays_of
from assessments.queries.result_rows import ResultRows
from assessments.recorded import Record
from criteria import tree
from criteria.points import ZERO
from criteria.queries import stored_tree
from criteria.tree import Component


def published_results() -> QuerySet[Result]:
    """With everything that permissions, page heads and outcomes read."""
    return Result.objects.select_related(
        "publication", "assessment__unit", "assessment__period__host", "assessment__cohort__criteria_set"
    )


def in_force(results: QuerySet[Result]) -> QuerySet[Result]:
    """Without those that a correction has taken the place of."""
    return results.filter(publication=F("assessment__period__publication"))


def recorded_results() -> QuerySet[RecordedResult]:
    # A chain of parents, because permissions look upwards from the unit.
    return RecordedResult.objects.select_related("host", "entered_by", "unit__parent__parent__parent")


def outcome_of_result(result: Result) -> Outcome:
    [outcome] = outcomes_of_results([result])
    return outcome


def outcome_of_record(record: RecordedResult) -> Outcome:
    [outcome] = outcomes_of_records([record])
    return outcome


def sources_of(unit: Unit) -> tuple[tuple[Result | RecordedResult, Outcome], ...]:
    """All years of a unit, newest first, with the rows they come from.

    Where a year has both, what was published here comes first; of that only what is in force.
    """
    published = in_force(published_results()).filter(assessment__unit=unit)
    results = list(published.order_by("-publication__published_at"))
    records = list(recorded_results().filter(unit=unit).order_by("host__sort_key", "pk"))
    pairs = [
        *zip(results, outcomes_of_results(results), strict=True),
        *zip(records, outcomes_of_records(records), strict=True),
    ]
    return tuple(sorted(pairs, key=lambda pair: -pair[1].year))


def differences(record: RecordedResult) -> tuple[Difference, ...]:
    """What does not add up in a record, in words."""
    return contradictions(outcome_of_record(record))


def record_value(record: RecordedResult) -> Record:
    """A stored record as the value that made it."""
    [value] = _record_values([record])
    return value


def outcomes_of_results(results: Sequence[Result]) -> list[Outcome]:
    """One per result, as its own publication has it; `results` come from `published_results()`."""
    sheets = [result.assessment for result in results]
    scores: dict[int, list[Score]] = {sheet.pk: [] for sheet in sheets}
    for score in Score.objects.filter(assessment__in=sheets).order_by("pk") if sheets else ():
        scores[score.assessment_id].append(score)
    areas: dict[int, dict[int, AreaResult]] = {result.pk: {} for result in results}
    for area in AreaResult.objects.filter(result__in=results) if results else ():
        areas[area.result_id][area.criterion_id] = area
    overlays = overlays_of(results)
    return [
        _of_result(
            result, scores[result.assessment_id], overlays.get(result.pk, NO_OVERLAY), areas[result.pk]
        )
        for result in results
    ]


def outcomes_of_records(records: Sequence[RecordedResult]) -> list[Outcome]:
    """One per record; `records` come from `recorded_results()`."""
    return [
        value.outcome(unit_id=record.unit_id, host_name=record.host.short_name)
        for record, value in zip(records, _record_values(records), strict=True)
    ]


# A result published here


def _of_result(
    result: Result, scores: Iterable[Score], overlay: Overlay, areas: dict[int, AreaResult]
) -> Outcome:
    sheet, publication = result.assessment, result.publication
    stored = stored_tree(sheet.cohort.criteria_set)
    detail = ResultRows(stored, scores, overlay, has_points=result.total is not None)
    return Outcome(
        unit_id=sheet.unit_id,
        year=sheet.period.year,
        host_name=sheet.period.host.short_name,
        group_name=sheet.cohort.name,
        areas=tuple(
            _with_stored_figures(detail.row(area, 0), areas.get(stored.ids[area.code]))
            for area in stored.tree.areas
        ),
        max_total=stored.tree.total,
        self_total=result.self_total,
        total=result.total,
        rank=result.rank,
        group_size=result.group_size,
        grade=result.grade,
        decision=Decision(
            publication.decision_number, publication.decision_date, publication.decision_issuer
        ),
        bonus=result.bonus or ZERO,
        penalty=result.penalty or ZERO,
        extras=tuple(detail.row(node, 0) for node in _outside_areas(stored.tree.criteria)),
    )


def _outside_areas(
    criteria: Iterable[tree.Criterion], above: tree.Role = tree.Role.BASE
) -> Iterator[tree.Criterion]:
    """The highest bonus and penalty criteria, wherever they stand."""
    for criterion in criteria:
        if criterion.role not in {tree.Role.BASE, above}:
            yield criterion
        yield from _outside_areas(criterion.children, criterion.role)


def _with_stored_figures(row: OutcomeRow, area: AreaResult | None) -> OutcomeRow:
    """Published figures are the stored ones, never a recount."""
    if area is None:
        return row
    return replace(
        row,
        max_points=area.applicable,
        self_points=area.self_points,
        points=area.points,
        rank=area.rank,
    )


# A result recorded from elsewhere


def _record_values(records: Sequence[RecordedResult]) -> list[Record]:
    rows: dict[int, list[RecordedRow]] = {record.pk: [] for record in records}
    if records:
        stored = RecordedRow.objects.filter(result__in=records).order_by("result", "position")
        for row in stored.prefetch_related("losses"):
            rows[row.result_id].append(row)
    return [_record_value(record, rows[record.pk]) for record in records]


def _record_value(record: RecordedResult, rows: list[RecordedRow]) -> Record:
    return Record(
        year=record.year,
        areas=_recorded_rows(rows),
        max_total=record.max_total,
        self_total=record.declared_self_total,
        total=record.declared_total,
        rank=record.rank,
        group_name=record.group_name,
        group_size=record.group_size,
        grade=record.grade,
        decision=Decision(
            record.decision_number, record.decision_date, record.decision_issuer, record.decision_kind
        )
        if record.decision_number
        else None,
        note=record.note,
    )


def _recorded_rows(rows: list[RecordedRow]) -> tuple[OutcomeRow, ...]:
    below: dict[int | None, list[RecordedRow]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)

    def build(parent_id: int | None, depth: int) -> tuple[OutcomeRow, ...]:
        return tuple(
            OutcomeRow(
                code=row.code,
                name=row.name,
                depth=depth,
                max_points=row.max_points,
                self_points=row.self_points,
                points=row.points,
                rank=row.rank,
                rank_change=row.rank_change,
                losses=tuple(
                    Loss(tuple(Component(**part) for part in loss.components), loss.points)
                    for loss in row.losses.all()
                ),
                reason=row.reason,
                note=row.note,
                children=build(row.pk, depth + 1),
            )
            for row in below.get(parent_id, ())
        )

    return build(None, 0)
