"""A sheet as appraisers and the council see it: the unit's layer beside their own."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from assessments.models import Assessment, Layer, LayerTotal, Score
from assessments.queries.reasons import row_before
from assessments.queries.sheet import Filled, Heading, LeafRow, filled, sections_of
from assessments.workflow import WITH_UNIT, PeriodState, State
from criteria import tree
from criteria.inputs import inputs
from criteria.rules import Direct

# The layer that is being written, or was written last, in each state of a sheet.
LAYER_IN = {
    State.SUBMITTED: Layer.ROUND1,
    State.EXPLAINING: Layer.ROUND2,
    State.APPRAISED: Layer.COUNCIL,
    State.FINAL: Layer.COUNCIL,
}


# The chip of each state, wherever sheets are listed.
TONES = {
    State.DRAFT: "neutral",
    State.REVIEW: "progress",
    State.RETURNED: "warn",
    State.SUBMITTED: "progress",
    State.EXPLAINING: "progress",
    State.APPRAISED: "warn",
    State.FINAL: "ok",
}


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A leaf with the layers beside each other; `fields` are what the person at work may change."""

    row: LeafRow
    layer: Layer
    fields: tuple[Filled, ...]
    is_leaf: bool = True

    @property
    def criterion(self) -> tree.Criterion:
        return self.row.criterion

    @property
    def own(self) -> Score | None:
        return self.row.own

    @property
    def round1(self) -> Score | None:
        """The appraisers' score, where the council's work starts from it."""
        return self.row.scores.get(Layer.ROUND1) if self.layer == Layer.COUNCIL else None

    @property
    def judged(self) -> Score | None:
        return self.row.scores.get(self.layer)

    @property
    def scored_by_unit(self) -> bool:
        return self.row.scored_by_unit

    @property
    def is_direct(self) -> bool:
        return isinstance(self.criterion.rule, Direct)


@dataclass(frozen=True, slots=True)
class JudgedSection:
    pk: int
    criterion: tree.Criterion
    entries: list[Heading | JudgedRow]

    @property
    def left(self) -> int:
        """Leaves nobody has appraised yet."""
        rows = (entry for entry in self.entries if isinstance(entry, JudgedRow))
        return sum(1 for row in rows if row.scored_by_unit and row.judged is None)


def judged_sections(assessment: Assessment) -> list[JudgedSection]:
    layer = LAYER_IN[State(assessment.state)]
    return [
        JudgedSection(
            pk=section.pk,
            criterion=section.criterion,
            entries=[
                judged_row(entry, layer) if isinstance(entry, LeafRow) else entry for entry in section.entries
            ],
        )
        for section in sections_of(assessment)
    ]


def judged_row(row: LeafRow, layer: Layer) -> JudgedRow:
    shown = row.scores.get(layer) or row_before(layer, row.scores)
    rule = row.criterion.rule
    fields = tuple(filled(field, shown.data if shown else None) for field in inputs(rule)) if rule else ()
    return JudgedRow(row, layer, fields)


@dataclass(frozen=True, slots=True)
class SheetToAppraise:
    """A sent sheet with the stored totals of the layers so far."""

    assessment: Assessment
    totals: dict[str, LayerTotal]

    @property
    def self_total(self) -> LayerTotal | None:
        return self.totals.get(Layer.SELF)

    @property
    def round1(self) -> LayerTotal | None:
        return self.totals.get(Layer.ROUND1)

    @property
    def is_done(self) -> bool:
        return self.assessment.state != State.SUBMITTED or bool(
            self.round1 and not self.round1.is_provisional
        )

    @property
    def left(self) -> int:
        """Leaves that nobody has appraised yet."""
        return 0 if self.is_done or not self.round1 else self.round1.leaves - self.round1.answered

    @property
    def tone(self) -> str:
        return TONES[State(self.assessment.state)]


def sheets_to_appraise(user: User) -> list[SheetToAppraise]:
    """Sent sheets of open periods whose host is the user's office, or the one above it; not his own unit's.

    Those that wait for him come first.
    """
    sheets = (
        Assessment.objects.in_context()
        .filter(period__host__in=user.appraised_hosts, period__state=PeriodState.OPEN)
        .exclude(state__in=WITH_UNIT)
        .exclude(unit__in={m.unit_id for m in user.held if m.unit_id})
        .order_by("-period__year", "cohort__position", "unit__sort_key", "pk")
    )
    listed = [
        SheetToAppraise(sheet, {total.layer: total for total in sheet.layer_totals.all()})
        for sheet in sheets.prefetch_related("layer_totals")
    ]
    return sorted(listed, key=lambda sheet: sheet.is_done)
