"""Whose each criterion is: of the offices and people who appraise it, and of the officers who score it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from accounts.models import Membership, Role, User
from assessments.models import Assessment, Assignment, Cohort, Mark
from criteria.queries import stored_tree
from criteria.tree import Criterion, Source


@dataclass(frozen=True)
class Assigned:
    """Assignments of a cohort by the key of each leaf that units score; `belongs` are the units of whom they name."""

    by_leaf: Mapping[int, tuple[Assignment, ...]]
    belongs: Mapping[int, frozenset[int]]

    @property
    def unassigned(self) -> list[int]:
        return [leaf for leaf, assignments in self.by_leaf.items() if not assignments]

    def is_double(self, leaf: int) -> bool:
        return len(self.by_leaf.get(leaf, ())) > 1

    def conflicts(self, assignment: Assignment, unit_id: int) -> bool:
        """The office, or whom it named, would appraise its own unit: then only the substitute may."""
        return assignment.office_id == unit_id or (
            assignment.appraiser_id is not None and unit_id in self.belongs[assignment.appraiser_id]
        )

    def places_of(self, user: User, unit_id: int, leaf: int) -> list[int]:
        """In which places `user` marks that leaf of that unit; none where it isn't his."""
        return [
            assignment.place
            for assignment in self.by_leaf.get(leaf, ())
            if self._is_his(assignment, user, unit_id)
        ]

    def leaves_of(self, user: User, unit_id: int) -> frozenset[int]:
        return frozenset(leaf for leaf in self.by_leaf if self.places_of(user, unit_id, leaf))

    def _is_his(self, assignment: Assignment, user: User, unit_id: int) -> bool:
        if self.conflicts(assignment, unit_id):
            return assignment.substitute_id == user.pk
        if assignment.appraiser_id is not None:
            return assignment.appraiser_id == user.pk
        return user.holds(Role.APPRAISER, assignment.office_id)


def assigned(cohort: Cohort) -> Assigned:
    """Each leaf goes to whoever the nearest assigned criterion above it, or it itself, was given to."""
    rows = list(
        Assignment.objects.filter(cohort=cohort)
        .select_related("office", "appraiser", "substitute")
        .order_by("criterion", "place")
    )
    stored = stored_tree(cohort.criteria_set)
    given: dict[str, tuple[Assignment, ...]] = {}
    for row in rows:
        if code := stored.codes.get(row.criterion_id):
            given[code] = (*given.get(code, ()), row)
    by_leaf = {
        stored.ids[leaf.code]: assignments
        for top in stored.tree.criteria
        for leaf, assignments in _spread(top, (), given)
        if leaf.source is Source.UNIT
    }
    return Assigned(by_leaf, _belongs({row.appraiser_id for row in rows if row.appraiser_id}))


def _spread(
    node: Criterion, above: tuple[Assignment, ...], given: Mapping[str, tuple[Assignment, ...]]
) -> Iterator[tuple[Criterion, tuple[Assignment, ...]]]:
    nearest = given.get(node.code, above)
    if node.is_leaf:
        yield node, nearest
    for child in node.children:
        yield from _spread(child, nearest, given)


def _belongs(people: set[int]) -> dict[int, frozenset[int]]:
    belongs: dict[int, frozenset[int]] = dict.fromkeys(people, frozenset())
    if people:
        held = Membership.objects.filter(user__in=people, unit__isnull=False).order_by("pk")
        for user_id, unit_id in held.values_list("user_id", "unit_id"):
            belongs[user_id] |= {unit_id}
    return belongs


@dataclass(frozen=True)
class Shares:
    """The officers to whom areas of a sheet were given; an area given to nobody is open to all of the unit's."""

    by_area: Mapping[int, tuple[User, ...]]
    area_of: Mapping[int, int]

    def refusal(self, user: User, leaf: int) -> str | None:
        """Why a leaf isn't his to score, in words."""
        others = self.by_area.get(self.area_of.get(leaf, 0), ())
        if not others or user in others:
            return None
        return f"Lĩnh vực này được phân công cho {', '.join(officer.full_name for officer in others)}."


def shares_of(assessment: Assessment) -> Shares:
    by_area: dict[int, tuple[User, ...]] = {}
    for share in assessment.shares.select_related("officer").order_by("officer__sort_key", "pk"):
        by_area[share.criterion_id] = (*by_area.get(share.criterion_id, ()), share.officer)
    if not by_area:
        return Shares({}, {})
    stored = stored_tree(assessment.cohort.criteria_set)
    area_of = {
        stored.ids[leaf.code]: stored.ids[top.code] for top in stored.tree.criteria for leaf in top.leaves()
    }
    return Shares(by_area, area_of)


def is_to_settle(assessment: Assessment, leaf: int) -> bool:
    """Whether both appraisers of a leaf are done and differ, so that the coordinator has to decide."""
    marks = list(Mark.objects.filter(assessment=assessment, criterion=leaf).order_by("place"))
    return len({(mark.points, mark.excluded) for mark in marks}) > 1
