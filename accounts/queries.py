from collections.abc import Collection, Iterable
from datetime import datetime

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Sum

from accounts.models import Membership, Role, Unit, User


def people(now: datetime) -> QuerySet[User]:
    """Users with their roles, and whether failed log-ins keep them locked out (`locked`) at `now`."""
    too_many = (
        AccessAttempt.objects.filter(username=OuterRef("username"), attempt_time__gt=now - get_cool_off())
        .order_by()
        .values("username", "ip_address")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    )
    return User.objects.prefetch_related("memberships__unit").annotate(locked=Exists(too_many))


def lock_administrators() -> set[int]:
    """Ids of the administrators who can work, locked until the transaction ends.

    Whoever may take an administrator away asks first, so that two who remove each other at once can't both
    succeed. As nobody may remove himself, one always remains. It comes before the lock on anybody's own row.
    """
    held = Membership.objects.filter(role=Role.ADMINISTRATOR).order_by("pk")
    list(held.select_for_update().values_list("pk"))
    # Asked again: people joined to the rows may have been deactivated while their lock was waited for.
    return set(held.filter(user__is_active=True).values_list("user_id", flat=True))


def unit_ids_below(unit_ids: Collection[int]) -> set[int]:
    """These units and all that stand below them; one query per level."""
    found: set[int] = set()
    level = set(unit_ids)
    while level := level - found:
        found |= level
        level = set(Unit.objects.filter(parent__in=level).values_list("pk", flat=True))
    return found


def with_roles(users: Iterable[User]) -> list[User]:
    """These people with their `roles`, in one query for all of them."""
    people = list(users)
    held: dict[int, set[tuple[str, int | None]]] = {person.pk: set() for person in people}
    rows = Membership.objects.filter(user__in=held).order_by().values_list("user_id", "role", "unit_id")
    for pk, role, unit_id in rows:
        held[pk].add((role, unit_id))
    for person in people:
        person.roles = frozenset(held[person.pk])
    return people


def active_holders(roles: Collection[str], units: Collection[int]) -> set[int]:
    """Ids of the people who hold one of `roles` in one of `units` and can work."""
    held = Membership.objects.filter(role__in=roles, unit__in=units, user__is_active=True)
    return set(held.order_by().values_list("user_id", flat=True))
