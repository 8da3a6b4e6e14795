"""A sheet as appraisers and the council see it: the unit's layer beside their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assessments.models import Assessment, Attachment, Explanation, Layer, Mark, Score, ScoreBase
from assessments.queries.desks import Desk, Marks, judged_by
from assessments.queries.explanations import answers_of, is_below
from assessments.queries.reasons import row_before
from assessments.queries.sheet import Filled, Heading, LeafRow, filled, leaf_row, narrowed, sections_of
from assessments.workflow import Action, State
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
    """A leaf with the layers beside each other, as one person may see them.

    `judged` is what the layer says, or his own mark where two appraise; `fields` are what he may change, `action`
    is what changing them would be: None where it isn't his, or not the time.
    """

    row: LeafRow
    layer: Layer
    released_at: datetime | None
    fields: tuple[Filled, ...]
    judged: ScoreBase | None
    marks: Marks | None
    explanation: Explanation | None
    action: Action | None
    is_leaf: bool = True

    @property
    def criterion(self) -> tree.Criterion:
        return self.row.criterion

    @property
    def own(self) -> Score | None:
        return self.row.own

    @property
    def before(self) -> Score | None:
        """What round 2 and the council start from."""
        if self.layer == Layer.ROUND1 or not self.scored_by_unit:
            return None
        return row_before(self.layer, self.row.scores)

    @property
    def scored_by_unit(self) -> bool:
        return self.row.scored_by_unit

    @property
    def is_direct(self) -> bool:
        return isinstance(self.criterion.rule, Direct)

    @property
    def is_answered(self) -> bool:
        return self.judged is not None and self.judged.is_answered

    @property
    def by_hand(self) -> Decimal | None:
        """Points set in place of the rule's."""
        judged = self.judged
        return judged.points if judged is not None and judged.basis == Score.Basis.OVERRIDE.value else None

    @property
    def is_disputed(self) -> bool:
        return self.explanation is not None and self.explanation.stance == Explanation.Stance.DISAGREED.value

    @property
    def is_to_settle(self) -> bool:
        """Both appraisers are done and differ, and the coordinator has not decided."""
        return self.marks is not None and self.marks.differ and self.judged is self.marks.mine

    @property
    def is_left(self) -> bool:
        """Nobody has judged it who should: an appraiser, in round 2 only what the unit disputes, or the council."""
        if self.layer == Layer.COUNCIL:
            return not self.is_answered
        if self.layer == Layer.ROUND2 and not self.is_disputed:
            return False
        return self.scored_by_unit and not self.is_answered

    @property
    def is_asked(self) -> bool:
        """The unit is, or would be, asked to explain it."""
        judged = self.row.scores.get(Layer.ROUND1) if self.layer != Layer.ROUND1 else self.judged
        return is_below(self.own, judged)

    @property
    def settles(self) -> bool:
        return self.action is Action.SETTLE

    @property
    def added(self) -> list[Attachment]:
        """Evidence that the unit attached after it was told the points of round 1."""
        since = self.released_at
        return [] if since is None else [one for one in self.row.attached if one.attached_at >= since]


@dataclass(frozen=True, slots=True)
class JudgedSection:
    """A top criterion with those of its leaves that the person sees."""

    pk: int
    criterion: tree.Criterion
    entries: list[Heading | JudgedRow]

    @property
    def rows(self) -> list[JudgedRow]:
        return [entry for entry in self.entries if isinstance(entry, JudgedRow)]

    @property
    def asked(self) -> int:
        return sum(row.scored_by_unit for row in self.rows)

    @property
    def left(self) -> int:
        """Leaves that still wait for points."""
        return sum(row.scored_by_unit and row.is_left for row in self.rows)

    @property
    def done(self) -> int:
        return self.asked - self.left

    @property
    def to_agree(self) -> int:
        """Leaves that one click on "agree with the area" would judge."""
        return sum(row.action is Action.APPRAISE and row.judged is None for row in self.rows)


def judged_sections(assessment: Assessment, desk: Desk, *, now: datetime) -> list[JudgedSection]:
    """Every area with what is his in it; who oversees sees all."""
    marks: dict[int, dict[int, Mark]] = {}
    for mark in assessment.marks.select_related("updated_by").order_by("pk"):
        marks.setdefault(mark.criterion_id, {})[mark.place] = mark
    answers = {} if assessment.released_at is None else answers_of(assessment)
    seen = None if desk.oversees else desk.leaves(assessment.unit_id)
    sections = []
    for section in sections_of(assessment):
        kept = section if seen is None else narrowed(section, lambda row: row.pk in seen)
        entries = [
            judged_row(
                entry,
                assessment,
                desk,
                marks=marks.get(entry.pk, {}),
                explanation=answers.get(entry.pk),
                now=now,
            )
            if isinstance(entry, LeafRow)
            else entry
            for entry in kept.entries
        ]
        if entries:
            sections.append(JudgedSection(section.pk, section.criterion, entries))
    return sections


def judged_leaf(assessment: Assessment, criterion_id: int, desk: Desk, *, now: datetime) -> JudgedRow:
    """One leaf alone. The caller knows that it is a leaf of the sheet's set, and that the person may see it."""
    marks = {
        mark.place: mark
        for mark in assessment.marks.filter(criterion=criterion_id)
        .select_related("updated_by")
        .order_by("place")
    }
    return judged_row(
        leaf_row(assessment, criterion_id),
        assessment,
        desk,
        marks=marks,
        explanation=answers_of(assessment).get(criterion_id),
        now=now,
    )


def judged_row(
    row: LeafRow,
    sheet: Assessment,
    desk: Desk,
    *,
    marks: Mapping[int, Mark],
    explanation: Explanation | None,
    now: datetime,
    layer: Layer | None = None,
) -> JudgedRow:
    """`layer` where another is looked at than the one that is being written."""
    layer = layer or LAYER_IN[State(sheet.state)]
    known = desk.marks(sheet.unit_id, row.pk, marks) if layer == Layer.ROUND1 else None
    judged = judged_by(known, row.scores.get(layer))
    shown = judged or row_before(layer, row.scores)
    rule = row.criterion.rule
    action = desk.action(sheet, row.pk, layer, known) if row.scored_by_unit else None
    if action is Action.REVISE and not _disputes(explanation):
        action = None
    if action is not None and sheet.why_not(action, now=now, leaf=row.pk) is not None:
        action = None
    return JudgedRow(
        row=row,
        layer=layer,
        released_at=sheet.released_at,
        fields=tuple(filled(field, shown.data if shown else None) for field in inputs(rule)) if rule else (),
        judged=judged,
        marks=known,
        explanation=explanation,
        action=action,
    )


def _disputes(explanation: Explanation | None) -> bool:
    return explanation is not None and explanation.stance == Explanation.Stance.DISAGREED.value
