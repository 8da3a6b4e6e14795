"""Totals and ranks recounted from the leaves themselves, for a whole cohort at once.

The database adds points up to each leaf's bucket, which takes one query at any size; best-of, caps and
re-basing then happen in the plan of the tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from math import lcm
from operator import itemgetter
from typing import Any

from django.db.models import Count, Q
from django.db.models import Sum as Added

from assessments.models import ANSWERED, Assessment, Cohort, Layer, Score
from assessments.queries.overlay import NO_OVERLAY, Overlay
from assessments.ranking import Standing, area_ranks, grade_label, ranked_count, shared_ranks, total_ranks
from assessments.workflow import State
from criteria.fields import PLACES
from criteria.points import ZERO
from criteria.queries import StoredTree, stored_tree
from criteria.scoring import LeafScore
from criteria.tally import Plan, Sum, Tally
from criteria.tree import CriteriaTree, Source

SCALE = 10**PLACES
WITHOUT_RESULT = {
    State.DRAFT: "Chưa gửi phiếu tự chấm điểm",
    State.REVIEW: "Lãnh đạo đơn vị chưa duyệt phiếu",
    State.RETURNED: "Chưa gửi lại phiếu đã được trả",
    State.SUBMITTED: "Chưa thẩm định xong",
    State.EXPLAINING: "Chưa thẩm định xong vòng 2",
    State.APPRAISED: "Hội đồng chưa chốt điểm",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One unit. Without a final total there is no rank, and `reason` says why."""

    assessment: Assessment
    tally: Tally
    rank: int | None
    is_tied: bool
    area_ranks: Mapping[str, int | None]
    grade: str
    reason: str

    @property
    def area_points(self) -> list[Decimal]:
        return [self.tally.nodes[code].points for code in self.area_ranks]


@dataclass(frozen=True)
class Standings:
    """A cohort in the order of its ranking, units without a result last."""

    cohort: Cohort
    stored: StoredTree
    rows: tuple[Row, ...]
    ranked: int

    @property
    def unranked(self) -> int:
        return len(self.rows) - self.ranked

    @property
    def blank_columns(self) -> int:
        """Columns of areas, total and grade, where a unit without a result says why instead."""
        return len(self.stored.tree.areas) + 2


def recount(cohort: Cohort, layer: str = Layer.COUNCIL) -> dict[int, Tally]:
    """Totals of one layer of every sheet of the cohort that has any leaf in it, by assessment id."""
    stored = stored_tree(cohort.criteria_set)
    plan = plan_of(stored, layer)
    tallies: dict[int, Tally] = {}
    # One sheet at a time: tens of thousands of sums kept until the end would keep the garbage collector busy.
    for pk, rows in groupby(_bucket_sums(cohort, layer), key=itemgetter(0)):
        # A leaf of an older version of the set adds to a bucket that this one doesn't know. Refused here and not
        # in SQL: told of one more condition, SQLite begins with the criteria and takes four times as long.
        sums = {
            stored.codes[bucket_id]: Sum(points or ZERO, excluded or ZERO, answered)
            for _, bucket_id, points, excluded, answered in rows
            if bucket_id in stored.codes
        }
        if sums:
            tallies[pk] = plan.tally(sums)
    return tallies


def _corrected(cohort: Cohort, overlay: Overlay) -> dict[int, Tally]:
    """Totals of the sheets of the cohort that have corrected leaves, leaf by leaf: they are few."""
    sheets = {assessment_id for assessment_id, _ in overlay}
    if not sheets:
        return {}
    stored = stored_tree(cohort.criteria_set)
    leaves: dict[int, dict[str, LeafScore]] = {}
    rows = Score.objects.filter(assessment__cohort=cohort, assessment__in=sheets, layer=Layer.COUNCIL)
    for row in rows.order_by("pk"):
        said = overlay.get((row.assessment_id, row.criterion_id), row)
        if said.is_answered and row.criterion_id in stored.codes:
            scored = LeafScore(said.points or ZERO, said.excluded)
            leaves.setdefault(row.assessment_id, {})[stored.codes[row.criterion_id]] = scored
    return {pk: stored.full_plan.tally_leaves(scores) for pk, scores in leaves.items()}


def plan_of(stored: StoredTree, layer: str) -> Plan:
    """How sums by bucket make the totals of a layer."""
    return stored.full_totals if layer == Layer.COUNCIL else stored.unit_totals


def _bucket_sums(cohort: Cohort, layer: str) -> Iterable[tuple]:
    rows = Score.objects.filter(assessment__cohort=cohort, layer=layer)
    if layer != Layer.COUNCIL:
        rows = rows.filter(criterion__source=Source.UNIT)
    return (
        rows.order_by("assessment_id")
        .values_list("assessment_id", "criterion__bucket_id")
        .annotate(
            added=Added("points"),
            left_out=Added("criterion__max_points", filter=Q(excluded=True)),
            answered=Count("pk", filter=ANSWERED),
        )
        .iterator(chunk_size=5000)
    )


def standings(cohort: Cohort, overlay: Overlay = NO_OVERLAY) -> Standings:
    """The ranking as the leaves have it now, those of `overlay` as it says; only final sheets take part."""
    stored = stored_tree(cohort.criteria_set)
    tree = stored.tree
    nothing = plan_of(stored, Layer.COUNCIL).tally({})
    tallies = recount(cohort) | _corrected(cohort, overlay)
    sheets = list(cohort.assessments.select_related("unit").order_by("unit__sort_key", "unit__code"))
    final = [sheet for sheet in sheets if sheet.state == State.FINAL]
    counted = {sheet.pk: tallies.get(sheet.pk, nothing) for sheet in final}
    ranks, by_area = ranks_of(tree, counted)
    shared = shared_ranks(ranks)
    rows = [
        Row(
            assessment=sheet,
            tally=tallies.get(sheet.pk, nothing),
            rank=ranks.get(sheet.pk),
            is_tied=ranks.get(sheet.pk) in shared,
            area_ranks={code: values.get(sheet.pk) for code, values in by_area.items()},
            grade=grade_label(tree.grades, counted[sheet.pk].total) if sheet.pk in counted else "",
            reason=WITHOUT_RESULT.get(State(sheet.state), ""),
        )
        for sheet in sheets
    ]
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0))
    return Standings(cohort, stored, tuple(rows), ranked_count(ranks))


def ranks_of(
    tree: CriteriaTree, tallies: Mapping[int, Tally]
) -> tuple[dict[int, int | None], dict[str, dict[int, int | None]]]:
    """Ranks of sheets with a final total: overall, and by the code of each area."""
    percents = {area.code: _comparable(tallies, area.code) for area in tree.areas}
    totals = {
        pk: Standing(tally.total, {code: percents[code][pk] for code in tree.tie_breaks})
        for pk, tally in tallies.items()
    }
    by_area = {code: area_ranks(values) for code, values in percents.items()}
    return total_ranks(totals, tree.tie_breaks), by_area


def _comparable(tallies: Mapping[int, Tally], area: str) -> dict[int, Any]:
    """Exact percentages of one area as whole numbers: all times the same factor, so that they compare alike.

    A cohort has a handful of applicable maxima but thousands of units, and comparing fractions is slow.
    """
    nodes = {pk: tally.nodes[area] for pk, tally in tallies.items()}
    maxima = {most: int(most * SCALE) for most in {node.applicable for node in nodes.values()} if most}
    common = lcm(*maxima.values())
    factors = {applicable: common // scaled for applicable, scaled in maxima.items()}
    return {
        pk: int(node.points * SCALE) * factors[node.applicable] if node.applicable else None
        for pk, node in nodes.items()
    }
