"""Who may read and write a unit's reports."""

import rules

from accounts.models import Role, User
from assessments.permissions import follows_unit, works_for
from reports.models import Report


@rules.predicate
def sees_report(user: User, report: Report) -> bool:
    """The unit's own people, and coordinators and leaders of the units above it."""
    return works_for.test(user, report.unit) or follows_unit.test(user, report.unit)


@rules.predicate
def writes_report(user: User, report: Report) -> bool:
    return writes_for(user, report.unit_id)


def writes_for(user: User, unit_id: int) -> bool:
    """Reports are written by the officers of the unit they speak for."""
    return user.is_active and user.holds(Role.OFFICER, unit_id)
