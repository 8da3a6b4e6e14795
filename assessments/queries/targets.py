"""The targets of a cohort as its page shows them: units down, leaves across."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F

from assessments.models import Assessment, AssignedTarget, Cohort, Period
from assessments.queries.leaves import needs_target
from assessments.workflow import Action
from criteria.points import format_points
from criteria.queries import stored_tree
from criteria.tree import Criterion


@dataclass(frozen=True, slots=True)
class TargetCell:
    """`value` is the stored ratio; people read and type it in percent."""

    assessment_id: int
    criterion_id: int
    value: Decimal | None

    @property
    def name(self) -> str:
        return _name(self.assessment_id, self.criterion_id)

    @property
    def percent(self) -> str:
        return "" if self.value is None else format_points(self.value * 100)


@dataclass(frozen=True, slots=True)
class TargetRow:
    """`is_own`: the person who asks belongs to the unit, so that somebody else assigns its targets."""

    assessment: Assessment
    cells: tuple[TargetCell, ...]
    is_own: bool

    @property
    def is_fixed(self) -> bool:
        return not self.assessment.admits(Action.ASSIGN_TARGET)

    @property
    def is_closed(self) -> bool:
        return self.is_own or self.is_fixed


@dataclass(frozen=True)
class TargetGrid:
    leaves: tuple[tuple[int, Criterion], ...]
    rows: tuple[TargetRow, ...]

    @property
    def open_cells(self) -> list[TargetCell]:
        return [cell for row in self.rows if not row.is_closed for cell in row.cells]

    @property
    def labels(self) -> dict[str, str]:
        """Unit and leaf of each cell, by its name."""
        return {
            cell.name: f"{row.assessment.unit.short_name}, tiêu chí {leaf.code}"
            for row in self.rows
            for cell, (_, leaf) in zip(row.cells, self.leaves, strict=True)
        }

    @property
    def assigned(self) -> int:
        return sum(cell.value is not None for row in self.rows for cell in row.cells)

    @property
    def asked(self) -> int:
        return len(self.rows) * len(self.leaves)


@dataclass(frozen=True)
class TargetChange:
    """`value` is the new ratio (0.7 is 70%), None to clear; `seen` is what the page showed."""

    assessment_id: int
    criterion_id: int
    value: Decimal | None
    seen: Decimal | None

    @property
    def name(self) -> str:
        """Of the cell that it is about."""
        return _name(self.assessment_id, self.criterion_id)


def _name(assessment_id: int, criterion_id: int) -> str:
    return f"target-{assessment_id}-{criterion_id}"


def target_grid(cohort: Cohort, *, barred: frozenset[int]) -> TargetGrid:
    """`barred` are the units to which the person who asks belongs."""
    stored = stored_tree(cohort.criteria_set)
    leaves = tuple((stored.ids[leaf.code], leaf) for leaf in stored.tree.leaves() if needs_target(leaf))
    values = {
        (target.assessment_id, target.criterion_id): target.value
        for target in AssignedTarget.objects.filter(assessment__cohort=cohort).order_by("pk")
    }
    sheets = cohort.assessments.select_related("unit").order_by("unit__sort_key", "unit__code")
    return TargetGrid(
        leaves,
        tuple(
            TargetRow(
                sheet,
                tuple(TargetCell(sheet.pk, pk, values.get((sheet.pk, pk))) for pk, _ in leaves),
                is_own=sheet.unit_id in barred,
            )
            for sheet in sheets
        ),
    )


def assigned_by_cohort(period: Period) -> dict[int, int]:
    """How many targets each cohort has on the set that it uses now; absent where it has none."""
    return dict(
        AssignedTarget.objects.filter(
            assessment__period=period, criterion__criteria_set=F("assessment__cohort__criteria_set")
        )
        .order_by()
        .values_list("assessment__cohort")
        .annotate(assigned=Count("pk"))
    )
