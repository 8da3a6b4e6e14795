"""Who may read and write the reports of units and hosts."""

import rules

from accounts.models import Role, Unit, User
from assessments.permissions import (
    belongs_to_unit,
    coordinates,
    follows_unit,
    is_published,
    oversees,
    sees_history,
    works_for,
)
from reports.kinds import BY_HOST, KINDS, About, about
from reports.models import Batch, Indicator, IndicatorGroup, Report, WordTemplate
from reports.queries.offers import writing_units
from reports.queries.subjects import writer_of


@rules.predicate
def sees_report(user: User, report: Report) -> bool:
    """Coordinators and leaders of the unit and of those above it; the unit's own people where it speaks itself.

    What is about a sheet stays with its unit and its host until the result is published, minutes with the host.
    """
    sheet, session = report.assessment, report.session
    if sheet and not (is_published.test(user, sheet) or (belongs_to_unit | oversees).test(user, sheet)):
        return False
    if session and not (is_published | oversees).test(user, session.period):
        return False
    if follows_unit.test(user, report.unit):
        return True
    return report.kind not in BY_HOST and works_for.test(user, report.unit)


@rules.predicate
def writes_report(user: User, report: Report) -> bool:
    return writes_for(user, report.kind, report.unit_id)


@rules.predicate
def writes_any(user: User) -> bool:
    return bool(writing_units(user))


@rules.predicate
def oversees_any(user: User) -> bool:
    return bool(user.units_as(Role.COORDINATOR, Role.LEADER))


@rules.predicate
def sees_batch(user: User, batch: Batch) -> bool:
    return oversees.test(user, batch.cohort)


@rules.predicate
def runs_batch(user: User, batch: Batch) -> bool:
    return coordinates.test(user, batch.cohort)


@rules.predicate
def begins_own(user: User) -> bool:
    """Reports about one area or a stage are the units' own."""
    return any(user.units_as(writer_of(kind)) for kind in about(About.AREA, About.STAGE))


def writes_for(user: User, kind: str, unit_id: int) -> bool:
    return user.is_active and user.holds(writer_of(kind), unit_id)


@rules.predicate
def writes_template(user: User, template: WordTemplate) -> bool:
    return writes_for(user, template.kind, template.unit_id)


@rules.predicate
def writes_at(user: User, unit: Unit) -> bool:
    """Some kind of report; which one is asked again where it is known."""
    return any(writes_for(user, kind, unit.pk) for kind in KINDS)


@rules.predicate
def counts_any(user: User) -> bool:
    """Who enters statistics or may read those of somebody."""
    return bool(user.units_as(Role.OFFICER, Role.UNIT_LEADER, Role.COORDINATOR, Role.LEADER))


def _counted_unit(counted: Unit | IndicatorGroup | Indicator) -> Unit:
    if isinstance(counted, Indicator):
        return counted.group.unit
    return counted.unit if isinstance(counted, IndicatorGroup) else counted


@rules.predicate
def sees_indicators(user: User, counted: Unit | IndicatorGroup | Indicator) -> bool:
    """The unit's own people, and coordinators and leaders above it."""
    return sees_history.test(user, _counted_unit(counted))


@rules.predicate
def keeps_indicators(user: User, counted: Unit | IndicatorGroup | Indicator) -> bool:
    """The officers of the unit define them and enter their figures."""
    return user.is_active and user.holds(Role.OFFICER, _counted_unit(counted).pk)
