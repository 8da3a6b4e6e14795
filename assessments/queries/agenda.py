"""The agenda of a session of the council as its page shows it: each leaf with its thread and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.http import QueryDict

from assessments.models import (
    Assessment,
    CouncilDecision,
    CouncilSession,
    Explanation,
    Layer,
    Score,
)
from assessments.queries.before_council import BEFORE_COUNCIL, BY_CRITERION, Listed, listed_leaves
from assessments.queries.extensions import with_extensions
from assessments.queries.leaves import leaf_criterion
from assessments.queries.reasons import row_before
from assessments.queries.sheet import Filled, filled, typed_in
from assessments.workflow import Action
from criteria.inputs import inputs
from criteria.points import ZERO, format_points
from criteria.queries import stored_tree
from criteria.rules import Direct
from criteria.tree import Criterion, NotApplicable, Source

PER_PAGE = 40


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """A leaf with everything that was said about it. `refusal` tells why nothing can be decided now."""

    listed: Listed
    assessment: Assessment
    criterion: Criterion
    layers: dict[str, Score]
    explanation: Explanation | None
    decision: CouncilDecision | None
    fields: tuple[Filled, ...]
    refusal: str | None

    @property
    def pk(self) -> int:
        return self.listed.criterion_id

    @property
    def own(self) -> Score | None:
        return self.layers.get(Layer.SELF)

    @property
    def round1(self) -> Score | None:
        return self.layers.get(Layer.ROUND1)

    @property
    def round2(self) -> Score | None:
        return self.layers.get(Layer.ROUND2)

    @property
    def council(self) -> Score | None:
        return self.layers.get(Layer.COUNCIL)

    @property
    def anchor(self) -> str:
        return f"leaf-{self.assessment.pk}-{self.pk}"

    @property
    def was_revised(self) -> bool:
        """Whether round 2 looked at it, instead of taking round 1 over."""
        return self.explanation is not None and self.explanation.stance == Explanation.Stance.DISAGREED

    @property
    def is_direct(self) -> bool:
        return isinstance(self.criterion.rule, Direct)

    @property
    def may_skip(self) -> bool:
        return self.criterion.not_applicable is not NotApplicable.NONE

    @property
    def override(self) -> str:
        """Points set by hand, as they were typed: without the sign of a penalty."""
        council = self.council
        by_hand = council is not None and council.basis == Score.Basis.OVERRIDE
        return format_points(abs(council.points)) if by_hand and council.points is not None else ""

    @property
    def difference(self) -> Decimal | None:
        """Appraised points less the unit's own; None where one of the two doesn't count."""
        own, judged = self.own, self.round2
        if judged is None or judged.points is None or (own is not None and own.excluded):
            return None
        return judged.points - (own.points if own is not None and own.points is not None else ZERO)

    @property
    def compared(self) -> str:
        if not self.difference:
            return ""
        how = "cao hơn" if self.difference > 0 else "thấp hơn"
        return f"Thẩm định {how} tự chấm {format_points(abs(self.difference))} điểm"

    def retyped(self, typed: QueryDict) -> AgendaRow:
        """The same row showing what a person typed, for him to mend."""
        assert self.criterion.rule is not None
        return replace(self, fields=tuple(typed_in(field, typed) for field in inputs(self.criterion.rule)))


@dataclass(frozen=True)
class Group:
    """Rows of one unit, or of one criterion."""

    heading: str
    rows: tuple[AgendaRow, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    done: int
    total: int

    @property
    def left(self) -> int:
        return self.total - self.done


@dataclass(frozen=True)
class Agenda:
    """One page of it, with how much of the whole is decided."""

    groups: tuple[Group, ...]
    page: Page
    progress: Progress


def agenda(
    session: CouncilSession, *, cohort_id: int | None, by: str, only_left: bool, page: str, now: datetime
) -> Agenda:
    everything = listed_leaves(session, cohort_id=cohort_id, by=by)
    shown = [leaf for leaf in everything if not (only_left and leaf.is_decided)]
    at = Paginator(shown, PER_PAGE).get_page(page)
    rows = rows_of(session, at.object_list, now=now)
    return Agenda(_grouped(rows, by), at, _progress(everything))


def progress(session: CouncilSession, cohort_id: int | None = None) -> Progress:
    return _progress(listed_leaves(session, cohort_id=cohort_id))


def _progress(leaves: Sequence[Listed]) -> Progress:
    return Progress(sum(leaf.is_decided for leaf in leaves), len(leaves))


def agenda_row(
    session: CouncilSession, assessment: Assessment, criterion_id: int, *, now: datetime
) -> AgendaRow | None:
    """Any leaf that the unit scored on an appraised sheet, on the agenda or not; None for anything else."""
    criterion = leaf_criterion(assessment, criterion_id)
    if criterion is None or criterion.source is not Source.UNIT or assessment.state not in BEFORE_COUNCIL:
        return None
    key = (assessment.pk, criterion_id)
    everything = listed_leaves(session, cohort_id=assessment.cohort_id)
    found = next((leaf for leaf in everything if leaf.key == key), Listed(*key, False, False, False))
    [row] = rows_of(session, [found], now=now)
    return row


def rows_of(session: CouncilSession, leaves: Sequence[Listed], *, now: datetime) -> list[AgendaRow]:
    """In the order of `leaves`, from a constant number of queries."""
    wanted = {leaf.key for leaf in leaves}
    among = {
        "assessment__in": {leaf.assessment_id for leaf in leaves},
        "criterion__in": {leaf.criterion_id for leaf in leaves},
    }
    sheets = Assessment.objects.in_context().in_bulk(among["assessment__in"])
    with_extensions(sheets.values())
    scores: dict[tuple[int, int], dict[str, Score]] = {}
    for score in Score.objects.filter(**among).select_related("updated_by").order_by("pk"):
        if (score.assessment_id, score.criterion_id) in wanted:
            scores.setdefault((score.assessment_id, score.criterion_id), {})[score.layer] = score
    explanations = {
        (answer.assessment_id, answer.criterion_id): answer
        for answer in Explanation.objects.filter(**among).select_related("answered_by").order_by("pk")
    }
    decisions = {
        (decision.assessment_id, decision.criterion_id): decision
        for decision in CouncilDecision.objects.filter(session=session, **among)
        .select_related("decided_by")
        .order_by("pk")
    }
    rows = []
    for leaf in leaves:
        sheet = sheets[leaf.assessment_id]
        stored = stored_tree(sheet.cohort.criteria_set)
        criterion = stored.tree.by_code[stored.codes[leaf.criterion_id]]
        layers = scores.get(leaf.key, {})
        shown = layers.get(Layer.COUNCIL) or row_before(Layer.COUNCIL, layers)
        assert criterion.rule is not None
        rows.append(
            AgendaRow(
                listed=leaf,
                assessment=sheet,
                criterion=criterion,
                layers=layers,
                explanation=explanations.get(leaf.key),
                decision=decisions.get(leaf.key),
                fields=tuple(filled(field, shown and shown.data) for field in inputs(criterion.rule)),
                refusal=sheet.why_not(Action.FIX, now=now, leaf=leaf.criterion_id),
            )
        )
    return rows


def _grouped(rows: Sequence[AgendaRow], by: str) -> tuple[Group, ...]:
    groups: dict[tuple[int, object], list[AgendaRow]] = {}
    for row in rows:
        what = row.pk if by == BY_CRITERION else row.assessment.pk
        groups.setdefault((row.assessment.cohort_id, what), []).append(row)
    return tuple(Group(_heading(members[0], by), tuple(members)) for members in groups.values())


def _heading(row: AgendaRow, by: str) -> str:
    if by == BY_CRITERION:
        return f"{row.criterion.code} {row.criterion.name} – {row.assessment.cohort.name}"
    return f"{row.assessment.unit} – {row.assessment.cohort.name}"
