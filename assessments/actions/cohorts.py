"""The groups of a period: which criteria set each is scored by and which units belong to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet

from accounts.dates import VIETNAM
from accounts.models import Unit, User
from assessments.actions.periods import lock_period, named
from assessments.actions.totals import store_totals
from assessments.actions.writing import Changed, record
from assessments.models import Assessment, AssignedTarget, Assignment, Cohort, Layer, Period
from assessments.queries.leaves import needs_target
from assessments.queries.periods import contents_of, ids_below, shown_cohort
from assessments.workflow import PeriodAction, PeriodState, Refusal
from criteria.models import CriteriaSet
from criteria.queries import stored_tree


@transaction.atomic
def add_cohort(*, period: Period, name: str, criteria_set: CriteriaSet, by: User, now: datetime) -> Cohort:
    locked = lock_period(PeriodAction.ARRANGE, period, by=by, now=now)
    name = _free_name(locked, name)
    last = locked.cohorts.aggregate(last=Max("position"))["last"] or 0
    cohort = Cohort.objects.create(period=locked, name=name, criteria_set=criteria_set, position=last + 1)
    record("add_cohort", by=by, now=now, period=locked, after=_described(cohort))
    return cohort


@transaction.atomic
def edit_cohort(
    *,
    cohort: Cohort,
    name: str,
    criteria_set: CriteriaSet,
    seen: str | None = None,
    by: User,
    now: datetime,
) -> Cohort:
    """Rename a cohort or, while the period is being prepared, give it another criteria set.

    Targets and appraisers that were already assigned stay with the criteria of the same code. `seen` is name and set
    on the page: Changed where somebody stored others since.
    """
    period = lock_period(PeriodAction.ARRANGE, cohort.period, by=by, now=now)
    locked = lock_cohort(cohort)
    name = _free_name(period, name, besides=locked)
    before = _described(locked)
    is_other = (name, criteria_set.pk) != (locked.name, locked.criteria_set_id)
    if is_other and seen is not None and seen != shown_cohort(locked):
        raise Changed
    if criteria_set.pk != locked.criteria_set_id:
        if period.state != PeriodState.PREPARING:
            raise Refusal("Kỳ đánh giá đã mở: chỉ chuyển được sang phiên bản mới của bộ tiêu chí.")
        _carry_to(locked, criteria_set)
    locked.name, locked.criteria_set = name, criteria_set
    after = _described(locked)
    if after != before:
        locked.save(update_fields=["name", "criteria_set"])
        record("edit_cohort", by=by, now=now, period=period, before=before, after=after)
    return locked


@transaction.atomic
def remove_cohort(*, cohort: Cohort, seen: str | None = None, by: User, now: datetime) -> None:
    """Take a cohort with its still untouched sheets out of a period that has not opened.

    `seen` is the fingerprint of what the page said would go; Changed where it is something else by now.
    """
    period = lock_period(PeriodAction.ARRANGE, cohort.period, by=by, now=now)
    locked = lock_cohort(cohort)
    _refuse_unless_preparing(period, "bỏ nhóm")
    if seen is not None and contents_of(locked).fingerprint != seen:
        raise Changed
    before = _described(locked) | {"units": _codes(locked)}
    _remove_sheets(Assessment.objects.filter(cohort=locked))
    Assignment.objects.filter(cohort=locked).delete()
    locked.delete()
    record("remove_cohort", by=by, now=now, period=period, before=before)


@transaction.atomic
def set_units(
    *,
    cohort: Cohort,
    units: Collection[Unit],
    outside: Collection[Unit] = (),
    seen: Collection[int] | None = None,
    by: User,
    now: datetime,
) -> None:
    """Make `units`, which stand below the host, and `outside` the units of a cohort; each gets its sheet.

    Once the period is open, units can only be added. `seen` are the keys of the units on the page: Changed where one
    would go that somebody added since, or come back that somebody took out.
    """
    period = lock_period(PeriodAction.ARRANGE, cohort.period, by=by, now=now)
    locked = lock_cohort(cohort)
    chosen = {unit.pk: unit for unit in [*units, *outside]}
    existing = {sheet.unit_id: sheet for sheet in locked.assessments.select_related("unit")}
    added = [unit for pk, unit in chosen.items() if pk not in existing]
    gone = [sheet for pk, sheet in existing.items() if pk not in chosen]
    moved = chosen.keys() ^ existing.keys()
    if seen is not None and moved & (existing.keys() ^ set(seen)):
        raise Changed
    _refuse_strangers(period, [unit for unit in added if unit not in set(outside)])
    _refuse_inactive(added, now)
    _refuse_taken(period, added)
    if gone:
        _refuse_unless_preparing(period, "bỏ đơn vị")
    if not added and not gone:
        return
    before = {"cohort": locked.name, "units": _codes(locked)}
    _remove_sheets(Assessment.objects.filter(pk__in=[sheet.pk for sheet in gone]))
    sheets = Assessment.objects.bulk_create(
        [Assessment(period=period, cohort=locked, unit=unit) for unit in added]
    )
    if period.state == PeriodState.OPEN:
        store_totals(sheets, Layer.SELF)
    after = {"cohort": locked.name, "units": _codes(locked)}
    record("set_units", by=by, now=now, period=period, before=before, after=after)


def lock_cohort(cohort: Cohort) -> Cohort:
    """The cohort, locked for this transaction and read afresh; its period is locked already."""
    Cohort.objects.select_for_update().only("pk").get(pk=cohort.pk)
    return Cohort.objects.select_related("criteria_set").get(pk=cohort.pk)


def _free_name(period: Period, text: str, besides: Cohort | None = None) -> str:
    name = named(text, "nhóm xếp hạng")
    others = period.cohorts.exclude(pk=besides.pk) if besides else period.cohorts.all()
    if others.filter(name=name).exists():
        raise Refusal("Kỳ đánh giá đã có nhóm cùng tên.")
    return name


def _described(cohort: Cohort) -> dict[str, object]:
    criteria_set = cohort.criteria_set
    return {"name": cohort.name, "criteria_set": [criteria_set.code, criteria_set.version]}


def _codes(cohort: Cohort) -> list[str]:
    return sorted(Assessment.objects.filter(cohort=cohort).values_list("unit__code", flat=True))


def _remove_sheets(sheets: Iterable[Assessment]) -> None:
    """Sheets of a period in preparation: nothing but targets can hang on them."""
    AssignedTarget.objects.filter(assessment__in=sheets).delete()
    Assessment.objects.filter(pk__in=[sheet.pk for sheet in sheets]).delete()


def _carry_to(cohort: Cohort, criteria_set: CriteriaSet) -> None:
    new = stored_tree(criteria_set)
    wanted = {leaf.code: new.ids[leaf.code] for leaf in new.tree.leaves() if needs_target(leaf)}
    _hang(AssignedTarget.objects.filter(assessment__cohort=cohort), wanted)
    _hang(Assignment.objects.filter(cohort=cohort), new.ids)


def _hang(rows: QuerySet, keys: Mapping[str, int]) -> None:
    """Have rows speak of the criteria of the same code; those without one go."""
    for row in rows.select_related("criterion").order_by("pk"):
        if row.criterion.code in keys:
            row.criterion_id = keys[row.criterion.code]
            row.save(update_fields=["criterion"])
        else:
            row.delete()


def _refuse_unless_preparing(period: Period, what: str) -> None:
    if period.state != PeriodState.PREPARING:
        raise Refusal(f"Kỳ đánh giá đã mở: không {what} được nữa.")


def _refuse_strangers(period: Period, added: list[Unit]) -> None:
    below = ids_below(period.host_id)
    _refuse_listed([unit for unit in added if unit.pk not in below], "không trực thuộc cơ quan chủ trì")


def _refuse_inactive(added: list[Unit], now: datetime) -> None:
    active = set(
        Unit.objects.active(now.astimezone(VIETNAM).date())
        .filter(pk__in=[unit.pk for unit in added])
        .values_list("pk", flat=True)
    )
    _refuse_listed([unit for unit in added if unit.pk not in active], "không còn hoạt động")


def _refuse_taken(period: Period, added: list[Unit]) -> None:
    taken = set(Assessment.objects.filter(period=period, unit__in=added).values_list("unit_id", flat=True))
    _refuse_listed([unit for unit in added if unit.pk in taken], "đã thuộc nhóm khác của kỳ này")


def _refuse_listed(units: list[Unit], why: str) -> None:
    if units:
        raise Refusal(", ".join(unit.short_name for unit in units) + f": {why}.")
