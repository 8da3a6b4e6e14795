from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

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

# What is read of tens of thousands of scores; who wrote them and when is the events' to tell.
SAID = (
    "assessment_id",
    "criterion_id",
    "layer",
    "basis",
    "data",
    "points",
    "excluded",
    "max_points",
    "note",
    "evidence_note",
)


def seals(publication: Publication) -> Iterator[tuple[Result, str]]:
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
    )


def chain(
    publication: Publication, results: Iterable[tuple[Result, Sequence[AreaResult]]], overlay: Overlay
) -> Iterator[tuple[Result, str]]:
    """As `seals`, for results that need not be stored yet; each comes with its areas in the order of the tree."""
    ordered = sorted(results, key=lambda pair: _place(pair[0].assessment))
    sheets = [result.assessment_id for result, _ in ordered]
    scores = _grouped(
        Score.objects.filter(assessment__in=sheets)
        .only(*SAID)
        .order_by("assessment", "layer", "criterion__position", "pk")
    )
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


def _said(score: Score, overlay: Overlay) -> ScoreBase:
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


def _leaf(score: Score, said: ScoreBase, code: str | None) -> list[Any]:
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
