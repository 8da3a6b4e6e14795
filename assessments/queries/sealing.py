from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from assessments.models import (
    AreaResult,
    Assessment,
    AssignedTarget,
    Layer,
    Publication,
    Result,
    Score,
    ScoreBase,
)
from assessments.queries.overlay import Overlay, overlay_of
from assessments.seal import seal, structure
from criteria.points import canonical
from criteria.queries import stored_tree


class Sealed(NamedTuple):
    """What is read of tens of thousands of scores: a row of the model for each would take three times as long.

    Who wrote them and when is the events' to tell.
    """

    assessment_id: int
    criterion_id: int
    layer: str
    basis: str
    data: dict[str, Any] | None
    points: Decimal | None
    excluded: bool
    max_points: Decimal
    note: str
    evidence_note: str

    @property
    def is_answered(self) -> bool:
        return self.excluded or self.points is not None


Scores = Mapping[int, Sequence[Sealed]]
"""Of a period, by the key of the sheet."""


def sealed_scores(period_id: int) -> Scores:
    """Every score of a period in the order in which seals take them. Whoever checks and seals reads them once."""
    rows = Score.objects.filter(assessment__period=period_id).order_by(
        "assessment", "layer", "criterion__position", "pk"
    )
    return _grouped(map(Sealed._make, rows.values_list(*Sealed._fields)))


def seals(publication: Publication, scores: Scores | None = None) -> Iterator[tuple[Result, str]]:
    """Every result of a publication with its seal, in the order in which they are chained."""
    results = list(
        publication.results.select_related("assessment__unit", "assessment__cohort__criteria_set").order_by(
            "pk"
        )
    )
    areas: dict[int, list[AreaResult]] = {}
    for area in AreaResult.objects.filter(result__in=results).order_by("criterion__position"):
        areas.setdefault(area.result_id, []).append(area)
    return chain(
        publication,
        [(result, areas.get(result.pk, [])) for result in results],
        overlay_of(publication),
        sealed_scores(publication.period_id) if scores is None else scores,
    )


def chain(
    publication: Publication,
    results: Iterable[tuple[Result, Sequence[AreaResult]]],
    overlay: Overlay,
    scores: Scores,
) -> Iterator[tuple[Result, str]]:
    """As `seals`, for results that need not be stored yet; each comes with its areas in the order of the tree."""
    ordered = sorted(results, key=lambda pair: _place(pair[0].assessment))
    sheets = [result.assessment_id for result, _ in ordered]
    targets = _grouped(
        AssignedTarget.objects.filter(assessment__in=sheets).order_by(
            "assessment", "criterion__position", "pk"
        )
    )
    structures: dict[int, dict[str, Any]] = {}
    previous = seal(_head(publication), _seal_before(publication))
    for result, areas in ordered:
        sheet = result.assessment
        stored = stored_tree(sheet.cohort.criteria_set)
        codes, set_id = stored.codes, sheet.cohort.criteria_set_id
        if set_id not in structures:
            structures[set_id] = structure(stored.tree)
        content = {
            "unit": sheet.unit.code,
            "cohort": sheet.cohort.name,
            "structure": structures[set_id],
            "targets": [[codes.get(t.criterion_id), canonical(t.value)] for t in targets.get(sheet.pk, [])],
            "leaves": [
                _leaf(score, _said(score, overlay), codes.get(score.criterion_id))
                for score in scores.get(sheet.pk, [])
            ],
            "result": _result(result),
            "areas": [_area(area, codes[area.criterion_id]) for area in areas],
        }
        previous = seal(content, previous)
        yield result, previous


def _place(sheet: Assessment) -> tuple[int, int, str]:
    # Sorted here: databases disagree on the order of letters.
    return sheet.cohort.position, sheet.cohort_id, sheet.unit.code


def _seal_before(publication: Publication) -> str:
    """The seal of the publication that this one corrects; "" for the first."""
    before = Publication.objects.filter(period=publication.period_id, ordinal=publication.ordinal - 1)
    return before.values_list("seal", flat=True).first() or ""


def _said(score: Sealed, overlay: Overlay) -> Sealed | ScoreBase:
    if score.layer != Layer.COUNCIL:
        return score
    return overlay.get((score.assessment_id, score.criterion_id), score)


def _grouped(rows: Any) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.assessment_id, []).append(row)
    return grouped


def _head(publication: Publication) -> dict[str, Any]:
    period = publication.period
    correction = {"ordinal": publication.ordinal, "reason": publication.reason}
    return {
        "host": period.host.code,
        "year": period.year,
        "name": period.name,
        "decision": [
            publication.decision_number,
            publication.decision_date.isoformat(),
            publication.decision_issuer,
        ],
        "arithmetic": publication.arithmetic,
        **(correction if publication.is_correction else {}),
    }


def _leaf(score: Sealed, said: Sealed | ScoreBase, code: str | None) -> list[Any]:
    return [
        code or score.criterion_id,
        score.layer,
        said.basis,
        said.data,
        _figure(said.points),
        said.excluded,
        said.note,
        score.evidence_note,
    ]


def _result(result: Result) -> dict[str, Any]:
    return {
        "self_total": _figure(result.self_total),
        "index": _figure(result.index),
        "bonus": _figure(result.bonus),
        "penalty": _figure(result.penalty),
        "total": _figure(result.total),
        "rank": [result.rank, result.group_size],
        "grade": result.grade,
        "reason": result.reason,
    }


def _area(area: AreaResult, code: str) -> list[Any]:
    return [code, _figure(area.self_points), _figure(area.points), _figure(area.applicable), area.rank]


def _figure(points: Decimal | None) -> str | None:
    return None if points is None else canonical(points)
