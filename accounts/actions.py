"""What happens to units and accounts. Each leaves a history row that says who did it and what."""

from collections.abc import Collection

from axes.utils import reset as forget_failed_logins
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import Role, Unit, User
from accounts.one_time import one_time_password
from accounts.queries import lock_administrators

HeldRole = tuple[str, int | None]  # a role and the id of the unit it is held in

OWN_ADMINISTRATION = (
    "Không thể tự ngừng tài khoản hoặc tự bỏ vai trò Quản trị hệ thống của mình; "
    "hãy nhờ một người quản trị khác."
)


@transaction.atomic
def edit(*, entry: Unit | User, fields: Collection[str], by: User, reason: str | None = None) -> None:
    """Store what was set in `fields`; what others changed in the rest of the row since it was read stays."""
    _require_administrator(by)
    _lock(entry, but=fields)
    _save(entry, by, reason)


@transaction.atomic
def reset_password(*, user: User, by: User) -> str:
    """Give `user` a one-time password and return it; it is stored nowhere else. Ends his sessions."""
    _require_administrator(by)
    _lock(user)
    if not user.is_active:
        raise ValidationError(f"Tài khoản {user.username} đã ngừng hoạt động; hãy cho hoạt động lại trước.")
    return _give_one_time_password(user, by, "Đặt lại mật khẩu")


@transaction.atomic
def change_password(*, user: User, password: str) -> None:
    """The user's own, validated new password. Ends his other sessions.

    PermissionDenied where the one by which he came in was taken from him meanwhile.
    """
    known = user.password
    _lock(user)
    if user.password != known:
        raise PermissionDenied
    user.set_password(password)
    user.must_change_password = False
    _save(user, user, "Tự đổi mật khẩu", "password", "must_change_password")


@transaction.atomic
def unlock(*, user: User, by: User) -> None:
    """Let `user` try again at once after too many failed log-ins."""
    _require_administrator(by)
    _lock(user)
    forget_failed_logins(username=user.username)
    _save(user, by, "Mở khóa đăng nhập", "is_active")


@transaction.atomic
def deactivate(*, user: User, by: User) -> None:
    """Keep `user` out from now on; what he did keeps his name. His password is gone, so his sessions end."""
    administrators = lock_administrators()
    _lock(user)
    if user == by or by.pk not in administrators:
        raise ValidationError(OWN_ADMINISTRATION)
    if not user.is_active:
        raise ValidationError(f"Tài khoản {user.username} đã ngừng hoạt động từ trước.")
    user.is_active = False
    user.must_change_password = False
    user.set_unusable_password()
    _save(user, by, "Ngừng hoạt động", "is_active", "password", "must_change_password")


@transaction.atomic
def activate(*, user: User, by: User) -> str:
    """Let `user` in again; returns the one-time password he needs for it."""
    _require_administrator(by)
    _lock(user)
    if user.is_active:
        raise ValidationError(f"Tài khoản {user.username} đang hoạt động.")
    user.is_active = True
    return _give_one_time_password(user, by, "Cho hoạt động lại", "is_active")


@transaction.atomic
def set_roles(*, user: User, roles: Collection[HeldRole], by: User) -> None:
    """Make `roles` the only ones `user` holds. Nothing else writes memberships of a stored user."""
    if by.pk not in lock_administrators():
        raise PermissionDenied
    refuse_own_demotion(user=user, roles=roles, by=by)
    wanted = set(roles)
    for membership in user.memberships.order_by("pk"):
        held = (membership.role, membership.unit_id)
        if held in wanted:
            wanted.remove(held)
        else:
            membership._history_user = by
            membership.delete()
    for role, unit_id in sorted(wanted, key=str):
        membership = user.memberships.model(user=user, role=role, unit_id=unit_id)
        membership._history_user = by
        membership.save()
    for remembered in ("held", "roles"):
        user.__dict__.pop(remembered, None)
    getattr(user, "_prefetched_objects_cache", {}).pop("memberships", None)


def refuse_own_demotion(*, user: User, roles: Collection[HeldRole], by: User) -> None:
    """ValidationError where an administrator would no longer be one by his own hand."""
    if user == by and (Role.ADMINISTRATOR, None) not in roles:
        raise ValidationError(OWN_ADMINISTRATION)


def _require_administrator(by: User) -> None:
    if not by.is_administrator:
        raise PermissionDenied


def _lock(entry: Unit | User, but: Collection[str] = ()) -> None:
    """Nobody else writes the row from now on, and but for these fields it is what is stored.

    Without its key, so that rows which only point at it don't wait.
    """
    rows = entry._meta.default_manager.select_for_update(no_key=True)
    fields = [field.attname for field in entry._meta.concrete_fields if field.name not in but]
    entry.refresh_from_db(fields=fields, from_queryset=rows)


def _give_one_time_password(user: User, by: User, reason: str, *fields: str) -> str:
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    forget_failed_logins(username=user.username)
    _save(user, by, reason, "password", "must_change_password", *fields)
    return password


def _save(entry: Unit | User, by: User, reason: str | None, *fields: str) -> None:
    entry._history_user = by
    entry._change_reason = reason
    entry.save(update_fields=fields or None)
