"""Whose work each criterion is: the appraising offices of a cohort, and the officers of a unit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Membership, Role, Unit, User
from assessments.actions.cohorts import lock_cohort
from assessments.actions.notices import notify
from assessments.actions.periods import lock_period
from assessments.actions.writing import open_sheet, record
from assessments.models import Assessment, Assignment, Cohort, Share
from assessments.workflow import Action, PeriodAction, Refusal
from criteria.queries import stored_tree


class Reassigned(Refusal):
    """Somebody gave the criterion to others since the page was loaded."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"Phân công {code} vừa được người khác thay đổi. Chưa có gì bị ghi đè: hãy xem lại rồi lưu."
        )


@dataclass(frozen=True)
class Duty:
    """Who appraises in one place. Without `appraiser` any appraiser of the office may."""

    office: Unit
    appraiser: User | None = None
    substitute: User | None = None


@transaction.atomic
def assign(
    *,
    cohort: Cohort,
    criterion_id: int,
    duties: Sequence[Duty],
    seen: Collection[int] | None = None,
    by: User,
    now: datetime,
) -> None:
    """Give a criterion of the cohort, with all under it, to one or two places; no duty leaves it to what is above.

    `seen` are the keys of the assignments on the page: Reassigned where somebody changed them since. Refusal for
    people who don't appraise for the host, and where both places could be the same person's.
    """
    period = lock_period(PeriodAction.ASSIGN, cohort.period, by=by, now=now)
    locked = lock_cohort(cohort)
    code = stored_tree(locked.criteria_set).codes.get(criterion_id)
    if code is None:
        raise Refusal("Bộ tiêu chí của nhóm không có tiêu chí này.")
    if len(duties) > len(Assignment.Place):
        raise Refusal("Mỗi tiêu chí có nhiều nhất hai người chấm.")
    for duty in duties:
        _refuse_stranger(period.host, duty)
    _refuse_same(duties)
    current = Assignment.objects.filter(cohort=locked, criterion=criterion_id).order_by("place")
    stood = list(current.select_related("office", "appraiser", "substitute"))
    places = _places(duties, stood)
    before = [_told(Duty(row.office, row.appraiser, row.substitute)) for row in stood]
    after = [_told(places[place]) for place in sorted(places)]
    if after == before:
        return
    # Every change makes new rows, so their keys tell one from another.
    if seen is not None and set(seen) != {row.pk for row in stood}:
        raise Reassigned(code)
    current.delete()
    Assignment.objects.bulk_create(
        Assignment(
            cohort=locked,
            criterion_id=criterion_id,
            place=place,
            office=duty.office,
            appraiser=duty.appraiser,
            substitute=duty.substitute,
        )
        for place, duty in places.items()
    )
    event = record(
        PeriodAction.ASSIGN,
        by=by,
        now=now,
        period=period,
        criterion_id=criterion_id,
        before={"cohort": locked.name, "duties": before},
        after={"cohort": locked.name, "duties": after},
    )
    notify(event)


def _places(duties: Sequence[Duty], stood: Sequence[Assignment]) -> dict[int, Duty]:
    """Whoever stays keeps his place, also alone: by it he has his own mark, and in the other he would read a
    stranger's. A new one takes over the place that was left, with the mark in it."""
    waiting, places = list(duties), dict[int, Duty]()
    for is_same in (_is_same_person, _is_same_office):
        for row in stood:
            stays = next((duty for duty in waiting if is_same(duty, row)), None)
            if stays is not None and row.place not in places:
                waiting.remove(stays)
                places[row.place] = stays
    free = (place for place in Assignment.Place if place not in places)
    return places | dict(zip(free, waiting, strict=False))


def _is_same_office(duty: Duty, row: Assignment) -> bool:
    return duty.office == row.office


def _is_same_person(duty: Duty, row: Assignment) -> bool:
    return _is_same_office(duty, row) and duty.appraiser == row.appraiser


def _refuse_stranger(host: Unit, duty: Duty) -> None:
    """Offices are the host itself and its parts, their people appraisers of one of these."""
    if host.pk not in duty.office.appraised_hosts:
        raise Refusal(f"{duty.office} không phải cơ quan thẩm định của {host}.")
    for person in (duty.appraiser, duty.substitute):
        if person is not None and host.pk not in person.appraised_hosts:
            raise Refusal(f"{person} không có vai trò thẩm định.")
    if duty.appraiser is not None and not duty.appraiser.holds(Role.APPRAISER, duty.office.pk):
        raise Refusal(f"{duty.appraiser} không phải cán bộ thẩm định của {duty.office}.")
    if duty.substitute is not None and duty.substitute == duty.appraiser:
        raise Refusal("Người thay thế phải là người khác.")


def _refuse_same(duties: Sequence[Duty]) -> None:
    if len(duties) < 2:
        return
    first, second = duties
    named = [duty.appraiser for duty in duties]
    if first.office == second.office and (None in named or first.appraiser == second.appraiser):
        raise Refusal("Hai người chấm cùng một cơ quan thì phải ghi rõ hai người khác nhau.")
    if first.substitute is not None and first.substitute == second.substitute:
        raise Refusal("Hai người chấm phải có người thay thế khác nhau.")
    for duty, other in ((first, second), (second, first)):
        stand_in = duty.substitute
        if stand_in is not None and (
            stand_in == other.appraiser
            or (other.appraiser is None and stand_in.holds(Role.APPRAISER, other.office.pk))
        ):
            raise Refusal(f"{stand_in} đã là người chấm ở vị trí kia, không thể thay thế ở vị trí này.")


def _told(duty: Duty) -> dict[str, Any]:
    """A duty as an event keeps it."""
    return {
        "office": duty.office.code,
        "appraiser": duty.appraiser and duty.appraiser.username,
        "substitute": duty.substitute and duty.substitute.username,
    }


@transaction.atomic
def share(
    *,
    assessment: Assessment,
    criterion_id: int,
    officers: Collection[User],
    seen: Collection[int] | None = None,
    by: User,
    now: datetime,
) -> bool:
    """Give an area of a sheet to some of the unit's officers; to nobody opens it to all of them.

    `seen` are the keys of the officers on the page: Refusal where somebody else changed them since. Returns whether
    anything was changed.
    """
    sheet = open_sheet(Action.SHARE, assessment=assessment, by=by, now=now)
    stored = stored_tree(sheet.cohort.criteria_set)
    if criterion_id not in {stored.ids[top.code] for top in stored.tree.criteria}:
        raise Refusal("Chỉ phân công theo lĩnh vực của bộ tiêu chí.")
    known = set(
        Membership.objects.filter(role=Role.OFFICER, unit=sheet.unit_id)
        .order_by("pk")
        .values_list("user_id", flat=True)
    )
    if strangers := [officer for officer in officers if officer.pk not in known]:
        raise Refusal(f"{strangers[0]} không phải cán bộ đầu mối của đơn vị.")
    shares = Share.objects.filter(assessment=sheet, criterion=criterion_id)
    stood = dict(shares.order_by("pk").values_list("officer_id", "officer__username"))
    before = sorted(stood.values())
    after = sorted(officer.username for officer in officers)
    if before == after:
        return False
    if seen is not None and set(seen) != stood.keys():
        raise Refusal(
            f"Phân công lĩnh vực {stored.codes[criterion_id]} vừa được người khác thay đổi. "
            "Chưa có gì bị ghi đè: hãy xem lại rồi lưu."
        )
    shares.delete()
    Share.objects.bulk_create(
        Share(assessment=sheet, criterion_id=criterion_id, officer=officer) for officer in officers
    )
    record(
        Action.SHARE,
        by=by,
        now=now,
        assessment=sheet,
        criterion_id=criterion_id,
        before={"officers": before},
        after={"officers": after},
    )
    return True


@transaction.atomic
def share_all(
    *,
    assessment: Assessment,
    areas: Iterable[tuple[int, Collection[User], Collection[int]]],
    by: User,
    now: datetime,
) -> int:
    """Share several areas, each with its officers and those seen, or none of them where one is refused.

    Returns how many were changed.
    """
    return sum(
        share(assessment=assessment, criterion_id=area, officers=officers, seen=seen, by=by, now=now)
        for area, officers, seen in areas
    )
