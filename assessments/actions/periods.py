"""A period as a whole: making it, moving its deadline, opening it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.dates import VIETNAM, format_moment
from accounts.models import Role, Unit, User
from assessments.actions.totals import store_totals
from assessments.actions.writing import record
from assessments.models import Assessment, Layer, Period
from assessments.permissions import require_coordinator
from assessments.queries.opening import opening_check
from assessments.workflow import PeriodState, Refusal


@transaction.atomic
def create_period(
    *,
    host: Unit,
    year: int,
    name: str,
    deadline: datetime,
    illustration: bool = False,
    by: User,
    now: datetime,
) -> Period:
    """A period in preparation; the host's coordinator then gives it cohorts and units."""
    if not by.is_active or not by.holds(Role.COORDINATOR, host.pk):
        raise PermissionDenied
    _refuse_past(deadline, now)
    name = named(name, "kỳ đánh giá")
    Unit.objects.hold(host.pk)
    if Period.objects.filter(host=host, year=year, name=name).exists():
        raise Refusal(f"{host.short_name} đã có kỳ đánh giá năm {year} cùng tên.")
    period = Period.objects.create(
        host=host, year=year, name=name, deadline=deadline, illustration=illustration
    )
    after = {"year": year, "name": name, "deadline": _spelled(deadline)}
    record("create_period", by=by, now=now, period=period, after=after)
    return period


@transaction.atomic
def edit_period(
    *, period: Period, name: str, deadline: datetime, reason: str = "", by: User, now: datetime
) -> Period:
    """Rename a period or move its deadline; once it is open, a new deadline needs a reason."""
    locked = lock_period(period, by=by)
    name, reason = named(name, "kỳ đánh giá"), reason.strip()
    before = {"name": locked.name, "deadline": _spelled(locked.deadline)}
    if deadline != locked.deadline:
        _refuse_past(deadline, now)
        if locked.state == PeriodState.OPEN and not reason:
            raise Refusal("Kỳ đánh giá đang thực hiện: hãy ghi lý do thay đổi hạn.")
    if Period.objects.filter(host=locked.host, year=locked.year, name=name).exclude(pk=locked.pk).exists():
        raise Refusal("Cơ quan này đã có kỳ đánh giá cùng năm, cùng tên.")
    locked.name, locked.deadline = name, deadline
    after = {"name": name, "deadline": _spelled(deadline)}
    if after != before:
        locked.save(update_fields=["name", "deadline"])
        record("edit_period", by=by, now=now, period=locked, before=before, after=after, reason=reason)
    return locked


@transaction.atomic
def open_period(*, period: Period, by: User, now: datetime) -> Period:
    """Let the units begin. Refusal that lists everything still missing."""
    locked = lock_period(period, by=by)
    if locked.state != PeriodState.PREPARING:
        raise Refusal("Kỳ đánh giá đã mở.")
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
    record("open_period", by=by, now=now, period=locked, after={"deadline": _spelled(locked.deadline)})
    return locked


def lock_period(period: Period, *, by: User) -> Period:
    """The period, locked for this transaction and read afresh, for its coordinator while it isn't published."""
    # Events of a sheet name its period: a lock on the key would have their writers and this one wait for each other.
    Period.objects.select_for_update(no_key=True).only("pk").get(pk=period.pk)
    locked = Period.objects.select_related("host").get(pk=period.pk)
    require_coordinator(by=by, period=locked)
    return locked


def named(text: str, what: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise Refusal(f"Hãy đặt tên {what}.")
    return name


def _refuse_past(deadline: datetime, now: datetime) -> None:
    if deadline <= now:
        raise Refusal(f"Hạn tự chấm điểm phải sau thời điểm hiện tại ({format_moment(now)}).")


def _spelled(moment: datetime) -> str:
    """One spelling per moment, whatever zone it was handed over in."""
    return moment.astimezone(VIETNAM).isoformat()
