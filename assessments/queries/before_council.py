"""What is put before a session of the council: which sheets, and which of their leaves, why."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from assessments.models import (
    Assessment,
    Cohort,
    CouncilDecision,
    CouncilSession,
    Event,
    Explanation,
    Layer,
    Score,
)
from assessments.workflow import State
from criteria.fields import PointsField
from criteria.points import ZERO
from criteria.queries import stored_tree
from criteria.tree import Source

BY_UNIT, BY_CRITERION = "don-vi", "tieu-chi"
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
    # What was final before the session began is none of its business, reopened since or not.
    open_then = Q(assessment__finalised_at=None) | Q(assessment__finalised_at__gt=session.held_at)
    open_then &= ~Q(assessment__in=_reopened_since(session))
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


def _reopened_since(session: CouncilSession) -> QuerySet[Event]:
    """The sheets that were final when the session began and didn't stay so: what happened next was a reopening."""
    # By the clock and not by period: while a session sits, little has happened since it began.
    since = Event.objects.filter(at__gt=session.held_at)
    finalised = since.filter(
        action=Event.Deed.FINALISE, assessment=OuterRef("assessment"), pk__lt=OuterRef("pk")
    )
    return since.filter(~Exists(finalised), action=Event.Deed.REOPEN).values("assessment")


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
