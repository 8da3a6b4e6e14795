"""Whether stored totals are what the leaves add up to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.models import Cohort, Layer, LayerTotal
from assessments.queries.standings import plan_of, recount
from criteria.queries import stored_tree
from criteria.tally import NodeTally, Tally
from criteria.tree import CriteriaTree

_COUNTED = ("applicable", "index", "bonus", "penalty", "total", "answered", "leaves")
FIGURES = ("base", *_COUNTED, "nodes")


def figures_of(tally: Tally, tree: CriteriaTree) -> dict[str, Any]:
    """What a LayerTotal says, by the names of its FIGURES."""
    return {
        "base": tally.base_points,
        **{name: getattr(tally, name) for name in _COUNTED},
        "nodes": {top.code: tally.nodes[top.code] for top in tree.criteria},
    }


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
    for pk in sorted(totals.keys() | tallies.keys()):
        tally = tallies.get(pk, nothing)
        if pk not in totals:
            if tally.answered:
                yield Difference(pk, layer, "total", None, tally.total)
            continue
        figures = figures_of(tally, stored.tree)
        nodes = figures.pop("nodes")
        for name, counted in figures.items():
            if (saved := getattr(totals[pk], name)) != counted:
                yield Difference(pk, layer, name, saved, counted)
        kept = totals[pk].nodes
        for code in [*nodes, *sorted(kept.keys() - nodes.keys())]:
            for name in NodeTally._fields:
                saved, counted = (getattr(of.get(code), name, None) for of in (kept, nodes))
                if saved != counted:
                    yield Difference(pk, layer, f"{code} {name}", saved, counted)
