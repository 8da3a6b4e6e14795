"""What is put before a session of the council: the leaves still disputed or appraised far from the self-score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import QueryDict

from assessments.models import (
    Assessment,
    Cohort,
    CouncilDecision,
    CouncilSession,
    Explanation,
    Layer,
    Score,
)
from assessments.queries.extensions import with_extensions
from assessments.queries.leaves import leaf_criterion
from assessments.queries.reasons import row_before
from assessments.queries.sheet import Filled, filled, typed_in
from assessments.workflow import Action, State
from criteria.fields import PointsField
from criteria.inputs import inputs
from criteria.points import ZERO, format_points
from criteria.queries import stored_tree
from criteria.rules import Direct
from criteria.tree import Criterion, NotApplicable, Source

BY_UNIT, BY_CRITERION = "don-vi", "tieu-chi"
PER_PAGE = 40
BEFORE_COUNCIL = (State.APPRAISED, State.FINAL)


@dataclass(frozen=True, slots=True)
class Listed:
    """A leaf of the agenda. `added`: nothing puts it there but the session's own decision."""

    assessment_id: int
    criterion_id: int
    is_disputed: bool
    differs: bool
    is_decided: bool

    @property
    def key(self) -> tuple[int, int]:
        return self.assessment_id, self.criterion_id

    @property
    def added(self) -> bool:
        return not self.is_disputed and not self.differs

    @property
    def why(self) -> str:
        """Why it is put before the session, in words."""
        reasons = [(self.is_disputed, "Đơn vị còn không đồng ý"), (self.differs, "Lệch so với tự chấm")]
        return "; ".join(words for holds, words in reasons if holds) or "Hội đồng xem xét thêm"


def listed_leaves(
    session: CouncilSession, *, cohort_id: int | None = None, by: str = BY_UNIT
) -> list[Listed]:
    """The whole agenda in the order of the page, in two queries at any size."""
    decided = CouncilDecision.objects.filter(session=session)
    if cohort_id is not None:
        decided = decided.filter(assessment__cohort=cohort_id)
    unit = ("assessment__unit__sort_key", "assessment__unit__code")
    leaf = ("criterion__position",)
    order = (*leaf, *unit) if by == BY_CRITERION else (*unit, *leaf)
    keys = set(decided.order_by("pk").values_list("assessment_id", "criterion_id"))
    # What was final before the session began is none of its business.
    open_then = Q(assessment__finalised_at=None) | Q(assessment__finalised_at__gt=session.held_at)
    rows = (
        _judged(session, cohort_id)
        .filter(
            (open_then & (Q(is_disputed=True) | Q(differs=True)))
            | Q(Exists(decided.filter(assessment=OuterRef("assessment"), criterion=OuterRef("criterion"))))
        )
        .order_by("assessment__cohort__position", "assessment__cohort", *order)
        .values_list("assessment_id", "criterion_id", "is_disputed", "differs")
    )
    return [Listed(*row, is_decided=row[:2] in keys) for row in rows]


def _judged(session: CouncilSession, cohort_id: int | None) -> QuerySet[Score]:
    """What appraisal left on the leaves that units score, with `is_disputed` and `differs`."""
    here = {"assessment": OuterRef("assessment"), "criterion": OuterRef("criterion")}
    own = Score.objects.filter(layer=Layer.SELF, **here)
    disagreed = Explanation.objects.filter(stance=Explanation.Stance.DISAGREED, **here)
    threshold, nothing = Value(session.threshold, PointsField()), Value(ZERO, PointsField())
    counts_otherwise = ~Q(excluded=F("own_excluded"))
    rows = Score.objects.filter(
        assessment__period=session.period_id,
        assessment__state__in=BEFORE_COUNCIL,
        criterion__source=Source.UNIT,
        criterion__criteria_set=F("assessment__cohort__criteria_set"),
        layer=Layer.ROUND2,
    )
    if cohort_id is not None:
        rows = rows.filter(assessment__cohort=cohort_id)
    # What a unit left unanswered counts 0.
    rows = rows.annotate(
        own_points=Coalesce(Subquery(own.values("points")), nothing),
        own_excluded=Coalesce(Subquery(own.values("excluded")), Value(False)),
    )
    far = Q(points__lte=F("own_points") - threshold) | Q(points__gte=F("own_points") + threshold)
    below = Q(points__lt=F("own_points"))
    return rows.annotate(
        is_disputed=_holds(Q(Exists(disagreed)) & (counts_otherwise | below)),
        differs=_holds(counts_otherwise | far),
    )


def _holds(condition: Q) -> Case:
    """A condition as a plain truth: comparing with NULL is neither true nor false."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


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


def cohorts_before(session: CouncilSession) -> QuerySet[Cohort]:
    return Cohort.objects.filter(period=session.period_id).order_by("position", "pk")


def sheets_before(session: CouncilSession) -> list[tuple[int, str]]:
    """Appraised sheets by the names of their units, for a choice."""
    sheets = Assessment.objects.filter(period=session.period_id, state__in=BEFORE_COUNCIL)
    ordered = sheets.order_by("unit__sort_key", "unit__code", "pk")
    return list(ordered.values_list("pk", "unit__short_name"))


def leaf_before(session: CouncilSession, assessment_id: int, code: str) -> int | None:
    """The key of the leaf with that code on one of these sheets, where units score it."""
    sheets = Assessment.objects.in_context().filter(period=session.period_id, state__in=BEFORE_COUNCIL)
    sheet = sheets.filter(pk=assessment_id).first()
    if sheet is None:
        return None
    stored = stored_tree(sheet.cohort.criteria_set)
    node = stored.tree.by_code.get(code.strip())
    scored = node is not None and node.is_leaf and node.source is Source.UNIT
    return stored.ids[code.strip()] if scored else None
