"""What one person may see of a cohort's appraisal and judge himself; of a second appraiser nothing too early."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Unit, User
from assessments.models import Assessment, Assignment, Layer, Mark, Score, ScoreBase
from assessments.queries.assignments import Assigned, place_for
from assessments.workflow import Action


@dataclass(frozen=True, slots=True)
class Line:
    """The word of one of two appraisers; without a mark he has none yet."""

    assignment: Assignment
    mark: Mark | None

    @property
    def label(self) -> str:
        return str(self.assignment.get_place_display())

    @property
    def office(self) -> Unit:
        return self.assignment.office

    @property
    def basis(self) -> str:
        """What the button that takes this word over says."""
        return f"mark{self.assignment.place}"


@dataclass(frozen=True, slots=True)
class Marks:
    """A leaf that two appraise, as far as this person may know it.

    Until his own mark is in, `lines` is empty whatever the other one said; `mine` is what he said himself.
    """

    is_his: bool
    mine: Mark | None
    lines: tuple[Line, ...]

    @property
    def both(self) -> bool:
        return len(self.lines) > 1 and all(line.mark for line in self.lines)

    @property
    def differ(self) -> bool:
        return self.both and len({(line.mark.points, line.mark.excluded) for line in self.lines}) > 1

    @property
    def difference(self) -> Decimal | None:
        """In points; None where one of the two took the leaf out of the base."""
        points = [line.mark.points for line in self.lines if line.mark and line.mark.points is not None]
        return max(points) - min(points) if len(points) == len(self.lines) else None

    def has_settled(self, score: Score | None) -> bool:
        """Whether round 1 says what came of both marks; an older word is from before two had the leaf."""
        return (
            self.both
            and score is not None
            and all(line.mark.updated_at <= score.updated_at for line in self.lines)
        )


@dataclass(frozen=True)
class Desk:
    """A person at the sheets of one cohort. `oversees`: he sees every leaf; `appraises`, `coordinates`: his role
    for the host of the period lets him."""

    user: User
    responsible: Assigned
    oversees: bool
    appraises: bool
    coordinates: bool

    def is_own(self, unit_id: int) -> bool:
        """Nobody judges a unit that he works for."""
        return unit_id in self.user.own_units

    def places(self, unit_id: int, leaf: int) -> list[int]:
        """In which places he marks that leaf of that unit."""
        if not self.appraises or self.is_own(unit_id):
            return []
        return self.responsible.places_of(self.user, unit_id, leaf)

    def leaves(self, unit_id: int) -> frozenset[int]:
        """What is his to appraise of a unit's sheet."""
        if not self.appraises or self.is_own(unit_id):
            return frozenset()
        return self.responsible.leaves_of(self.user, unit_id)

    def sees(self, unit_id: int, leaf: int) -> bool:
        return self.oversees or bool(self.places(unit_id, leaf))

    def marks(self, unit_id: int, leaf: int, given: Mapping[int, Mark]) -> Marks | None:
        """What he may know of the marks `given` to a leaf; None where one appraiser has it alone."""
        if not self.responsible.is_double(leaf):
            return None
        places = self.places(unit_id, leaf)
        mine = None
        if places:
            given_by = {place: mark.updated_by_id for place, mark in given.items()}
            mine = given.get(place_for(places, given_by, self.user.pk))
        if places and mine is None:
            return Marks(True, None, ())
        shared = self.responsible.by_leaf[leaf]
        return Marks(bool(places), mine, tuple(Line(one, given.get(one.place)) for one in shared))

    def action(self, sheet: Assessment, leaf: int, layer: str, marks: Marks | None) -> Action | None:
        """What he would do to the leaf on `layer`, were it the time; None where it isn't his."""
        if self.is_own(sheet.unit_id):
            return None
        if layer == Layer.COUNCIL:
            return Action.FIX if self.coordinates else None
        if marks is not None and marks.both and layer == Layer.ROUND1:
            return Action.SETTLE if self.coordinates and marks.differ else None
        if not self.places(sheet.unit_id, leaf):
            return None
        return Action.APPRAISE if layer == Layer.ROUND1 else Action.REVISE


def judged_by(marks: Marks | None, score: Score | None) -> ScoreBase | None:
    """What somebody may see said of a leaf: round 1, or where two appraise it his own mark until both are in."""
    if marks is None or marks.has_settled(score):
        return score
    return marks.mine
