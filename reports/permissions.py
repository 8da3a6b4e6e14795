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
    return user.holds(Role.OFFICER, report.unit_id)
