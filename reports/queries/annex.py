"""A publication as its annex prints it."""

from __future__ import annotations

from assessments.models import CorrectedScore, Publication, Result, ScoreBase
from assessments.outcome import Decision
from assessments.queries.corrections import council_of, in_order
from assessments.queries.overlay import overlay_of
from assessments.queries.rankings import SHADES, AreaCell, CohortRanking, RankedUnit, ranking
from criteria.queries import stored_tree
from reports.kinds.annex.facts import (
    AnnexFacts,
    Area,
    AreaFigure,
    ChangedLine,
    CohortLines,
    CorrectedLine,
    Correction,
    UnitLine,
)

_LEVELS = {name: level for level, (_, name) in enumerate(SHADES, start=1)}


def annex_of(publication: Publication) -> AnnexFacts:
    published = ranking(publication)
    return AnnexFacts(
        year=published.period.year,
        decision=_decision(publication),
        cohorts=tuple(map(_cohort, published.cohorts)),
        floors=tuple(floor for floor, _ in SHADES),
        correction=_correction(publication) if publication.is_correction else None,
        superseded_by=str(published.superseded_by or ""),
    )


def _decision(publication: Publication) -> Decision:
    return Decision(publication.decision_number, publication.decision_date, publication.decision_issuer)


def _cohort(ranked: CohortRanking) -> CohortLines:
    return CohortLines(
        name=ranked.cohort.name,
        max_total=ranked.tree.total,
        areas=tuple(Area(area.code, area.name, area.max_points) for area in ranked.tree.areas),
        lines=tuple(map(_line, ranked.rows)),
    )


def _line(row: RankedUnit) -> UnitLine:
    result = row.result
    return UnitLine(
        unit=row.unit.short_name,
        rank=result.rank,
        is_tied=row.is_tied,
        areas=tuple(map(_figure, row.areas)),
        bonus=result.bonus,
        penalty=result.penalty,
        total=result.total,
        percent=row.percent,
        grade=result.grade,
        reason=result.reason,
    )


def _figure(cell: AreaCell | None) -> AreaFigure | None:
    return cell and AreaFigure(cell.points, cell.applicable, _LEVELS.get(cell.shade, 0))


def _correction(publication: Publication) -> Correction:
    """Beside the publication just before it."""
    before = Publication.objects.get(period=publication.period_id, ordinal=publication.ordinal - 1)
    return Correction(
        corrects=_decision(before),
        reason=publication.reason,
        leaves=_leaves(publication, before),
        changed=_changed(publication, before),
    )


def _leaves(publication: Publication, before: Publication) -> tuple[CorrectedLine, ...]:
    rows = list(in_order(CorrectedScore.objects.filter(publication=publication)))
    said: dict[tuple[int, int], ScoreBase] = {**council_of(rows), **overlay_of(before)}
    return tuple(_leaf(row, said[row.assessment_id, row.criterion_id]) for row in rows)


def _leaf(row: CorrectedScore, before: ScoreBase) -> CorrectedLine:
    stored = stored_tree(row.assessment.cohort.criteria_set)
    criterion = stored.tree.by_code[stored.codes[row.criterion_id]]
    return CorrectedLine(
        unit=row.assessment.unit.short_name,
        code=criterion.code,
        name=criterion.name,
        before=before.points,
        after=row.points,
        reason=row.note,
    )


def _changed(publication: Publication, before: Publication) -> tuple[ChangedLine, ...]:
    """In the order of the new ranking."""
    was = {
        result.assessment_id: result for result in Result.objects.filter(publication=before).order_by("pk")
    }
    now = Result.objects.filter(publication=publication).select_related("assessment__unit")
    found = []
    for result in now.order_by(
        "assessment__cohort__position", "assessment__cohort", "rank", "assessment__unit__sort_key", "pk"
    ):
        old = was[result.assessment_id]
        if (old.total, old.rank) != (result.total, result.rank):
            unit = result.assessment.unit.short_name
            found.append(ChangedLine(unit, old.total, result.total, old.rank, result.rank))
    return tuple(found)
