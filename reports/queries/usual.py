"""How the areas of a unit are called in a year that has no result of its own."""

from __future__ import annotations

from django.db.models import F

from accounts.models import Unit
from assessments.queries.outcomes import sources_of
from criteria.models import CriteriaSet, Criterion


def usual_areas(unit: Unit, year: int) -> dict[str, str]:
    """Names by code: as the unit's result nearest to that year has them (of two the later), else the set that it
    was last scored by, else the set decided last; empty where there is none."""
    outcomes = [outcome for _, outcome in sources_of(unit) if outcome.areas]
    if outcomes:
        nearest = min(outcomes, key=lambda outcome: abs(outcome.year - year))
        return {area.code: area.name for area in nearest.areas}
    areas = Criterion.objects.filter(criteria_set=_set_of(unit), parent=None, role=Criterion.Role.BASE)
    return dict(areas.order_by("position").values_list("code", "name"))


def _set_of(unit: Unit) -> CriteriaSet | None:
    own = CriteriaSet.objects.filter(cohorts__assessments__unit=unit).order_by("-cohorts__period__year")
    decided = CriteriaSet.objects.order_by(F("decision_date").desc(nulls_last=True), "-pk")
    return own.first() or decided.first()
