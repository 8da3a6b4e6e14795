"""What the clock calls for: phases that have opened, deadlines that are near, and whom each concerns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from accounts.models import Role, User
from accounts.queries import active_holders
from assessments.calendar import Phase
from assessments.deadlines import PHASE_IN, ends, reminder_due
from assessments.models import Assessment, Cohort, Period
from assessments.queries.assignments import assigned_in
from assessments.queries.explained import Explained, explained
from assessments.queries.extensions import rules_by_sheet
from assessments.queries.receivers import (
    UNIT_ROLES,
    appraiser_desk,
    appraisers,
    is_appraising,
    people_by_unit,
)
from assessments.queries.tellings import Telling, appraisal_deadline, nudge, phase_opened, unit_deadline
from assessments.queries.waiting import Ledger
from assessments.workflow import WITH_UNIT, Extension, PeriodState, State

# In which states the phase that opens is the unit's own concern, and whose in it.
_UNITS_IN = {
    Phase.SELF: ({State.DRAFT, State.RETURNED}, Role.OFFICER),
    Phase.APPROVAL: (WITH_UNIT, Role.UNIT_LEADER),
    Phase.EXPLANATION: ({State.SUBMITTED, State.EXPLAINING}, *UNIT_ROLES),
}
_ROUNDS = {Phase.ROUND1: State.SUBMITTED, Phase.ROUND2: State.EXPLAINING}


def periods_under_way() -> list[Period]:
    return list(Period.objects.in_context().filter(state=PeriodState.OPEN).order_by("pk"))


def called_for(period: Period, *, now: datetime) -> Iterator[tuple[Telling, set[int]]]:
    """Everything people of an open period are to be told at `now`, each with the ids of its readers.

    Whatever was told already comes again: its key says so.
    """
    sheets = list(period.assessments.in_context().order_by("pk"))
    yield from _opened(period, sheets, now)
    extensions = rules_by_sheet(sheets)
    yield from _of_units(period, sheets, extensions, now)
    yield from _of_appraisers(period, sheets, extensions, now)


def _opened(period: Period, sheets: list[Assessment], now: datetime) -> Iterator[tuple[Telling, set[int]]]:
    for phase in period.calendar.open_phases(now):
        told = phase_opened(period, phase)
        if phase in _UNITS_IN:
            states, *roles = _UNITS_IN[phase]
            yield told, active_holders(roles, {sheet.unit_id for sheet in sheets if sheet.state in states})
        elif phase in _ROUNDS:
            responsible = assigned_in(_cohorts(period)).values()
            yield (
                told,
                {
                    person.pk
                    for person in appraisers(period)
                    if any(is_appraising(person, of_cohort) for of_cohort in responsible)
                },
            )
        else:
            yield told, active_holders([Role.COORDINATOR], [period.host_id])


def _of_units(
    period: Period,
    sheets: list[Assessment],
    extensions: Mapping[int, list[Extension]],
    now: datetime,
) -> Iterator[tuple[Telling, set[int]]]:
    calendar = period.calendar
    progress = explained(period)
    people = people_by_unit({sheet.unit_id for sheet in sheets}, *UNIT_ROLES)
    for sheet in sheets:
        for phase in phases_to_do(sheet, progress.get(sheet.pk)):
            for deadline in ends(phase, calendar, extensions.get(sheet.pk, ())):
                if days := reminder_due(deadline, now, since=calendar[phase].opens):
                    told = unit_deadline(sheet, phase, deadline, days, now)
                    yield told, people.get(sheet.unit_id, set())


def phases_to_do(sheet: Assessment, progress: Explained | None) -> tuple[Phase, ...]:
    """The phases in which a unit still has something to do, the next one first."""
    if sheet.state == State.EXPLAINING:
        return (Phase.EXPLANATION,) if progress and progress.unanswered else ()
    if sheet.state == State.DRAFT:
        return (Phase.SELF, Phase.APPROVAL)
    return (PHASE_IN[State(sheet.state)],) if sheet.is_with_unit else ()


def _of_appraisers(
    period: Period,
    sheets: list[Assessment],
    extensions: Mapping[int, list[Extension]],
    now: datetime,
) -> Iterator[tuple[Telling, set[int]]]:
    calendar = period.calendar
    near: dict[tuple[Phase, datetime, int], list[Assessment]] = {}
    for phase, state in _ROUNDS.items():
        for sheet in sheets:
            if sheet.state == state:
                for deadline in ends(phase, calendar, extensions.get(sheet.pk, ())):
                    if days := reminder_due(deadline, now, since=calendar[phase].opens):
                        near.setdefault((phase, deadline, days), []).append(sheet)
    if near:
        people = appraisers(period)
        for (phase, deadline, days), waiting in near.items():
            told = appraisal_deadline(period, phase, deadline, days, now)
            yield told, _with_work(period, waiting, people)


def _with_work(period: Period, sheets: list[Assessment], people: Collection[User]) -> set[int]:
    """Ids of those who have something left on one of these sheets."""
    ledger = Ledger.read(sheets)
    desks = {
        (person.pk, cohort): appraiser_desk(person, responsible)
        for cohort, responsible in assigned_in(_cohorts(period)).items()
        for person in people
    }
    return {
        person.pk
        for person in people
        if any(
            not ledger.is_done_by(sheet, leaf, desk)
            for sheet in sheets
            for desk in [desks[person.pk, sheet.cohort_id]]
            for leaf in desk.leaves(sheet.unit_id)
        )
    }


def _cohorts(period: Period) -> list[Cohort]:
    return list(period.cohorts.select_related("criteria_set").order_by("pk"))


def nudges(
    period: Period, sheets: Iterable[Assessment], *, now: datetime
) -> list[tuple[Assessment, Telling, set[int]]]:
    """What a coordinator would remind the units of these sheets of, with the ids of its readers; units that
    have nothing to do are left out."""
    listed = list(sheets)
    progress = explained(period)
    extensions = rules_by_sheet(listed)
    people = people_by_unit({sheet.unit_id for sheet in listed}, *UNIT_ROLES)
    return [
        (
            sheet,
            nudge(sheet, phases[0], moments[-1] if moments else None, now),
            people.get(sheet.unit_id, set()),
        )
        for sheet in listed
        if (phases := phases_to_do(sheet, progress.get(sheet.pk)))
        for moments in [ends(phases[0], period.calendar, extensions.get(sheet.pk, ()))]
    ]
