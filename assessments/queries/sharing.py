"""How a unit shares its sheet among its officers."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Role, User
from assessments.models import Assessment, Layer
from assessments.queries.assignments import shares_of
from assessments.queries.sheet import summary_of
from criteria import tree
from criteria.queries import stored_tree
from criteria.tree import Source


@dataclass(frozen=True, slots=True)
class SharedArea:
    """An area the unit scores, with how far it is and the officers it was given to."""

    pk: int
    criterion: tree.Criterion
    officers: tuple[User, ...]
    answered: int
    leaves: int


def officers_of(assessment: Assessment) -> list[User]:
    held = User.objects.filter(
        memberships__role=Role.OFFICER, memberships__unit=assessment.unit_id, is_active=True
    )
    return list(held.distinct().order_by("sort_key", "pk"))


def shared_areas(assessment: Assessment) -> list[SharedArea]:
    stored = stored_tree(assessment.cohort.criteria_set)
    shares = shares_of(assessment)
    answered = {line.pk: line.total.answered for line in summary_of(assessment, Layer.SELF).areas}
    areas = []
    for top in stored.tree.criteria:
        pk = stored.ids[top.code]
        leaves = sum(leaf.source is Source.UNIT for leaf in top.leaves())
        if leaves:
            areas.append(SharedArea(pk, top, shares.by_area.get(pk, ()), answered.get(pk, 0), leaves))
    return areas
