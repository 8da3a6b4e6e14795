"""Whom something concerns: the people of a unit, the appraisers of a leaf, those who run a period."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from django.db.models import Q

from accounts.models import Membership, Role, Unit, User
from accounts.queries import active_holders, with_roles
from assessments.calendar import Phase
from assessments.models import Event, Period
from assessments.queries.assignments import Assigned, assigned
from assessments.queries.desks import Desk

Deed = Event.Deed
UNIT_ROLES = (Role.OFFICER, Role.UNIT_LEADER)


def receivers(event: Event, *more: Event) -> set[int]:
    """Ids of the people who are to know of what was done; never of him who did it, or who can't log in.

    `more` are answers of the same unit, given at once.
    """
    return _RECEIVERS[Deed(event.action)](event, *more) - {event.by_id}


def _leaders(event: Event) -> set[int]:
    return active_holders([Role.UNIT_LEADER], [event.assessment.unit_id])


def _officers(event: Event) -> set[int]:
    return active_holders([Role.OFFICER], [event.assessment.unit_id])


def _unit(event: Event) -> set[int]:
    return active_holders(UNIT_ROLES, [event.assessment.unit_id])


def _extended(event: Event) -> set[int]:
    """Those who work in the phase that was extended."""
    sheet, phase = event.assessment, Phase(event.after["phase"])
    if phase in {Phase.ROUND1, Phase.ROUND2}:
        responsible = assigned(sheet.cohort)
        return {
            person.pk
            for person in appraisers(sheet.period)
            if appraiser_desk(person, responsible).leaves(sheet.unit_id)
        }
    if phase is Phase.COUNCIL:
        return active_holders([Role.COORDINATOR], [sheet.period.host_id])
    return _unit(event)


def _answered(*events: Event) -> set[int]:
    """The appraisers of the leaves and the coordinators."""
    sheet = events[0].assessment
    leaves = {event.criterion_id for event in events}
    responsible = assigned(sheet.cohort)
    return active_holders([Role.COORDINATOR], [sheet.period.host_id]) | {
        person.pk
        for person in appraisers(sheet.period)
        if not leaves.isdisjoint(appraiser_desk(person, responsible).leaves(sheet.unit_id))
    }


def _assigned(event: Event) -> set[int]:
    """Whom a duty names that stood in no duty of the criterion before; all of the office where it names nobody."""
    stood = event.before["duties"]
    given = [duty for duty in event.after["duties"] if duty not in stood]
    names = {duty[place] for duty in given for place in ("appraiser", "substitute") if duty[place]}
    offices = {duty["office"] for duty in given if not duty["appraiser"]}
    concerned = Q(username__in=names) | Q(
        memberships__role=Role.APPRAISER, memberships__unit__code__in=offices
    )
    people = User.objects.filter(concerned, is_active=True)
    return set(people.order_by().values_list("pk", flat=True))


def _everybody(event: Event) -> set[int]:
    """Everybody whom the result of a period concerns: its units, its appraisers and its host."""
    period = event.period
    units = set(period.assessments.order_by().values_list("unit_id", flat=True))
    host = active_holders([Role.COORDINATOR, Role.LEADER], [period.host_id])
    return active_holders(UNIT_ROLES, units) | host | {person.pk for person in appraisers(period)}


_RECEIVERS: Mapping[Event.Deed, Callable[..., set[int]]] = {
    Deed.SEND: _leaders,
    Deed.SEND_BACK: _officers,
    Deed.RETURN: _unit,
    Deed.RENEW: _unit,
    Deed.EXTEND: _extended,
    Deed.RELEASE: _unit,
    Deed.EXPLAIN: _answered,
    Deed.CLOSE_APPRAISAL: _unit,
    Deed.ASSIGN: _assigned,
    Deed.PUBLISH: _everybody,
    Deed.CORRECT: _everybody,
}


def people_by_unit(units: Collection[int], *roles: str) -> dict[int, set[int]]:
    """Ids of the people who hold one of `roles` and can work, by unit."""
    held = Membership.objects.filter(role__in=roles, unit__in=units, user__is_active=True)
    found: dict[int, set[int]] = {}
    for unit_id, pk in held.order_by().values_list("unit_id", "user_id"):
        found.setdefault(unit_id, set()).add(pk)
    return found


def appraisers(period: Period) -> list[User]:
    """Everybody who may be given something to appraise in the period, with his roles."""
    people = User.objects.filter(
        is_active=True,
        memberships__role=Role.APPRAISER,
        memberships__unit__in=Unit.objects.offices_of(period.host_id),
    )
    return with_roles(people.distinct().order_by("pk"))


def appraiser_desk(person: User, responsible: Assigned) -> Desk:
    """An appraiser among the sheets of a cohort."""
    return Desk(person, responsible, oversees=False, appraises=True, coordinates=False)


def is_appraising(person: User, responsible: Assigned) -> bool:
    """Whether some criterion of a cohort is his, of whichever unit."""
    return any(
        person.pk in {assignment.appraiser_id, assignment.substitute_id}
        or (assignment.appraiser_id is None and person.holds(Role.APPRAISER, assignment.office_id))
        for assignments in responsible.by_leaf.values()
        for assignment in assignments
    )
