"""Survey and external leaves of a cohort, which the coordinator enters for all its units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count

from assessments.models import ANSWERED, Assessment, AssignedTarget, Cohort, Layer, Score
from assessments.queries.leaves import needs_target
from assessments.queries.sheet import LeafRow, filled
from assessments.workflow import Action
from criteria.inputs import inputs
from criteria.queries import stored_tree
from criteria.rules import Direct
from criteria.scoring import NOT_APPLICABLE
from criteria.tree import Criterion, NotApplicable, Source


@dataclass(frozen=True, slots=True)
class CentralLeaf:
    """A leaf entered centrally; `entered` of the cohort's `units` have a result."""

    pk: int
    criterion: Criterion
    entered: int
    units: int

    @property
    def may_skip(self) -> bool:
        return self.criterion.not_applicable is not NotApplicable.NONE

    @property
    def may_override(self) -> bool:
        """A direct leaf's data are its points already."""
        return not isinstance(self.criterion.rule, Direct)

    @property
    def is_done(self) -> bool:
        return self.entered == self.units


@dataclass(frozen=True, slots=True)
class CentralRow:
    """One unit at such a leaf, ready to print. `refusal` says why it can't be entered now."""

    assessment: Assessment
    leaf: LeafRow
    refusal: str | None

    @property
    def score(self) -> Score | None:
        return self.leaf.scores.get(Layer.COUNCIL)

    @property
    def override(self) -> Decimal | None:
        """Points set by hand, without the sign of a penalty."""
        score = self.score
        return abs(score.points) if score and score.points and score.basis == Score.Basis.OVERRIDE else None


def central_leaves(cohort: Cohort) -> list[CentralLeaf]:
    stored = stored_tree(cohort.criteria_set)
    entered: Mapping[int, int] = dict(
        Score.objects.filter(ANSWERED, assessment__cohort=cohort, layer=Layer.COUNCIL)
        .order_by()
        .values_list("criterion")
        .annotate(entered=Count("pk"))
    )
    units = cohort.assessments.count()
    return [
        CentralLeaf(stored.ids[leaf.code], leaf, entered.get(stored.ids[leaf.code], 0), units)
        for leaf in stored.tree.leaves()
        if leaf.source is not Source.UNIT
    ]


def central_leaf(cohort: Cohort, criterion_id: int) -> CentralLeaf | None:
    """None where the cohort's set has no such leaf, or units score it themselves."""
    stored = stored_tree(cohort.criteria_set)
    node = stored.tree.by_code.get(stored.codes.get(criterion_id, ""))
    if node is None or not node.is_leaf or node.source is Source.UNIT:
        return None
    entered = Score.objects.filter(
        ANSWERED, assessment__cohort=cohort, layer=Layer.COUNCIL, criterion=criterion_id
    )
    return CentralLeaf(criterion_id, node, entered.count(), cohort.assessments.count())


def central_rows(cohort: Cohort, leaf: CentralLeaf, *, now: datetime) -> list[CentralRow]:
    """Every unit of the cohort in Vietnamese order."""
    sheets = cohort.assessments.select_related("unit", "period").order_by("unit__sort_key", "unit__code")
    return _rows(list(sheets), leaf, now=now)


def central_row(assessment: Assessment, leaf: CentralLeaf, *, now: datetime) -> CentralRow:
    [row] = _rows([assessment], leaf, now=now)
    return row


def _rows(sheets: list[Assessment], leaf: CentralLeaf, *, now: datetime) -> list[CentralRow]:
    scores = {
        score.assessment_id: score
        for score in Score.objects.filter(
            assessment__in=sheets, layer=Layer.COUNCIL, criterion=leaf.pk
        ).select_related("updated_by")
    }
    targets: dict[int, Decimal] = {}
    if needs_target(leaf.criterion):
        targets = dict(
            AssignedTarget.objects.filter(assessment__in=sheets, criterion=leaf.pk).values_list(
                "assessment_id", "value"
            )
        )
    return [_row(sheet, leaf, scores.get(sheet.pk), targets.get(sheet.pk), now) for sheet in sheets]


def _row(
    sheet: Assessment, leaf: CentralLeaf, score: Score | None, target: Decimal | None, now: datetime
) -> CentralRow:
    assert leaf.criterion.rule is not None
    data = (score and score.data) or {}
    return CentralRow(
        assessment=sheet,
        leaf=LeafRow(
            pk=leaf.pk,
            criterion=leaf.criterion,
            scores={Layer.COUNCIL: score} if score else {},
            fields=tuple(filled(field, data) for field in inputs(leaf.criterion.rule)),
            note=score.note if score else "",
            evidence_note="",
            skipped=NOT_APPLICABLE in data,
            attached=[],
            target=target,
            earlier=None,
        ),
        refusal=sheet.why_not(Action.ENTER_CENTRAL, now=now),
    )
