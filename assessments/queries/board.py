"""How far every unit of a period is, from stored totals: a constant number of queries at any size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F

from assessments.models import ANSWERED, Assessment, Cohort, Layer, LayerTotal, Period, Score
from assessments.queries.appraisal import TONES
from assessments.queries.leaves import needs_target
from assessments.queries.periods import cohorts_of
from assessments.queries.targets import assigned_by_cohort
from assessments.workflow import PeriodState, State
from criteria.queries import stored_tree
from criteria.tree import Source


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One unit; a total is None until its layer has begun."""

    assessment: Assessment
    own: LayerTotal | None
    round1: LayerTotal | None
    council: LayerTotal | None
    is_late: bool

    @property
    def has_left(self) -> bool:
        return not self.assessment.is_with_unit

    @property
    def council_began(self) -> bool:
        """Central leaves may be entered before, but make no total yet."""
        return self.council is not None and self.assessment.state in {State.APPRAISED, State.FINAL}

    @property
    def tone(self) -> str:
        return TONES[State(self.assessment.state)]


LATE = "tre-han"


@dataclass(frozen=True)
class CohortBoard:
    """`rows` are all units of the cohort; `shown` those in the chosen state, or the late ones."""

    cohort: Cohort
    rows: tuple[BoardRow, ...]
    central_entered: int
    central_asked: int
    targets_assigned: int
    targets_asked: int
    chosen: str

    @property
    def late(self) -> int:
        return sum(row.is_late for row in self.rows)

    @property
    def by_state(self) -> list[tuple[str, str, int]]:
        """Each state with its label and its number of units."""
        counts = Counter(row.assessment.state for row in self.rows)
        return [(state.value, state.label, counts[state.value]) for state in Assessment.State]

    @property
    def shown(self) -> tuple[BoardRow, ...]:
        if self.chosen == LATE:
            return tuple(row for row in self.rows if row.is_late)
        return tuple(row for row in self.rows if self.chosen in {"", row.assessment.state})


def board(period: Period, *, now: datetime, chosen: str = "") -> list[CohortBoard]:
    """`chosen` is a state or LATE; anything else shows every unit."""
    chosen = chosen if chosen in {LATE, *Assessment.State.values} else ""
    overdue = period.state == PeriodState.OPEN and now > period.approval_closes
    totals: dict[tuple[int, str], LayerTotal] = {
        (total.assessment_id, total.layer): total
        for total in LayerTotal.objects.filter(assessment__period=period).order_by("pk")
    }
    rows: dict[int, list[BoardRow]] = {}
    sheets = period.assessments.select_related("unit").order_by("unit__sort_key", "unit__code")
    for sheet in sheets:
        rows.setdefault(sheet.cohort_id, []).append(
            BoardRow(
                assessment=sheet,
                own=totals.get((sheet.pk, Layer.SELF)),
                round1=totals.get((sheet.pk, Layer.ROUND1)),
                council=totals.get((sheet.pk, Layer.COUNCIL)),
                is_late=overdue and sheet.is_with_unit,
            )
        )
    entered = _entered(period)
    assigned = assigned_by_cohort(period)
    boards = []
    for cohort in cohorts_of(period):
        leaves = list(stored_tree(cohort.criteria_set).tree.leaves())
        boards.append(
            CohortBoard(
                cohort=cohort,
                rows=tuple(rows.get(cohort.pk, ())),
                central_entered=entered.get(cohort.pk, 0),
                central_asked=sum(leaf.source is not Source.UNIT for leaf in leaves) * cohort.unit_count,
                targets_assigned=assigned.get(cohort.pk, 0),
                targets_asked=sum(needs_target(leaf) for leaf in leaves) * cohort.unit_count,
                chosen=chosen,
            )
        )
    return boards


def _entered(period: Period) -> Mapping[int, int]:
    """Answered central leaves by cohort, on the set that the cohort uses now."""
    return dict(
        Score.objects.filter(assessment__period=period, layer=Layer.COUNCIL)
        .filter(
            ANSWERED,
            criterion__criteria_set=F("assessment__cohort__criteria_set"),
        )
        .exclude(criterion__source=Source.UNIT)
        .order_by()
        .values_list("assessment__cohort")
        .annotate(entered=Count("pk"))
    )
