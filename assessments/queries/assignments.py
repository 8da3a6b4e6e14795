"""Whose each criterion is: of the offices and people who appraise it, and of the officers who score it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from accounts.models import Membership, Role, User
from assessments.models import Assessment, Assignment, Cohort, Mark
from criteria.queries import stored_tree
from criteria.tree import Criterion, Source


@dataclass(frozen=True)
class Assigned:
    """Assignments of a cohort by the key of each leaf that units score; `belongs` are the units of whom they name.

    `direct` are the same by the key of the criterion they were made for.
    """

    by_leaf: Mapping[int, tuple[Assignment, ...]]
    belongs: Mapping[int, frozenset[int]]
    direct: Mapping[int, tuple[Assignment, ...]]

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
        return frozenset(
            leaf
            for assignments, leaves in self._shared
            if any(self._is_his(assignment, user, unit_id) for assignment in assignments)
            for leaf in leaves
        )

    @cached_property
    def _shared(self) -> list[tuple[tuple[Assignment, ...], list[int]]]:
        """Leaves that go to the same people together: a cohort has few assignments and many leaves and units."""
        shared: dict[tuple[Assignment, ...], list[int]] = {}
        for leaf, assignments in self.by_leaf.items():
            shared.setdefault(assignments, []).append(leaf)
        return list(shared.items())

    def _is_his(self, assignment: Assignment, user: User, unit_id: int) -> bool:
        if self.conflicts(assignment, unit_id):
            return assignment.substitute_id == user.pk
        if assignment.appraiser_id is not None:
            return assignment.appraiser_id == user.pk
        return user.holds(Role.APPRAISER, assignment.office_id)


def assigned(cohort: Cohort) -> Assigned:
    """Each leaf goes to whoever the nearest assigned criterion above it, or it itself, was given to."""
    return assigned_in([cohort])[cohort.pk]


def assigned_in(cohorts: Collection[Cohort]) -> dict[int, Assigned]:
    """The same for several cohorts, by their keys, in as many queries as for one."""
    rows = list(
        Assignment.objects.filter(cohort__in=cohorts)
        .select_related("office", "appraiser", "substitute")
        .order_by("criterion", "place")
    )
    belongs = _belongs({pk for row in rows for pk in (row.appraiser_id, row.substitute_id) if pk is not None})
    return {cohort.pk: _assigned(cohort, rows, belongs) for cohort in cohorts}


def _assigned(cohort: Cohort, rows: list[Assignment], belongs: Mapping[int, frozenset[int]]) -> Assigned:
    stored = stored_tree(cohort.criteria_set)
    given: dict[str, tuple[Assignment, ...]] = {}
    for row in rows:
        if row.cohort_id == cohort.pk and (code := stored.codes.get(row.criterion_id)):
            given[code] = (*given.get(code, ()), row)
    by_leaf = {
        stored.ids[leaf.code]: assignments
        for top in stored.tree.criteria
        for leaf, assignments in _spread(top, (), given)
        if leaf.source is Source.UNIT
    }
    return Assigned(by_leaf, belongs, {stored.ids[code]: found for code, found in given.items()})


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


def place_for(places: list[int], marked: Mapping[int, int], user_id: int) -> int:
    """Of the places that are somebody's the one he marks in. `marked` says by place whose the mark there is.

    Who could stand in both keeps the one he marked in first.
    """
    his = [place for place in places if marked.get(place) == user_id]
    return (his or [place for place in places if place not in marked] or places)[0]


def is_to_settle(assessment: Assessment, leaf: int) -> bool:
    """Whether both appraisers of a leaf are done and differ, so that the coordinator has to decide."""
    marks = list(Mark.objects.filter(assessment=assessment, criterion=leaf).order_by("place"))
    return len({(mark.points, mark.excluded) for mark in marks}) > 1
