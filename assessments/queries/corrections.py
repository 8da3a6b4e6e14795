"""What a correction that is being prepared would change, for everybody it touches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from assessments.models import (
    AreaResult,
    Assessment,
    CorrectedScore,
    Layer,
    Period,
    Result,
    Score,
    ScoreBase,
)
from assessments.queries.overlay import Overlay, overlay_of
from assessments.queries.periods import cohorts_of
from assessments.queries.sheet import LeafRow, filled
from assessments.queries.standings import Row, Standings, standings
from assessments.workflow import State
from criteria.inputs import inputs
from criteria.points import ZERO
from criteria.queries import stored_tree
from criteria.rules import Direct
from criteria.scoring import NOT_APPLICABLE
from criteria.tree import Criterion, NotApplicable


def prepared(period: Period) -> QuerySet[CorrectedScore]:
    """Corrected leaves that are not published yet, as the pages list them."""
    return in_order(CorrectedScore.objects.filter(assessment__period=period, publication=None))


def in_order(rows: QuerySet[CorrectedScore]) -> QuerySet[CorrectedScore]:
    """With what a line about each reads."""
    read = rows.select_related("assessment__unit", "assessment__cohort__criteria_set", "updated_by")
    return read.order_by(
        "assessment__cohort__position",
        "assessment__cohort",
        "assessment__unit__sort_key",
        "assessment__unit__code",
        "criterion__position",
    )


def fingerprint(rows: Iterable[CorrectedScore]) -> str:
    """What a page showed to be published, so that nothing else is."""
    told = ";".join(f"{row.assessment_id}/{row.criterion_id}/{row.version}" for row in rows)
    return hashlib.sha256(told.encode()).hexdigest()


def correctable(period: Period) -> QuerySet[Assessment]:
    """Sheets with a final total: the others have nothing to correct."""
    sheets = Assessment.objects.in_context().filter(period=period, state=State.FINAL)
    return sheets.order_by("cohort__position", "cohort", "unit__sort_key", "unit__code")


# What would change


@dataclass(frozen=True, slots=True)
class CorrectedLeaf:
    """A prepared leaf beside what is in force."""

    row: CorrectedScore
    criterion: Criterion
    in_force: ScoreBase


@dataclass(frozen=True, slots=True)
class AreaEffect:
    """One area of one unit whose points, maximum or rank change."""

    area: Criterion
    old: AreaResult
    points: Decimal
    applicable: Decimal
    rank: int | None


@dataclass(frozen=True, slots=True)
class Effect:
    """One unit whose published figures would change."""

    old: Result
    row: Row
    group_size: int
    areas: tuple[AreaEffect, ...]

    @property
    def changes(self) -> bool:
        was = (self.old.total, self.old.rank, self.old.group_size, self.old.grade)
        return bool(self.areas) or was != (
            self.row.tally.total,
            self.row.rank,
            self.group_size,
            self.row.grade,
        )


@dataclass(frozen=True)
class CorrectionPreview:
    """`rankings` and `overlay` are what publishing would store; `effects` what in it is new."""

    leaves: tuple[CorrectedLeaf, ...]
    overlay: Overlay
    rankings: tuple[Standings, ...]
    effects: tuple[Effect, ...]

    @property
    def fingerprint(self) -> str:
        return fingerprint(leaf.row for leaf in self.leaves)


def correction_preview(period: Period) -> CorrectionPreview:
    """Of a published period, in a constant number of queries."""
    stands = overlay_of(period.publication)
    rows = list(prepared(period))
    overlay = {**stands, **{(row.assessment_id, row.criterion_id): row for row in rows}}
    rankings = tuple(standings(cohort, overlay) for cohort in cohorts_of(period))
    council = council_of(rows)
    leaves = []
    for row in rows:
        key = (row.assessment_id, row.criterion_id)
        stored = stored_tree(row.assessment.cohort.criteria_set)
        criterion = stored.tree.by_code[stored.codes[row.criterion_id]]
        leaves.append(CorrectedLeaf(row, criterion, stands.get(key) or council[key]))
    return CorrectionPreview(tuple(leaves), overlay, rankings, tuple(_effects(period, rankings)))


def council_of(rows: Iterable[CorrectedScore]) -> dict[tuple[int, int], Score]:
    """What the council said of the same leaves, by sheet and criterion."""
    rows = list(rows)
    found = Score.objects.filter(
        layer=Layer.COUNCIL,
        assessment__in={row.assessment_id for row in rows},
        criterion__in={row.criterion_id for row in rows},
    )
    return {(score.assessment_id, score.criterion_id): score for score in found.order_by("pk")}


def _effects(period: Period, rankings: Iterable[Standings]) -> Iterator[Effect]:
    results = {
        result.assessment_id: result
        for result in Result.objects.filter(publication=period.publication).order_by("pk")
    }
    areas: dict[int, dict[int, AreaResult]] = {}
    for area in AreaResult.objects.filter(result__publication=period.publication).order_by("pk"):
        areas.setdefault(area.result_id, {})[area.criterion_id] = area
    for ranking in rankings:
        for row in ranking.rows:
            old = results[row.assessment.pk]
            changed = tuple(_area_effects(ranking, row, areas.get(old.pk, {})))
            effect = Effect(old, row, ranking.ranked, changed)
            if row.rank is not None and effect.changes:
                yield effect


def _area_effects(ranking: Standings, row: Row, old: Mapping[int, AreaResult]) -> Iterator[AreaEffect]:
    for area in ranking.stored.tree.areas:
        was = old.get(ranking.stored.ids[area.code])
        node, rank = row.tally.nodes[area.code], row.area_ranks[area.code]
        if was is not None and (was.points, was.applicable, was.rank) != (node.points, node.applicable, rank):
            yield AreaEffect(area, was, node.points, node.applicable, rank)


# Choosing and filling in a leaf


@dataclass(frozen=True, slots=True)
class LeafToCorrect:
    """A leaf as it stands: every layer, the corrections so far and the one that is being prepared."""

    pk: int
    criterion: Criterion
    layers: Mapping[str, Score]
    in_force: ScoreBase | None
    prepared: CorrectedScore | None
    earlier: tuple[CorrectedScore, ...] = ()

    @property
    def shown(self) -> ScoreBase | None:
        return self.prepared or self.in_force

    @property
    def entry(self) -> LeafRow:
        """The form's fields with what is prepared, or else in force."""
        assert self.criterion.rule is not None
        data = (self.shown and self.shown.data) or {}
        return LeafRow(
            pk=self.pk,
            criterion=self.criterion,
            scores=self.layers,
            fields=tuple(filled(field, data) for field in inputs(self.criterion.rule)),
            note=self.prepared.note if self.prepared else "",
            evidence_note="",
            skipped=NOT_APPLICABLE in data,
            attached=[],
            target=None,
            earlier=None,
        )

    @property
    def layer_rows(self) -> list[Score]:
        return [self.layers[layer] for layer in Layer if layer in self.layers]

    @property
    def may_skip(self) -> bool:
        return self.criterion.not_applicable is not NotApplicable.NONE

    @property
    def may_override(self) -> bool:
        """A direct leaf's data are its points already."""
        return not isinstance(self.criterion.rule, Direct)

    @property
    def override(self) -> Decimal | None:
        """Points set by hand in what is being prepared, without the sign of a penalty."""
        row = self.prepared
        by_hand = row is not None and row.basis == Score.Basis.OVERRIDE
        return abs(row.points or ZERO) if row is not None and by_hand else None


def leaves_to_correct(assessment: Assessment) -> list[LeafToCorrect]:
    """Every leaf of a sheet, in the order of the tree."""
    stored = stored_tree(assessment.cohort.criteria_set)
    stands = overlay_of(assessment.period.publication)
    layers: dict[int, dict[str, Score]] = {}
    for score in Score.objects.filter(assessment=assessment).select_related("updated_by").order_by("pk"):
        layers.setdefault(score.criterion_id, {})[score.layer] = score
    drafts: dict[int, CorrectedScore] = {}
    earlier: dict[int, list[CorrectedScore]] = {}
    rows = CorrectedScore.objects.filter(assessment=assessment).select_related("publication", "updated_by")
    for row in rows.order_by("publication__ordinal", "pk"):
        if row.publication_id is None:
            drafts[row.criterion_id] = row
        else:
            earlier.setdefault(row.criterion_id, []).append(row)
    found = []
    for leaf in stored.tree.leaves():
        pk = stored.ids[leaf.code]
        known = layers.get(pk, {})
        in_force = stands.get((assessment.pk, pk)) or known.get(Layer.COUNCIL)
        found.append(LeafToCorrect(pk, leaf, known, in_force, drafts.get(pk), tuple(earlier.get(pk, ()))))
    return found


def leaf_to_correct(assessment: Assessment, criterion_id: int) -> LeafToCorrect | None:
    """None where the sheet's set has no such leaf."""
    return next((leaf for leaf in leaves_to_correct(assessment) if leaf.pk == criterion_id), None)


def score_in_force(assessment: Assessment, criterion_id: int) -> ScoreBase | None:
    """What the published result counts for a leaf."""
    corrected = overlay_of(assessment.period.publication).get((assessment.pk, criterion_id))
    council = Score.objects.filter(assessment=assessment, criterion=criterion_id, layer=Layer.COUNCIL)
    return corrected or council.first()
