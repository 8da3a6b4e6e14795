"""Who may do what on a sheet or a period, and the one gate that every writing action passes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import rules
from django.core.exceptions import PermissionDenied

from accounts.models import Role, Unit, User
from assessments.models import Assessment, Cohort, Notice, Period, RecordedResult, Result
from assessments.queries.assignments import Assigned, assigned, assigned_in, shares_of
from assessments.queries.desks import Desk
from assessments.queries.evidence import showing
from assessments.queries.explanations import asked_leaves
from assessments.workflow import Action, PeriodAction, PeriodState, Refusal


def _host_id(target: Assessment | Cohort | Period) -> int:
    return target.host_id if isinstance(target, Period) else target.period.host_id


@rules.predicate
def scores_for_unit(user: User, assessment: Assessment) -> bool:
    return user.holds(Role.OFFICER, assessment.unit_id)


@rules.predicate
def leads_unit(user: User, assessment: Assessment) -> bool:
    return user.holds(Role.UNIT_LEADER, assessment.unit_id)


@rules.predicate
def coordinates(user: User, target: Assessment | Cohort | Period) -> bool:
    return user.holds(Role.COORDINATOR, _host_id(target))


@rules.predicate
def leads_host(user: User, target: Assessment | Cohort | Period) -> bool:
    return user.holds(Role.LEADER, _host_id(target))


@rules.predicate
def appraises_for_host(user: User, target: Assessment | Cohort | Period) -> bool:
    """An appraiser of the host itself or of one of its offices."""
    return _host_id(target) in user.appraised_hosts


@rules.predicate
def from_another_unit(user: User, assessment: Assessment) -> bool:
    """Nobody appraises the unit he works for."""
    return assessment.unit_id not in user.own_units


@rules.predicate
def has_left_the_unit(user: User, assessment: Assessment) -> bool:
    return not assessment.is_with_unit


@rules.predicate
def is_assigned(user: User, assessment: Assessment) -> bool:
    """Some criterion of the sheet is his to appraise."""
    return bool(assigned(assessment.cohort).leaves_of(user, assessment.unit_id))


@rules.predicate
def is_told(user: User, notice: Notice) -> bool:
    return notice.user_id == user.pk


@rules.predicate
def coordinates_any(user: User) -> bool:
    return bool(user.units_as(Role.COORDINATOR))


@rules.predicate
def follows_any(user: User) -> bool:
    return bool(user.units_as(Role.COORDINATOR, Role.LEADER, Role.APPRAISER))


@rules.predicate
def is_published(user: User, target: Assessment | Period) -> bool:
    period = target if isinstance(target, Period) else target.period
    return period.state == PeriodState.PUBLISHED


@rules.predicate
def shows_evidence(user: User, assessment: Assessment) -> bool:
    """Whose it is to add evidence: the officers' while they score, the whole unit's while it explains."""
    return GATE[showing(assessment)].test(user, assessment)


belongs_to_unit = scores_for_unit | leads_unit
appraises = appraises_for_host & from_another_unit & is_assigned
coordinates_others = coordinates & from_another_unit
oversees = coordinates | leads_host
follows_period = oversees | appraises_for_host
sees_sheet = belongs_to_unit | coordinates | leads_host | (appraises & has_left_the_unit)
sees_appraisal = coordinates | leads_host | (appraises & has_left_the_unit)


def _held_at_or_above(user: User, unit: Unit, *roles: str) -> bool:
    held = user.units_as(*roles)
    above: Unit | None = unit if held else None
    while above is not None and above.pk not in held:
        above = above.parent
    return above is not None


@rules.predicate
def records_for(user: User, unit: Unit) -> bool:
    """A coordinator records earlier results of the unit he coordinates and of those below it."""
    return _held_at_or_above(user, unit, Role.COORDINATOR)


@rules.predicate
def follows_unit(user: User, unit: Unit) -> bool:
    return _held_at_or_above(user, unit, Role.COORDINATOR, Role.LEADER)


@rules.predicate
def works_for(user: User, unit: Unit) -> bool:
    return unit.pk in user.units_as(Role.OFFICER, Role.UNIT_LEADER)


@rules.predicate
def sees_result(user: User, result: Result) -> bool:
    return sees_sheet.test(user, result.assessment)


@rules.predicate
def sees_record(user: User, record: RecordedResult) -> bool:
    held_by_host = user.units_as(Role.COORDINATOR, Role.LEADER)
    return record.host_id in held_by_host or sees_history.test(user, record.unit)


@rules.predicate
def keeps_record(user: User, record: RecordedResult) -> bool:
    return records_for.test(user, record.unit)


sees_history = works_for | follows_unit

GATE: dict[Action, rules.Predicate] = {
    Action.SCORE: scores_for_unit,
    Action.SHARE: belongs_to_unit,
    Action.SEND: scores_for_unit,
    Action.SEND_BACK: leads_unit,
    Action.SUBMIT: leads_unit,
    Action.RETURN: coordinates_others,
    Action.APPRAISE: appraises,
    Action.SETTLE: coordinates_others,
    Action.RELEASE: coordinates,
    Action.EXPLAIN: belongs_to_unit,
    Action.REVISE: appraises,
    Action.CLOSE_APPRAISAL: coordinates,
    Action.ENTER_CENTRAL: coordinates_others,
    Action.ASSIGN_TARGET: coordinates_others,
    Action.FIX: coordinates_others,
    Action.FINALISE: coordinates_others,
    Action.REOPEN: coordinates_others,
    Action.RENEW: coordinates,
    Action.EXTEND: coordinates_others,
}


def may(
    user: User, action: Action, assessment: Assessment, *, now: datetime, leaf: int | None = None
) -> bool:
    """Whether a page should offer `action`; the action itself asks `require`."""
    try:
        require(action, by=user, assessment=assessment, now=now, leaf=leaf)
    except (PermissionDenied, Refusal):
        return False
    return True


def require(
    action: Action, *, by: User, assessment: Assessment, now: datetime, leaf: int | None = None
) -> None:
    """The gate of everything that is done to a sheet, or to the leaf with that key.

    PermissionDenied for the wrong person, Refusal with its reason for the wrong area or moment.
    """
    if not by.is_active or not GATE[action].test(by, assessment):
        raise PermissionDenied
    if leaf is not None:
        _require_area(action, by, assessment, leaf)
    if reason := assessment.why_not(action, now=now, leaf=leaf):
        raise Refusal(reason)


def _require_area(action: Action, by: User, assessment: Assessment, leaf: int) -> None:
    if action in {Action.APPRAISE, Action.REVISE}:
        if leaf not in assigned(assessment.cohort).leaves_of(by, assessment.unit_id):
            raise PermissionDenied
    elif (
        action is Action.SCORE
        and assessment.is_shared
        and (reason := shares_of(assessment).refusal(by, leaf))
    ):
        raise Refusal(reason)


def may_show(user: User, assessment: Assessment, leaf: int, *, now: datetime) -> bool:
    """Whether a page should offer to add evidence at a leaf."""
    action = showing(assessment)
    asked = action is not Action.EXPLAIN or leaf in asked_leaves(assessment)
    return asked and may(user, action, assessment, now=now, leaf=leaf)


def desk_of(user: User, cohort: Cohort, responsible: Assigned | None = None) -> Desk:
    """What the user sees and judges of a cohort. The gate has the last word on everything that he sends."""
    return Desk(
        user=user,
        responsible=responsible or assigned(cohort),
        oversees=oversees.test(user, cohort),
        appraises=appraises_for_host.test(user, cohort),
        coordinates=coordinates.test(user, cohort),
    )


def visible_sheets(user: User, sheets: Collection[Assessment]) -> set[int]:
    """The keys of those that `sees_sheet` lets him see, in as many queries as for one."""
    cohorts = {sheet.cohort_id: sheet.cohort for sheet in sheets}
    responsible = assigned_in(cohorts.values())
    desks = {pk: desk_of(user, cohort, responsible[pk]) for pk, cohort in cohorts.items()}
    return {
        sheet.pk
        for sheet in sheets
        if belongs_to_unit.test(user, sheet)
        or desks[sheet.cohort_id].oversees
        or (has_left_the_unit.test(user, sheet) and desks[sheet.cohort_id].leaves(sheet.unit_id))
    }


def may_run(user: User, action: PeriodAction, period: Period, *, now: datetime) -> bool:
    """Whether a page should offer to do `action` to the period; the action itself asks `require_period`."""
    return user.is_active and coordinates.test(user, period) and period.why_not(action, now=now) is None


def require_period(action: PeriodAction, *, by: User, period: Period, now: datetime) -> None:
    """The gate of everything that is done to a period as a whole."""
    if not by.is_active or not coordinates.test(by, period):
        raise PermissionDenied
    if reason := period.why_not(action, now=now):
        raise Refusal(reason)
