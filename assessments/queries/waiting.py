"""What is left of an appraisal: which leaves of sent sheets are judged, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from accounts.models import User
from assessments.calendar import Phase, Window
from assessments.models import ANSWERED, Assessment, Cohort, Layer, Mark, Period, Score
from assessments.queries.appraisal import TONES
from assessments.queries.assignments import Assigned, assigned, assigned_in, place_for
from assessments.queries.desks import Desk
from assessments.queries.explanations import disputes
from assessments.workflow import WITH_UNIT, PeriodState, State
from criteria.queries import stored_tree
from criteria.tree import Criterion

Leaf = tuple[int, int]
"""The keys of a sheet and of a criterion."""


@dataclass(frozen=True, slots=True)
class Given:
    """A mark, without what nobody needs to count."""

    by: int
    said: tuple[object, bool]
    at: datetime


@dataclass(frozen=True)
class Ledger:
    """Where round 1 stands on sheets that wait for it, and round 2 on what units dispute."""

    judged: Mapping[Leaf, datetime]
    marks: Mapping[Leaf, Mapping[int, Given]]
    undecided: frozenset[Leaf]

    @classmethod
    def read(cls, sheets: Collection[Assessment], criterion_id: int | None = None) -> Ledger:
        """Of all leaves, or of one."""
        only = {} if criterion_id is None else {"criterion": criterion_id}
        sent = [sheet.pk for sheet in sheets if sheet.state == State.SUBMITTED]
        told = [sheet.pk for sheet in sheets if sheet.state == State.EXPLAINING]
        judged = Score.objects.filter(ANSWERED, assessment__in=sent, layer=Layer.ROUND1, **only).order_by()
        marks: dict[Leaf, dict[int, Given]] = {}
        given = Mark.objects.filter(assessment__in=sent, **only).order_by()
        for sheet, leaf, place, by, points, excluded, at in given.values_list(
            "assessment", "criterion", "place", "updated_by", "points", "excluded", "updated_at"
        ):
            marks.setdefault((sheet, leaf), {})[place] = Given(by, (points, excluded), at)
        undecided = disputes().filter(assessment__in=told, decided=False, **only).order_by()
        return cls(
            judged={
                (sheet, leaf): at
                for sheet, leaf, at in judged.values_list("assessment", "criterion", "updated_at")
            },
            marks=marks,
            undecided=frozenset(undecided.values_list("assessment", "criterion")),
        )

    def is_done(self, sheet: Assessment, leaf: int, responsible: Assigned) -> bool:
        """Whether the round the sheet is in is over for the leaf."""
        key = (sheet.pk, leaf)
        if sheet.state == State.EXPLAINING:
            return key not in self.undecided
        if sheet.state != State.SUBMITTED or not responsible.is_double(leaf):
            return sheet.state != State.SUBMITTED or key in self.judged
        marks = self.marks.get(key, {})
        since = self.judged.get(key)
        return len(marks) > 1 and since is not None and all(mark.at <= since for mark in marks.values())

    def is_done_by(self, sheet: Assessment, leaf: int, desk: Desk) -> bool:
        """Whether he himself has nothing left to do there. Of the other's mark it says nothing."""
        if sheet.state != State.SUBMITTED or not desk.responsible.is_double(leaf):
            return self.is_done(sheet, leaf, desk.responsible)
        marked = {place: mark.by for place, mark in self.marks.get((sheet.pk, leaf), {}).items()}
        places = desk.places(sheet.unit_id, leaf)
        return bool(places) and place_for(places, marked, desk.user.pk) in marked

    def is_done_at(self, sheet: Assessment, leaf: int, desk: Desk) -> bool:
        """As the person looks at it: who oversees the cohort counts what is done, everybody else what he did.

        A coordinator whose own mark is asked for counts like an appraiser until it is in.
        """
        if desk.oversees and not desk.places(sheet.unit_id, leaf):
            return self.is_done(sheet, leaf, desk.responsible)
        return self.is_done_by(sheet, leaf, desk)

    def is_known(self, sheet: Assessment, leaf: int, desk: Desk) -> bool:
        """Whether he may know who has marked: not before his own mark, were he the coordinator himself."""
        return not desk.places(sheet.unit_id, leaf) or self.is_done_by(sheet, leaf, desk)

    def has_marked(self, sheet: Assessment, leaf: int, place: int) -> bool:
        return place in self.marks.get((sheet.pk, leaf), {})

    def is_to_settle(self, sheet: Assessment, leaf: int, responsible: Assigned) -> bool:
        marks = self.marks.get((sheet.pk, leaf), {})
        return len({mark.said for mark in marks.values()}) > 1 and not self.is_done(sheet, leaf, responsible)


@dataclass(frozen=True, slots=True)
class Count:
    """n of m."""

    done: int = 0
    asked: int = 0

    @property
    def left(self) -> int:
        return self.asked - self.done

    def and_one(self, done: bool) -> Count:
        return Count(self.done + done, self.asked + 1)


@dataclass(frozen=True, slots=True)
class AreaCount:
    pk: int
    criterion: Criterion
    count: Count


@dataclass(frozen=True)
class OwnProgress:
    """How far somebody is with his leaves of one sheet."""

    areas: tuple[AreaCount, ...]

    @property
    def count(self) -> Count:
        return added(area.count for area in self.areas)


def added(counts: Iterable[Count]) -> Count:
    done = asked = 0
    for count in counts:
        done, asked = done + count.done, asked + count.asked
    return Count(done, asked)


def left_in_round1(cohort: Cohort, sheets: Collection[Assessment]) -> dict[int, list[int]]:
    """By sheet the leaves that keep round 1 from being told to the unit; none where round 1 is over or ahead."""
    responsible, ledger = assigned(cohort), Ledger.read(sheets)
    return {
        sheet.pk: [leaf for leaf in responsible.by_leaf if not ledger.is_done(sheet, leaf, responsible)]
        for sheet in sheets
        if sheet.state == State.SUBMITTED
    }


def own_progress(assessment: Assessment, desk: Desk) -> OwnProgress:
    stored, ledger = stored_tree(assessment.cohort.criteria_set), Ledger.read([assessment])
    his = desk.leaves(assessment.unit_id)
    areas = []
    for top in stored.tree.criteria:
        leaves = [pk for leaf in top.leaves() if (pk := stored.ids[leaf.code]) in his]
        if leaves:
            done = sum(ledger.is_done_by(assessment, leaf, desk) for leaf in leaves)
            areas.append(AreaCount(stored.ids[top.code], top, Count(done, len(leaves))))
    return OwnProgress(tuple(areas))


@dataclass(frozen=True, slots=True)
class SheetToAppraise:
    """A sent sheet with how many of his leaves he has judged."""

    assessment: Assessment
    count: Count

    @property
    def in_round2(self) -> bool:
        return self.assessment.state == State.EXPLAINING

    @property
    def is_done(self) -> bool:
        return not self.count.left

    @property
    def tone(self) -> str:
        return TONES[State(self.assessment.state)]


@dataclass(frozen=True, slots=True)
class Round:
    """A round of appraisal with its dates and what is left in it."""

    phase: Phase
    window: Window
    left: int
    is_open: bool
    is_over: bool


@dataclass(frozen=True)
class CohortToAppraise:
    """What is left for somebody in one cohort; his waiting sheets first."""

    cohort: Cohort
    period: Period
    sheets: tuple[SheetToAppraise, ...]
    rounds: tuple[Round, ...]

    @property
    def left(self) -> int:
        return sum(sheet.count.left for sheet in self.sheets)

    @property
    def waiting(self) -> int:
        return sum(not sheet.is_done for sheet in self.sheets)


def cohorts_to_appraise(user: User, *, now: datetime) -> list[CohortToAppraise]:
    """Sent sheets of open periods with leaves that are his, by cohort, newest period first."""
    listed = list(
        Assessment.objects.in_context()
        .filter(period__host__in=user.appraised_hosts, period__state=PeriodState.OPEN)
        .exclude(state__in=WITH_UNIT)
        .order_by("-period__year", "period", "cohort__position", "cohort", "unit__sort_key", "pk")
    )
    cohorts = {sheet.cohort_id: sheet.cohort for sheet in listed}
    desks = {
        pk: Desk(user, responsible, oversees=False, appraises=True, coordinates=False)
        for pk, responsible in assigned_in(list(cohorts.values())).items()
    }
    ledger = Ledger.read(listed)
    found = []
    for pk, group in groupby(listed, key=lambda sheet: sheet.cohort_id):
        desk = desks[pk]
        counted = [(sheet, _count(sheet, ledger, desk)) for sheet in group]
        sheets = [SheetToAppraise(sheet, count) for sheet, count in counted if count.asked]
        if sheets:
            sheets.sort(key=lambda sheet: sheet.is_done)
            period = sheets[0].assessment.period
            found.append(CohortToAppraise(cohorts[pk], period, tuple(sheets), _rounds(period, sheets, now)))
    return found


def _count(sheet: Assessment, ledger: Ledger, desk: Desk) -> Count:
    leaves = desk.leaves(sheet.unit_id)
    return Count(sum(ledger.is_done_by(sheet, leaf, desk) for leaf in leaves), len(leaves))


def _rounds(period: Period, sheets: list[SheetToAppraise], now: datetime) -> tuple[Round, ...]:
    """The rounds in which something of his is left."""
    rounds = []
    for phase in (Phase.ROUND1, Phase.ROUND2):
        left = sum(sheet.count.left for sheet in sheets if sheet.in_round2 == (phase is Phase.ROUND2))
        if left:
            window = period.calendar[phase]
            rounds.append(Round(phase, window, left, window.is_open(now), window.is_over(now)))
    return tuple(rounds)
