"""The leaves that corrections read otherwise than the council's scores, which stay as they were first published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from assessments.models import CorrectedScore, Publication, Result

# By sheet and leaf. What isn't in it is what the council's Score says.
Overlay = Mapping[tuple[int, int], CorrectedScore]
NO_OVERLAY: Overlay = {}


def overlay_of(publication: Publication) -> Overlay:
    """Everything corrected up to and by this publication; of a leaf corrected twice the later."""
    if not publication.is_correction:
        return NO_OVERLAY
    return _latest(_published().filter(publication__period=publication.period_id), publication.ordinal)


def overlays_of(results: Iterable[Result]) -> dict[int, Overlay]:
    """What each result reads otherwise, by its key, in one query; none where nothing was ever corrected."""
    corrected = [result for result in results if result.publication.is_correction]
    if not corrected:
        return {}
    sheets = {result.assessment_id for result in corrected}
    rows: dict[int, list[CorrectedScore]] = {}
    for row in _published().filter(assessment__in=sheets):
        rows.setdefault(row.assessment_id, []).append(row)
    return {
        result.pk: _latest(rows.get(result.assessment_id, ()), result.publication.ordinal)
        for result in corrected
    }


def _published() -> QuerySet[CorrectedScore]:
    rows = CorrectedScore.objects.filter(publication__isnull=False)
    rows = rows.select_related("publication", "assessment__unit")
    return rows.order_by("publication__ordinal", "pk")


def _latest(rows: Iterable[CorrectedScore], ordinal: int) -> Overlay:
    return {(row.assessment_id, row.criterion_id): row for row in rows if row.publication.ordinal <= ordinal}
