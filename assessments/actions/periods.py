"""A period as a whole: making it, moving its dates, opening it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.dates import format_moment
from accounts.models import Role, Unit, User
from assessments.actions.totals import store_totals
from assessments.actions.writing import Changed, record
from assessments.calendar import Calendar, Phase
from assessments.models import Assessment, Layer, Period
from assessments.models.periods import calendar_values, spelled
from assessments.permissions import require_period
from assessments.queries.opening import opening_check
from assessments.queries.periods import shown_calendar
from assessments.workflow import PeriodAction, PeriodState, Refusal


@transaction.atomic
def create_period(
    *,
    host: Unit,
    year: int,
    name: str,
    calendar: Calendar,
    illustration: bool = False,
    by: User,
    now: datetime,
) -> Period:
    """A period in preparation; the host's coordinator then gives it cohorts and units."""
    if not by.is_active or not by.holds(Role.COORDINATOR, host.pk):
        raise PermissionDenied
    _refuse_impossible(calendar, now)
    name = named(name, "kỳ đánh giá")
    Unit.objects.hold(host.pk)
    if Period.objects.filter(host=host, year=year, name=name).exists():
        raise Refusal(f"{host.short_name} đã có kỳ đánh giá năm {year} cùng tên.")
    period = Period.objects.create(
        host=host, year=year, name=name, illustration=illustration, **calendar_values(calendar)
    )
    after = {"year": year, "name": name, "calendar": spelled(calendar)}
    record("create_period", by=by, now=now, period=period, after=after)
    return period


@transaction.atomic
def rename_period(*, period: Period, name: str, seen: str | None = None, by: User, now: datetime) -> Period:
    """`seen` is the name on the page: Changed where another one is stored since."""
    locked = lock_period(PeriodAction.EDIT, period, by=by, now=now)
    name = named(name, "kỳ đánh giá")
    if Period.objects.filter(host=locked.host, year=locked.year, name=name).exclude(pk=locked.pk).exists():
        raise Refusal("Cơ quan này đã có kỳ đánh giá cùng năm, cùng tên.")
    if name != locked.name:
        if seen is not None and seen != locked.name:
            raise Changed
        before = {"name": locked.name}
        locked.name = name
        locked.save(update_fields=["name"])
        record(PeriodAction.EDIT, by=by, now=now, period=locked, before=before, after={"name": name})
    return locked


@transaction.atomic
def reschedule(
    *,
    period: Period,
    calendar: Calendar,
    reason: str = "",
    seen: str | None = None,
    by: User,
    now: datetime,
) -> Period:
    """Move dates; those that change must lie ahead, and once the period is open they need a reason.

    `seen` is the calendar on the page: Changed where somebody moved another date since.
    """
    locked = lock_period(PeriodAction.RESCHEDULE, period, by=by, now=now)
    reason = reason.strip()
    stood = locked.calendar
    before, after = spelled(stood), spelled(calendar)
    changed = {name for name, moment in after.items() if before[name] != moment}
    # Asked first: beside dates that somebody else has moved, what was typed would seem to be at fault.
    if changed and seen is not None and seen != shown_calendar(locked):
        raise Changed
    _refuse_impossible(calendar, now, stood)
    if not changed:
        return locked
    if locked.state == PeriodState.OPEN and not reason:
        raise Refusal("Kỳ đánh giá đang thực hiện: hãy ghi lý do thay đổi lịch.")
    locked.calendar = calendar
    locked.save(update_fields=list(calendar_values(calendar)))
    record(
        PeriodAction.RESCHEDULE,
        by=by,
        now=now,
        period=locked,
        before={name: before[name] for name in sorted(changed)},
        after={name: after[name] for name in sorted(changed)},
        reason=reason,
    )
    return locked


@transaction.atomic
def open_period(*, period: Period, by: User, now: datetime) -> Period:
    """Let the units begin. Refusal that lists everything still missing."""
    locked = lock_period(PeriodAction.OPEN, period, by=by, now=now)
    check = opening_check(locked, now=now)
    if check.missing:
        raise Refusal("Chưa mở được kỳ đánh giá: " + "; ".join(check.missing) + ".")
    locked.state, locked.opened_at, locked.opened_by = PeriodState.OPEN, now, by
    locked.save(update_fields=["state", "opened_at", "opened_by"])
    for cohort in locked.cohorts.select_related("criteria_set"):
        sheets = list(Assessment.objects.filter(cohort=cohort))
        for sheet in sheets:
            sheet.cohort = cohort
        store_totals(sheets, Layer.SELF)
    record(PeriodAction.OPEN, by=by, now=now, period=locked, after={"calendar": spelled(locked.calendar)})
    return locked


def lock_period(action: PeriodAction, period: Period, *, by: User, now: datetime) -> Period:
    """The period, locked for this transaction and read afresh, after the gate let `action` through."""
    # Events of a sheet name its period: a lock on the key would have their writers and this one wait for each other.
    Period.objects.select_for_update(no_key=True).only("pk").get(pk=period.pk)
    locked = Period.objects.select_related("host").get(pk=period.pk)
    require_period(action, by=by, period=locked, now=now)
    return locked


def named(text: str, what: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise Refusal(f"Hãy đặt tên {what}.")
    return name


def _refuse_impossible(calendar: Calendar, now: datetime, stood: Calendar | None = None) -> None:
    """Besides what can't be meant: an end that is over already, and a beginning that is moved into the past."""
    problems = calendar.problems()
    for phase in Phase:
        window, before = calendar[phase], stood and stood[phase]
        if before is not None and before.opens != window.opens and window.opens <= now:
            problems.append(f"“{phase.label}” phải bắt đầu sau thời điểm hiện tại ({format_moment(now)})")
        closes, stays = window.closes, before is not None and before.closes == window.closes
        if closes is not None and closes <= now and not stays:
            problems.append(f"“{phase.label}” phải kết thúc sau thời điểm hiện tại ({format_moment(now)})")
    if problems:
        raise Refusal("Lịch chưa hợp lý: " + "; ".join(problems) + ".")
