from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from assessments.models import AreaResult, AssignedTarget, Publication, Result, Score
from assessments.seal import seal, structure
from criteria.points import canonical
from criteria.queries import stored_tree


def seals(publication: Publication) -> Iterator[tuple[Result, str]]:
    """Every result of a publication with its seal, in the order in which they are chained."""
    results = list(
        publication.results.select_related("assessment__unit", "assessment__cohort__criteria_set").order_by(
            "assessment__cohort__position", "assessment__cohort", "assessment__unit__code"
        )
    )
    sheets = [result.assessment_id for result in results]
    scores = _grouped(
        Score.objects.filter(assessment__in=sheets).order_by(
            "assessment", "layer", "criterion__position", "pk"
        )
    )
    targets = _grouped(
        AssignedTarget.objects.filter(assessment__in=sheets).order_by(
            "assessment", "criterion__position", "pk"
        )
    )
    areas: dict[int, list[AreaResult]] = {}
    for area in AreaResult.objects.filter(result__in=results).order_by("result", "criterion__position"):
        areas.setdefault(area.result_id, []).append(area)
    previous = seal(_head(publication), "")
    for result in results:
        sheet = result.assessment
        codes = stored_tree(sheet.cohort.criteria_set).codes
        content = {
            "unit": sheet.unit.code,
            "cohort": sheet.cohort.name,
            "structure": structure(stored_tree(sheet.cohort.criteria_set).tree),
            "targets": [[codes.get(t.criterion_id), canonical(t.value)] for t in targets.get(sheet.pk, [])],
            "leaves": [_leaf(score, codes.get(score.criterion_id)) for score in scores.get(sheet.pk, [])],
            "result": _result(result),
            "areas": [_area(area, codes[area.criterion_id]) for area in areas.get(result.pk, [])],
        }
        previous = seal(content, previous)
        yield result, previous


def _grouped(rows: Any) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.assessment_id, []).append(row)
    return grouped


def _head(publication: Publication) -> dict[str, Any]:
    period = publication.period
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
    }


def _leaf(score: Score, code: str | None) -> list[Any]:
    return [
        code or score.criterion_id,
        score.layer,
        score.basis,
        score.data,
        _figure(score.points),
        score.excluded,
        score.note,
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
