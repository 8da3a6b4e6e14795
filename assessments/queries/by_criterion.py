"""One criterion of all units of a cohort: appraised side by side, the same measure is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.http import QueryDict

from assessments.models import (
    Assessment,
    AssignedTarget,
    Attachment,
    Cohort,
    CorrectedScore,
    Explanation,
    Layer,
    Mark,
    Score,
    ScoreBase,
)
from assessments.queries.appraisal import TONES, JudgedRow, judged_row
from assessments.queries.desks import Desk
from assessments.queries.extensions import with_extensions
from assessments.queries.leaves import needs_target
from assessments.queries.sheet import Filled, made_row, typed_in
from assessments.queries.waiting import Count, Ledger
from assessments.workflow import WITH_UNIT, PeriodState, State
from criteria.inputs import inputs
from criteria.queries import stored_tree
from criteria.tree import Criterion, Source


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the council gave the same unit for the same criterion in a year published here."""

    year: int
    points: Decimal | None
    max_points: Decimal


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit at the criterion; `typed` are inputs that aren't stored, for the person to mend."""

    assessment: Assessment
    entry: JudgedRow
    earlier: tuple[Earlier, ...]
    typed: tuple[Filled, ...] | None = None

    @property
    def fields(self) -> tuple[Filled, ...]:
        return self.entry.fields if self.typed is None else self.typed

    @property
    def tone(self) -> str:
        return TONES[State(self.assessment.state)]

    def retyped(self, typed: QueryDict) -> UnitRow:
        rule = self.entry.criterion.rule
        return replace(self, typed=tuple(typed_in(field, typed) for field in inputs(rule)) if rule else ())


@dataclass(frozen=True)
class CriterionTable:
    """`others` counts sent sheets whose leaf somebody else appraises, because he may not."""

    pk: int
    criterion: Criterion
    rows: tuple[UnitRow, ...]
    unsent: int
    others: int

    @property
    def count(self) -> Count:
        return Count(sum(not row.entry.is_left for row in self.rows), len(self.rows))


@dataclass(frozen=True)
class Neighbours:
    """The criteria before and after one among those that somebody works on."""

    is_his: bool
    before: int | None = None
    after: int | None = None


def leaf_to_appraise(cohort: Cohort, criterion_id: int) -> Criterion | None:
    """None where the cohort's set has no such leaf, or units don't score it."""
    stored = stored_tree(cohort.criteria_set)
    node = stored.tree.by_code.get(stored.codes.get(criterion_id, ""))
    return node if node and node.is_leaf and node.source is Source.UNIT else None


def leaves_at(cohort: Cohort, desk: Desk, unit_ids: Iterable[int]) -> list[int]:
    """Leaves that he sees of any of these units, in the order of the set."""
    stored = stored_tree(cohort.criteria_set)
    scored = [stored.ids[leaf.code] for leaf in stored.tree.leaves() if leaf.source is Source.UNIT]
    if desk.oversees:
        return scored
    his = {leaf for unit_id in unit_ids for leaf in desk.leaves(unit_id)}
    return [leaf for leaf in scored if leaf in his]


def neighbours(cohort: Cohort, criterion_id: int, desk: Desk) -> Neighbours:
    units = cohort.assessments.order_by("pk").values_list("unit", flat=True)
    leaves = leaves_at(cohort, desk, units)
    if criterion_id not in leaves:
        return Neighbours(is_his=False)
    at = leaves.index(criterion_id)
    after = leaves[at + 1] if at + 1 < len(leaves) else None
    return Neighbours(is_his=True, before=leaves[at - 1] if at else None, after=after)


def criterion_table(
    cohort: Cohort, criterion_id: int, criterion: Criterion, desk: Desk, *, now: datetime
) -> CriterionTable:
    """Sent sheets of the cohort that he sees there, in Vietnamese order."""
    sheets = list(
        cohort.assessments.select_related("unit", "period", "cohort__criteria_set").order_by(
            "unit__sort_key", "unit__code"
        )
    )
    sent = [sheet for sheet in sheets if sheet.state not in WITH_UNIT]
    seen = [sheet for sheet in sent if desk.sees(sheet.unit_id, criterion_id)]
    return CriterionTable(
        criterion_id,
        criterion,
        rows=tuple(_rows(seen, criterion_id, criterion, desk, now=now)),
        unsent=len(sheets) - len(sent),
        others=len(sent) - len(seen),
    )


def criterion_count(cohort: Cohort, criterion_id: int, desk: Desk) -> Count:
    """What the table counts, without reading it: after each save of a row."""
    sent = cohort.assessments.exclude(state__in=WITH_UNIT).order_by("pk")
    seen = [sheet for sheet in sent if desk.sees(sheet.unit_id, criterion_id)]
    ledger = Ledger.read(seen, criterion_id)
    return Count(sum(ledger.is_done_at(sheet, criterion_id, desk) for sheet in seen), len(seen))


def unit_row(
    sheet: Assessment, criterion_id: int, criterion: Criterion, desk: Desk, *, now: datetime
) -> UnitRow:
    [row] = _rows([sheet], criterion_id, criterion, desk, now=now)
    return row


def _rows(
    sheets: list[Assessment], criterion_id: int, criterion: Criterion, desk: Desk, *, now: datetime
) -> list[UnitRow]:
    about = {"assessment__in": sheets, "criterion": criterion_id}
    scores: dict[int, dict[str, Score]] = {}
    for score in Score.objects.filter(**about).order_by("pk"):
        scores.setdefault(score.assessment_id, {})[score.layer] = score
    attached: dict[int, list[Attachment]] = {}
    attachments = Attachment.objects.filter(evidence__assessment__in=sheets, criterion=criterion_id)
    for attachment in attachments.select_related("evidence").order_by("pk"):
        attached.setdefault(attachment.evidence.assessment_id, []).append(attachment)
    targets: dict[int, Decimal] = {}
    if needs_target(criterion):
        targets = dict(AssignedTarget.objects.filter(**about).values_list("assessment", "value"))
    marks: dict[int, dict[int, Mark]] = {}
    if desk.responsible.is_double(criterion_id):
        for mark in Mark.objects.filter(**about).select_related("updated_by").order_by("pk"):
            marks.setdefault(mark.assessment_id, {})[mark.place] = mark
    answers = {
        answer.assessment_id: answer
        for answer in Explanation.objects.filter(**about).select_related("answered_by").order_by("pk")
    }
    earlier = _earlier(sheets, criterion)
    return [
        UnitRow(
            sheet,
            judged_row(
                made_row(
                    criterion_id,
                    criterion,
                    scores.get(sheet.pk, {}),
                    attached=attached.get(sheet.pk, []),
                    target=targets.get(sheet.pk),
                ),
                sheet,
                desk,
                marks=marks.get(sheet.pk, {}),
                explanation=answers.get(sheet.pk),
                now=now,
                layer=Layer.ROUND1 if sheet.state == State.SUBMITTED else Layer.ROUND2,
            ),
            earlier.get(sheet.unit_id, ()),
        )
        for sheet in with_extensions(sheets)
    ]


def _earlier(sheets: list[Assessment], criterion: Criterion) -> dict[int, tuple[Earlier, ...]]:
    """Newest year first, as published and corrected since."""
    if not sheets:
        return {}
    period, criteria_set = sheets[0].period, sheets[0].cohort.criteria_set
    published = {
        "assessment__unit__in": [sheet.unit_id for sheet in sheets],
        "assessment__period__host": period.host_id,
        "assessment__period__state": PeriodState.PUBLISHED,
        "assessment__period__year__lt": period.year,
        "assessment__state": State.FINAL,
        "criterion__code": criterion.code,
        "criterion__criteria_set__code": criteria_set.code,
        "criterion__criteria_set": F("assessment__cohort__criteria_set"),
    }
    found: dict[tuple[int, int], Earlier] = {}
    councils = Score.objects.filter(**published, layer=Layer.COUNCIL).order_by("assessment__period")
    corrected = CorrectedScore.objects.filter(**published, publication__isnull=False).order_by(
        "publication__ordinal"
    )
    rows: list[ScoreBase] = [
        *councils.select_related("assessment__period"),
        *corrected.select_related("assessment__period"),
    ]
    for row in rows:
        sheet = row.assessment
        found[sheet.unit_id, sheet.period_id] = Earlier(sheet.period.year, row.points, row.max_points)
    years: dict[int, list[Earlier]] = {}
    for (unit_id, _), one in found.items():
        years.setdefault(unit_id, []).append(one)
    return {
        unit_id: tuple(sorted(of_unit, key=lambda one: one.year, reverse=True))
        for unit_id, of_unit in years.items()
    }
