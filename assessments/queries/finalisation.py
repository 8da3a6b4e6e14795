"""What keeps a sheet from being final, alone or for all sheets of a cohort."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from assessments.models import Assessment, Cohort, Layer, LayerTotal, Score
from assessments.models.scores import ORDER
from assessments.queries.extensions import with_extensions
from assessments.queries.reasons import needs_reason
from assessments.queries.submission import lacks_note
from assessments.workflow import Action, State
from criteria.queries import StoredTree, stored_tree
from criteria.tree import Criterion, Source


@dataclass(frozen=True)
class Problem:
    """What keeps a leaf from being final."""

    criterion: Criterion
    message: str


class Said(NamedTuple):
    """What the check reads of a score: a cohort has tens of thousands of them."""

    layer: str
    criterion_id: int
    basis: str
    points: Decimal | None
    excluded: bool
    note: str

    @property
    def is_answered(self) -> bool:
        return self.excluded or self.points is not None


def finalisation_check(assessment: Assessment) -> tuple[Problem, ...]:
    """Every leaf without council points, and every reason the contract asks for that is missing."""
    rows = Score.objects.filter(assessment=assessment).order_by().values_list(*Said._fields)
    stored = stored_tree(assessment.cohort.criteria_set)
    return _problems(stored, _by_leaf(stored, [Said(*row) for row in rows]))


@dataclass(frozen=True)
class SheetCheck:
    """A sheet before it is made final. `refusal`: it can't be now, whatever its points."""

    assessment: Assessment
    total: Decimal | None
    refusal: str | None
    problems: tuple[Problem, ...]

    @property
    def is_final(self) -> bool:
        return self.assessment.state == State.FINAL

    @property
    def is_ready(self) -> bool:
        return self.refusal is None and not self.problems


def cohort_check(cohort: Cohort, *, barred: frozenset[int], now: datetime) -> list[SheetCheck]:
    """Every sheet of a cohort in Vietnamese order, in a constant number of queries.

    `barred` are units whose sheets the person who asks may not make final: he belongs to them.
    """
    found = Assessment.objects.in_context().filter(cohort=cohort)
    sheets = with_extensions(found.order_by("unit__sort_key", "unit__code"))
    stored = stored_tree(cohort.criteria_set)
    said: dict[int, list[Said]] = {}
    appraised = [sheet.pk for sheet in sheets if sheet.state == State.APPRAISED]
    for pk, *row in (
        Score.objects.filter(assessment__in=appraised).order_by().values_list("assessment_id", *Said._fields)
    ):
        said.setdefault(pk, []).append(Said(*row))
    totals = dict(
        LayerTotal.objects.filter(assessment__in=sheets, layer=Layer.COUNCIL)
        .order_by()
        .values_list("assessment_id", "total")
    )
    return [
        SheetCheck(
            assessment=sheet,
            total=totals.get(sheet.pk),
            refusal="Ông/bà công tác tại đơn vị này nên không chốt điểm được."
            if sheet.unit_id in barred
            else sheet.why_not(Action.FINALISE, now=now),
            problems=_problems(stored, _by_leaf(stored, said[sheet.pk])) if sheet.pk in said else (),
        )
        for sheet in sheets
    ]


def _by_leaf(stored: StoredTree, rows: list[Said]) -> dict[tuple[str, str | None], Said]:
    return {(row.layer, stored.codes.get(row.criterion_id)): row for row in rows}


def _problems(stored: StoredTree, scores: Mapping[tuple[str, str | None], Said]) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    for leaf in stored.tree.leaves():
        own = scores.get((Layer.SELF, leaf.code))
        council = scores.get((Layer.COUNCIL, leaf.code))
        if council is None or not council.is_answered:
            missing = "chưa chấm" if leaf.source is Source.UNIT else "chưa nhập kết quả chấm tập trung"
            problems.append(Problem(leaf, f"tiêu chí {leaf.code} {missing}"))
            continue
        if own is not None and lacks_note(leaf, own):
            problems.append(Problem(leaf, f"tiêu chí {leaf.code} thiếu ghi chú của đơn vị"))
        before = own
        for layer in ORDER[1:]:
            score = scores.get((layer, leaf.code))
            if score is None:
                continue
            if not score.note.strip() and needs_reason(
                before, points=score.points, excluded=score.excluded, basis=score.basis
            ):
                problems.append(Problem(leaf, f"tiêu chí {leaf.code} thiếu lý do ({layer.label})"))
            before = score
    return tuple(problems)
