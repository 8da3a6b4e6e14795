"""What the sheets of a period still lack, counted: a constant number of queries at any size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q

from assessments.models import (
    ANSWERED,
    Assessment,
    Cohort,
    CouncilDecision,
    CouncilSession,
    Layer,
    Mark,
    Period,
    Score,
)
from assessments.models.scores import ORDER
from assessments.queries.before_council import listed_leaves
from assessments.queries.reasons import needs_reason, row_before
from assessments.queries.submission import lacks_note
from assessments.workflow import WITH_UNIT, State
from criteria.queries import stored_tree
from criteria.rules import Direct
from criteria.tree import Source

# Which layer decides whether the leaves that a unit scores are answered; in between, round 2 may leave them out.
_DECIDES = {State.SUBMITTED: Layer.ROUND1, State.APPRAISED: Layer.COUNCIL, State.FINAL: Layer.COUNCIL}


@dataclass(frozen=True, slots=True)
class Lacking:
    """Numbers of leaves of one sheet, by what they lack."""

    unanswered: int = 0
    central: int = 0
    reasons: int = 0
    to_settle: int = 0
    undecided: int = 0

    @property
    def words(self) -> str:
        counted = (
            (self.unanswered, "tiêu chí chưa chấm"),
            (self.central, "kết quả điều tra, chấm tập trung chưa nhập"),
            (self.reasons, "tiêu chí thiếu lý do"),
            (self.to_settle, "tiêu chí chờ thống nhất điểm của hai người chấm"),
            (self.undecided, "tiêu chí chưa được phiên họp Hội đồng quyết định"),
        )
        return ", ".join(f"{number} {words}" for number, words in counted if number)


def lacking(period: Period, cohorts: Sequence[Cohort]) -> dict[int, Lacking]:
    """By sheet, of those that have left their units; one that lacks nothing isn't in it."""
    trees = {cohort.pk: stored_tree(cohort.criteria_set) for cohort in cohorts}
    asked = {
        pk: Counter(leaf.source is Source.UNIT for leaf in tree.tree.leaves()) for pk, tree in trees.items()
    }
    answered = _answered(period)
    reasons = Counter((*_without_reason(period), *_without_note(period, cohorts)))
    to_settle, undecided = Counter(_to_settle(period)), Counter(_undecided(period))
    found = {}
    sheets = Assessment.objects.filter(period=period).exclude(state__in=WITH_UNIT).order_by("pk")
    for pk, cohort_id, state in sheets.values_list("pk", "cohort_id", "state"):
        layer = _DECIDES.get(State(state))
        lacks = Lacking(
            unanswered=asked[cohort_id][True] - answered[pk, layer, True] if layer else 0,
            central=asked[cohort_id][False] - answered[pk, Layer.COUNCIL, False],
            reasons=reasons[pk],
            to_settle=to_settle[pk],
            undecided=undecided[pk],
        )
        if lacks.words:
            found[pk] = lacks
    return found


def _answered(period: Period) -> Counter[tuple[int, str | None, bool]]:
    """Answered leaves by sheet, layer and whether units score them."""
    rows = (
        Score.objects.filter(ANSWERED, assessment__period=period, layer__in=[Layer.ROUND1, Layer.COUNCIL])
        .filter(criterion__criteria_set=F("assessment__cohort__criteria_set"))
        .order_by()
        .values_list("assessment_id", "layer", "criterion__source")
        .annotate(number=Count("pk"))
    )
    counted: Counter[tuple[int, str | None, bool]] = Counter()
    for assessment_id, layer, source, number in rows:
        counted[assessment_id, layer, source == Source.UNIT] += number
    return counted


def _without_reason(period: Period) -> Iterator[int]:
    """The sheet of every judgement that needs a reason and has none."""
    judged = Score.objects.filter(assessment__period=period, layer__in=ORDER[1:], note="")
    # What was kept says what the layer before says; a central leaf has nothing before it to fall below.
    by_data = Q(basis=Score.Basis.DATA, criterion__source=Source.UNIT)
    suspects = list(judged.filter(Q(basis=Score.Basis.OVERRIDE) | by_data).order_by("pk"))
    among = {
        "assessment__in": {row.assessment_id for row in suspects},
        "criterion__in": {row.criterion_id for row in suspects},
    }
    layers: dict[tuple[int, int], dict[str, Score]] = {}
    for row in Score.objects.filter(**among).order_by("pk"):
        layers.setdefault((row.assessment_id, row.criterion_id), {})[row.layer] = row
    for row in suspects:
        before = row_before(row.layer, layers[row.assessment_id, row.criterion_id])
        if needs_reason(before, points=row.points, excluded=row.excluded, basis=row.basis):
            yield row.assessment_id


def _without_note(period: Period, cohorts: Sequence[Cohort]) -> Iterator[int]:
    """The sheet of every leaf for which only the unit's own note could say where its points went."""
    direct = {
        stored.ids[leaf.code]: leaf
        for stored in (stored_tree(cohort.criteria_set) for cohort in cohorts)
        for leaf in stored.tree.leaves()
        if isinstance(leaf.rule, Direct) and leaf.source is Source.UNIT
    }
    rows = Score.objects.filter(
        assessment__period=period, layer=Layer.SELF, note="", criterion__in=direct, points__isnull=False
    )
    for row in rows.order_by("pk"):
        if lacks_note(direct[row.criterion_id], row):
            yield row.assessment_id


def _to_settle(period: Period) -> Iterator[int]:
    """The sheet of every leaf on which two appraisers differ and nobody has decided between them."""
    settled = Score.objects.filter(
        layer=Layer.ROUND1,
        assessment=OuterRef("assessment"),
        criterion=OuterRef("criterion"),
        # An older word is from before two had the leaf.
        updated_at__gte=OuterRef("updated_at"),
    )
    marks = Mark.objects.filter(assessment__period=period, assessment__state=State.SUBMITTED)
    rows = marks.filter(~Exists(settled)).order_by("pk").values_list("assessment_id", "criterion_id")
    return (assessment_id for (assessment_id, _), number in Counter(rows).items() if number > 1)


def _undecided(period: Period) -> list[int]:
    """The sheet of every leaf put before the last session that no session has decided."""
    session = CouncilSession.objects.filter(period=period).order_by("-held_at", "-pk").first()
    if session is None:
        return []
    decided = set(
        CouncilDecision.objects.filter(session__period=period)
        .order_by("pk")
        .values_list("assessment_id", "criterion_id")
    )
    return [leaf.assessment_id for leaf in listed_leaves(session) if leaf.key not in decided]
