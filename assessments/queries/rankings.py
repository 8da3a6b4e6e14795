"""Published rankings as they were stored, and the matrix of leaf scores behind them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, F, Prefetch, QuerySet

from accounts.models import Unit
from assessments.models import (
    AreaResult,
    Assessment,
    Cohort,
    Layer,
    Period,
    Publication,
    RecordedResult,
    Result,
    Score,
)
from assessments.queries.outcomes import in_force, published_results, recorded_results
from assessments.queries.overlay import overlay_of
from assessments.ranking import shared_ranks
from assessments.workflow import PeriodState
from criteria.points import percent
from criteria.queries import stored_tree
from criteria.tree import CriteriaTree, Role

# Shades of a share of the maximum, in percent from which they hold; the figure always stands beside them.
SHADES = ((95, "full"), (85, "high"), (70, "middle"), (0, "low"))


@dataclass(frozen=True)
class AreaCell:
    """One area of one unit. Without anything applicable there is neither percent nor rank."""

    points: Decimal
    applicable: Decimal
    rank: int | None

    @property
    def percent(self) -> Fraction | None:
        return percent(self.points, self.applicable)

    @property
    def shade(self) -> str:
        share = self.percent
        return "none" if share is None else next(name for floor, name in SHADES if share >= floor)


@dataclass(frozen=True)
class RankedUnit:
    """One line of a ranking; `areas` stand in the order of the tree, None where nothing was published."""

    result: Result
    is_tied: bool
    areas: tuple[AreaCell | None, ...]
    percent: Fraction | None

    @property
    def unit(self) -> Unit:
        return self.result.assessment.unit


@dataclass(frozen=True)
class CohortRanking:
    cohort: Cohort
    tree: CriteriaTree
    rows: tuple[RankedUnit, ...]

    @property
    def ranked(self) -> int:
        return sum(row.result.rank is not None for row in self.rows)

    @property
    def has_bonus(self) -> bool:
        return any(node.role is Role.BONUS for node in self.tree.walk())

    @property
    def has_penalty(self) -> bool:
        return any(node.role is Role.PENALTY for node in self.tree.walk())


@dataclass(frozen=True)
class Ranking:
    period: Period
    publication: Publication
    cohorts: tuple[CohortRanking, ...]

    @property
    def superseded_by(self) -> Publication | None:
        """What is in force instead; None where this is."""
        current = self.period.publication
        return None if current == self.publication else current


def published_periods() -> QuerySet[Period]:
    """Newest first, with the number of units whose result was published, and every publication, the latest first."""
    return (
        Period.objects.filter(state=PeriodState.PUBLISHED)
        .select_related("host", "publication")
        .prefetch_related(Prefetch("publications", Publication.objects.order_by("-ordinal")))
        .annotate(units=Count("assessments"))
        .order_by("-year", "-publication__decision_date", "host__sort_key", "pk")
    )


def results_of_units(unit_ids: Collection[int]) -> QuerySet[Result]:
    """Published results of these units that are in force, newest first."""
    return (
        in_force(published_results())
        .filter(assessment__unit__in=unit_ids)
        .order_by("-assessment__period__year", "assessment__unit__sort_key", "pk")
    )


def records_within(units: Collection[int], hosts: Collection[int] = ()) -> QuerySet[RecordedResult]:
    """Records of these units and of everything these hosts published, newest first."""
    found = recorded_results().filter(unit__in=units) | recorded_results().filter(host__in=hosts)
    return found.order_by("-year", "unit__sort_key", "pk")


def publications() -> QuerySet[Publication]:
    """With everything that permissions and page heads read."""
    return Publication.objects.select_related("period__host", "period__publication")


def publications_of(period: Period) -> list[Publication]:
    """The latest, which is in force, first."""
    return list(period.publications.order_by("-ordinal"))


def results_of_sheet(assessment: Assessment) -> list[Result]:
    """What every publication said of it, the one in force first."""
    results = Result.objects.filter(assessment=assessment).select_related("publication")
    return list(results.order_by("-publication__ordinal"))


def ranking(publication: Publication) -> Ranking:
    """The ranking as it was stored then, cohort by cohort; units without a result come last."""
    results = list(
        published_results()
        .filter(publication=publication)
        .order_by(
            "assessment__cohort__position",
            "assessment__cohort",
            F("rank").asc(nulls_last=True),
            "assessment__unit__sort_key",
            "assessment__unit__code",
        )
    )
    areas: dict[int, dict[int, AreaCell]] = {}
    for area in AreaResult.objects.filter(result__publication=publication).order_by("pk"):
        areas.setdefault(area.result_id, {})[area.criterion_id] = AreaCell(
            area.points, area.applicable, area.rank
        )
    by_cohort: dict[int, list[Result]] = {}
    for result in results:
        by_cohort.setdefault(result.assessment.cohort_id, []).append(result)
    return Ranking(
        period=publication.period,
        publication=publication,
        cohorts=tuple(_cohort_ranking(listed, areas) for listed in by_cohort.values()),
    )


def _cohort_ranking(results: list[Result], areas: Mapping[int, Mapping[int, AreaCell]]) -> CohortRanking:
    cohort = results[0].assessment.cohort
    stored = stored_tree(cohort.criteria_set)
    keys = [stored.ids[area.code] for area in stored.tree.areas]
    shared = shared_ranks({result.pk: result.rank for result in results})
    return CohortRanking(
        cohort,
        stored.tree,
        tuple(
            RankedUnit(
                result=result,
                is_tied=result.rank in shared,
                areas=tuple(
                    areas.get(result.pk, {}).get(key) if result.rank is not None else None for key in keys
                ),
                percent=None if result.total is None else percent(result.total, stored.tree.total),
            )
            for result in results
        ),
    )


def leaf_points(
    publication: Publication, cohort: Cohort, layer: str
) -> dict[tuple[int, str], Decimal | None]:
    """Points of one layer by assessment and leaf code, as that publication has them.

    None where the leaf is excluded, absent if unanswered.
    """
    stored = stored_tree(cohort.criteria_set)
    rows = Score.objects.filter(
        assessment__cohort=cohort, layer=layer, criterion__criteria_set=cohort.criteria_set_id
    )
    found = {
        (assessment_id, stored.codes[criterion_id]): None if excluded else points
        for assessment_id, criterion_id, points, excluded in rows.order_by("pk").values_list(
            "assessment_id", "criterion_id", "points", "excluded"
        )
        if excluded or points is not None
    }
    if layer == Layer.COUNCIL:
        for (assessment_id, criterion_id), said in overlay_of(publication).items():
            # The other cohorts of the period may have sets of their own.
            if (key := (assessment_id, stored.codes.get(criterion_id, ""))) in found:
                found[key] = None if said.excluded else said.points
    return found
