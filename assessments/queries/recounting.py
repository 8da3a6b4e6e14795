"""Whether stored totals are what the leaves add up to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from assessments.models import AreaTotal, Cohort, Layer, LayerTotal
from assessments.queries.standings import plan_of, recount
from criteria.queries import stored_tree
from criteria.tally import Tally

_TOTALS = ("base", "applicable", "index", "bonus", "penalty", "total", "answered", "leaves")
_AREAS = ("points", "applicable", "answered", "leaves")


@dataclass(frozen=True)
class Difference:
    """`stored` and `counted` None: there is no such row, or nothing is counted for it."""

    assessment_id: int
    layer: str
    what: str
    stored: Decimal | int | None
    counted: Decimal | int | None

    def __str__(self) -> str:
        return f"phiếu {self.assessment_id}, {self.layer}, {self.what}: lưu {self.stored}, tính lại {self.counted}"


def total_differences(cohort: Cohort) -> list[Difference]:
    """Every stored total of the cohort that a recount from the leaves doesn't confirm."""
    return [difference for layer in Layer.values for difference in _of_layer(cohort, layer)]


def _of_layer(cohort: Cohort, layer: str) -> Iterator[Difference]:
    stored = stored_tree(cohort.criteria_set)
    tallies = recount(cohort, layer)
    nothing = plan_of(stored, layer).tally({})
    totals = {
        total.assessment_id: total
        for total in LayerTotal.objects.filter(assessment__cohort=cohort, layer=layer).order_by("pk")
    }
    areas: dict[int, dict[int, AreaTotal]] = {}
    for area in AreaTotal.objects.filter(assessment__cohort=cohort, layer=layer).order_by("pk"):
        areas.setdefault(area.assessment_id, {})[area.criterion_id] = area
    for pk in sorted(totals.keys() | tallies.keys() | areas.keys()):
        tally = tallies.get(pk, nothing)
        if pk not in totals:
            if tally.answered:
                yield Difference(pk, layer, "total", None, tally.total)
            continue
        expected = _expected(tally)
        for name in _TOTALS:
            if getattr(totals[pk], name) != expected[name]:
                yield Difference(pk, layer, name, getattr(totals[pk], name), expected[name])
        kept = areas.get(pk, {})
        tops = {stored.ids[top.code]: tally.nodes[top.code] for top in stored.tree.criteria}
        for criterion_id in sorted(kept.keys() | tops.keys()):
            area, node = kept.get(criterion_id), tops.get(criterion_id)
            for name in _AREAS:
                saved, counted = getattr(area, name, None), getattr(node, name, None)
                if saved != counted:
                    what = f"{stored.codes.get(criterion_id, criterion_id)} {name}"
                    yield Difference(pk, layer, what, saved, counted)


def _expected(tally: Tally) -> dict[str, Decimal | int]:
    return {"base": tally.base_points} | {name: getattr(tally, name) for name in _TOTALS[1:]}
