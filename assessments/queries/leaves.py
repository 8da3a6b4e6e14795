from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessments.models import Assessment, AssignedTarget
from criteria.points import canonical
from criteria.queries import stored_tree
from criteria.rules import Ratio, Target
from criteria.scoring import NOT_APPLICABLE, LeafScore, score
from criteria.tree import Criterion


def leaf_criterion(assessment: Assessment, criterion_id: int) -> Criterion | None:
    """The leaf of the sheet's own set with that key; None where there is none."""
    stored = stored_tree(assessment.cohort.criteria_set)
    code = stored.codes.get(criterion_id)
    node = stored.tree.by_code[code] if code else None
    return node if node and node.is_leaf else None


def needs_target(criterion: Criterion) -> bool:
    return isinstance(criterion.rule, Ratio) and criterion.rule.target is Target.ASSIGNED


def score_of(
    assessment: Assessment, criterion: Criterion, decimals: int, data: Mapping[str, Any]
) -> LeafScore:
    """What a leaf's declared data are worth on this sheet, with the unit's own target where there is one.

    Raises scoring.Refused.
    """
    if needs_target(criterion) and NOT_APPLICABLE not in data:
        target = (
            AssignedTarget.objects.filter(assessment=assessment, criterion__code=criterion.code)
            .filter(criterion__criteria_set=assessment.cohort.criteria_set)
            .values_list("value", flat=True)
            .first()
        )
        data = {**data, **({"target": canonical(target)} if target is not None else {})}
    return score(criterion, data, decimals)
