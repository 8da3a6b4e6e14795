"""What is entered centrally for a cohort, as the workbook to fill in shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from assessments.entry_files.grid import (
    SKIPPED,
    CellKind,
    Column,
    Grid,
    GridRow,
    Held,
    data_columns,
    grid_sheets,
)
from assessments.models import Assessment, AssignedTarget, Cohort, Layer, Score
from assessments.queries.leaves import needs_target
from assessments.workflow import Action, PeriodState
from criteria.queries import StoredTree, stored_tree
from criteria.scoring import NOT_APPLICABLE
from criteria.tree import Criterion, Source

Key = tuple[int, int]  # of a sheet and a leaf


@dataclass(frozen=True)
class Entered:
    """Sheets of a cohort by the code of their unit, with what stands on the leaves entered centrally."""

    cohort: Cohort
    stored: StoredTree
    sheets: Mapping[str, Assessment]
    scores: Mapping[Key, Score]
    targets: Mapping[Key, Decimal]

    @property
    def central(self) -> list[Criterion]:
        """None before the period is open: only targets are assigned so early."""
        if self.cohort.period.state == PeriodState.PREPARING:
            return []
        return [leaf for leaf in self.stored.tree.leaves() if leaf.source is not Source.UNIT]

    @property
    def with_targets(self) -> list[Criterion]:
        return [leaf for leaf in self.stored.tree.leaves() if needs_target(leaf)]

    def score(self, sheet: Assessment, leaf: Criterion) -> Score | None:
        return self.scores.get((sheet.pk, self.stored.ids[leaf.code]))

    def target(self, sheet: Assessment, leaf: Criterion) -> Decimal | None:
        return self.targets.get((sheet.pk, self.stored.ids[leaf.code]))


def entered(cohort: Cohort) -> Entered:
    stored = stored_tree(cohort.criteria_set)
    sheets = Assessment.objects.in_context().filter(cohort=cohort).order_by("unit__sort_key", "unit__code")
    scores = Score.objects.filter(
        assessment__cohort=cohort, layer=Layer.COUNCIL, criterion__criteria_set=cohort.criteria_set
    ).exclude(criterion__source=Source.UNIT)
    targets = AssignedTarget.objects.filter(assessment__cohort=cohort).order_by("pk")
    return Entered(
        cohort=cohort,
        stored=stored,
        sheets={sheet.unit.code: sheet for sheet in sheets},
        scores={
            (score.assessment_id, score.criterion_id): score
            for score in scores.select_related("updated_by").order_by("pk")
        },
        targets={
            (assessment_id, criterion_id): value
            for assessment_id, criterion_id, value in targets.values_list(
                "assessment_id", "criterion_id", "value"
            )
        },
    )


def entry_grid(cohort: Cohort, *, now: datetime) -> Grid:
    found = entered(cohort)
    return Grid(
        name=f"{cohort.name} – {cohort.period.name}",
        made_at=now,
        sheets=grid_sheets(found.central, found.with_targets),
        rows=tuple(
            GridRow(code, sheet.unit.short_name, not sheet.admits(Action.ENTER_CENTRAL))
            for code, sheet in found.sheets.items()
        ),
        held={
            (code, column): value
            for code, sheet in found.sheets.items()
            for column, value in _held(found, sheet)
        },
    )


def _held(found: Entered, sheet: Assessment) -> Iterator[tuple[str, Held]]:
    for leaf in found.central:
        score = found.score(sheet, leaf)
        if score is None or not score.is_answered:
            continue
        if score.basis == Score.Basis.OVERRIDE:
            yield f"{leaf.code} | override", abs(score.points or Decimal(0))
            yield f"{leaf.code} | reason", score.note or None
        else:
            yield from _figures(leaf, score.data or {})
    for leaf in found.with_targets:
        target = found.target(sheet, leaf)
        if target is not None:
            yield f"{leaf.code} | target", target * 100


def _figures(leaf: Criterion, data: Mapping[str, Any]) -> Iterator[tuple[str, Held]]:
    columns = list(data_columns(leaf))
    if NOT_APPLICABLE in data:
        yield columns[0].key, SKIPPED
        return
    for column in columns:
        value = declared(column, data)
        if value is not None:
            yield column.key, _shown(column, value)


def _shown(column: Column, value: Any) -> Held:
    match column.kind:
        case CellKind.TICK:
            return "x" if column.lines[0].key in value else "0"
        case CellKind.CHOICE:
            return column.words.get(value)
    return Decimal(value)


def declared(column: Column, data: Mapping[str, Any]) -> Any:
    """What declared data say in a column; of a list of ticks the whole list. None where they say nothing."""
    value: Any = data
    for step in column.path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
