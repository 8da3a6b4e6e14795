"""Who: units of every level and era, the people who work for them, and in which roles."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from accounts.vietnamese import fold, sort_key


class UnitQuerySet(models.QuerySet["Unit"]):
    def search(self, text: str) -> UnitQuerySet:
        """Units whose code or name contains every word of `text`, whatever its accents and case."""
        found = self
        for word in fold(text).split():
            found = found.filter(search__contains=word)
        return found

    def hold(self, pk: int) -> None:
        """Make whoever is about to add something under this unit wait until the transaction has ended.

        Without its key, so that rows which only point at the unit don't wait.
        """
        self.select_for_update(no_key=True).only("pk").get(pk=pk)

    def active(self, on: date) -> UnitQuerySet:
        return self.filter(
            Q(active_from=None) | Q(active_from__lte=on), Q(active_until=None) | Q(active_until__gte=on)
        )

    def offices_of(self, host_id: int) -> UnitQuerySet:
        """Who may appraise for a host: those that have it among their `appraised_hosts`."""
        return self.filter(Q(pk=host_id) | Q(parent=host_id, level__in=Unit.PARTS))


class Unit(models.Model):
    """Anybody that is scored or that hosts a scoring."""

    class Level(models.TextChoices):
        PROVINCE = "province", "Tỉnh, thành phố"
        DEPARTMENT = "department", "Sở, ban, ngành"
        DISTRICT = "district", "Huyện (trước 01/7/2025)"
        COMMUNE = "commune", "Xã, phường, đặc khu"
        OFFICE = "office", "Phòng, đơn vị thuộc Ủy ban nhân dân"

    # These work for the unit above them; a commune or district is an authority of its own.
    PARTS = (Level.DEPARTMENT, Level.OFFICE)

    code = models.CharField("mã đơn vị", max_length=40, unique=True)
    name = models.CharField("tên đầy đủ", max_length=200, help_text="Ví dụ: Ủy ban nhân dân xã Liên Sơn")
    short_name = models.CharField("tên gọn", max_length=120, help_text="Ví dụ: xã Liên Sơn")
    place = models.CharField(
        "địa danh", max_length=80, help_text="In trước ngày tháng trên văn bản, ví dụ: Liên Sơn"
    )
    level = models.CharField("cấp", max_length=12, choices=Level)
    parent = models.ForeignKey(
        "self",
        verbose_name="trực thuộc",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    active_from = models.DateField("hoạt động từ ngày", null=True, blank=True)
    active_until = models.DateField("hoạt động đến ngày", null=True, blank=True)
    search = models.CharField(max_length=400, editable=False, db_index=True)
    sort_key = models.CharField(max_length=600, editable=False, db_index=True)

    history = HistoricalRecords(excluded_fields=["search", "sort_key"])
    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị"
        verbose_name_plural = "đơn vị"
        ordering = ["sort_key", "code"]
        constraints = [
            models.CheckConstraint(
                name="unit_active_dates_in_order",
                condition=Q(active_until=None) | Q(active_from=None) | Q(active_until__gte=F("active_from")),
                violation_error_message="Ngày kết thúc hoạt động phải sau ngày bắt đầu.",
            ),
            models.CheckConstraint(
                name="unit_not_its_own_parent",
                condition=Q(parent=None) | ~Q(parent=F("id")),
                violation_error_message="Đơn vị không thể trực thuộc chính mình.",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def save(self, **kwargs) -> None:
        self.search = fold(f"{self.code} {self.name} {self.short_name}")
        self.sort_key = sort_key(self.short_name)
        fields = kwargs.get("update_fields")
        if fields is not None and not {"code", "name", "short_name"}.isdisjoint(fields):
            kwargs["update_fields"] = {*fields, "search", "sort_key"}
        super().save(**kwargs)

    @property
    def appraised_hosts(self) -> set[int]:
        """Ids of the hosts for which this unit may appraise: itself, and the one it is a part of."""
        above = {self.parent_id} if self.parent_id is not None and self.level in Unit.PARTS else set()
        return {self.pk} | above

    def clean(self) -> None:
        below, above = {self.pk} - {None}, self.parent
        while above is not None:
            if above.pk in below:
                raise ValidationError(
                    {"parent": "Đơn vị không thể trực thuộc chính mình hoặc đơn vị cấp dưới của mình."}
                )
            below.add(above.pk)
            above = above.parent


class Lineage(models.Model):
    """Where a unit came from, so that years before a merger can be compared or said to be incomparable."""

    class Kind(models.TextChoices):
        MERGED = "merged", "hợp nhất từ"
        SPLIT = "split", "tách ra từ"

    successor = models.ForeignKey(
        Unit, verbose_name="đơn vị mới", on_delete=models.PROTECT, related_name="origins"
    )
    predecessor = models.ForeignKey(
        Unit, verbose_name="đơn vị cũ", on_delete=models.PROTECT, related_name="outcomes"
    )
    kind = models.CharField("quan hệ", max_length=6, choices=Kind)
    on = models.DateField("từ ngày")

    class Meta:
        verbose_name = "nguồn gốc đơn vị"
        verbose_name_plural = "nguồn gốc đơn vị"
        ordering = ["successor", "on", "predecessor"]
        constraints = [
            models.UniqueConstraint(fields=["successor", "predecessor"], name="lineage_once"),
            models.CheckConstraint(
                name="lineage_between_two_units",
                condition=~Q(successor=F("predecessor")),
                violation_error_message="Đơn vị không thể là nguồn gốc của chính mình.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.successor} {self.get_kind_display()} {self.predecessor}"


class Role(models.TextChoices):
    OFFICER = "officer", "Cán bộ đầu mối"
    UNIT_LEADER = "unit_leader", "Lãnh đạo đơn vị"
    APPRAISER = "appraiser", "Cán bộ thẩm định"
    COORDINATOR = "coordinator", "Điều phối (Nội vụ)"
    LEADER = "leader", "Lãnh đạo cơ quan chủ trì"
    ADMINISTRATOR = "administrator", "Quản trị hệ thống"


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, username: str, password: str | None = None, **fields) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields) -> User:
        user = self.create_user(username, password, **fields)
        user.memberships.create(role=Role.ADMINISTRATOR)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """A person. What he may do comes from his memberships alone; there is no superuser."""

    username = models.CharField(
        "tên đăng nhập",
        max_length=60,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "Tên đăng nhập này đã có người dùng."},
    )
    full_name = models.CharField("họ và tên", max_length=120)
    position = models.CharField("chức vụ", max_length=120, blank=True)
    email = models.EmailField("thư điện tử", blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    is_active = models.BooleanField("đang hoạt động", default=True)
    is_demo = models.BooleanField("tài khoản minh họa", default=False, editable=False)
    must_change_password = models.BooleanField("phải đổi mật khẩu", default=False, editable=False)
    created_at = models.DateTimeField("ngày tạo", default=timezone.now, editable=False)
    search = models.CharField(max_length=240, editable=False)
    sort_key = models.CharField(max_length=400, editable=False, db_index=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    history = HistoricalRecords(excluded_fields=["password", "last_login", "search", "sort_key"])
    objects = UserManager()

    class Meta:
        verbose_name = "người dùng"
        verbose_name_plural = "người dùng"
        ordering = ["sort_key", "username"]

    def __str__(self) -> str:
        return self.full_name

    def save(self, **kwargs) -> None:
        self.search = fold(f"{self.username} {self.full_name}")
        # Vietnamese lists go by the given name, which comes last.
        self.sort_key = sort_key(" ".join(reversed(self.full_name.split())))
        fields = kwargs.get("update_fields")
        if fields is not None and not {"username", "full_name"}.isdisjoint(fields):
            kwargs["update_fields"] = {*fields, "search", "sort_key"}
        if fields is not None and set(fields) == {"last_login"}:
            # Django stamps each log-in on the user; that is no change of the catalogue.
            self.skip_history_when_saving = True
        try:
            super().save(**kwargs)
        finally:
            self.__dict__.pop("skip_history_when_saving", None)

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name

    @cached_property
    def roles(self) -> frozenset[tuple[str, int | None]]:
        """Every (role, unit id) this person holds; one query per request, without the units."""
        return frozenset(self.memberships.order_by().values_list("role", "unit_id"))

    @cached_property
    def held(self) -> list[Membership]:
        # As Meta orders them, but for the join on the person himself.
        return list(self.memberships.select_related("unit").order_by("role", "unit__sort_key", "unit__code"))

    def holds(self, role: str, unit_id: int | None = None) -> bool:
        return (role, unit_id) in self.roles

    def units_as(self, *roles: str) -> set[int]:
        """Ids of the units in which this person holds one of `roles`."""
        return {unit_id for role, unit_id in self.roles if role in roles and unit_id is not None}

    @property
    def own_units(self) -> frozenset[int]:
        """Ids of the units to which this person belongs in whatever role: he decides nothing about them."""
        return frozenset(unit_id for _, unit_id in self.roles if unit_id is not None)

    @property
    def appraised_hosts(self) -> set[int]:
        """Ids of the hosts for which this person appraises: those of each unit in which he holds that role."""
        own = [m.unit for m in self.held if m.role == Role.APPRAISER and m.unit is not None]
        return {host for unit in own for host in unit.appraised_hosts}

    @property
    def is_administrator(self) -> bool:
        return self.is_active and self.holds(Role.ADMINISTRATOR)

    # The admin site asks these; administrators keep units, people and criteria sets, never points.
    @property
    def is_staff(self) -> bool:
        return self.is_administrator

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_administrator and perm.split(".", maxsplit=1)[0] in {"accounts", "criteria"}

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.has_perm(f"{app_label}.any")


class Membership(models.Model):
    """A role held in a unit. Only administrators belong to no unit."""

    user = models.ForeignKey(
        User, verbose_name="người dùng", on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField("vai trò", max_length=14, choices=Role)
    unit = models.ForeignKey(
        Unit,
        verbose_name="tại đơn vị",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="memberships",
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = "vai trò"
        verbose_name_plural = "vai trò"
        ordering = ["user", "role", "unit"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "unit"],
                name="membership_once_per_unit",
                violation_error_message="Người này đã có vai trò đó tại đơn vị đó.",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(unit=None),
                name="membership_once_without_unit",
                violation_error_message="Người này đã có vai trò đó.",
            ),
            models.CheckConstraint(
                name="membership_unit_unless_administrator",
                condition=Q(role=Role.ADMINISTRATOR, unit=None)
                | (~Q(role=Role.ADMINISTRATOR) & Q(unit__isnull=False)),
                violation_error_message="Quản trị hệ thống không gắn với đơn vị; "
                "mọi vai trò khác phải có đơn vị.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.unit}" if self.unit else self.get_role_display()
