"""Units and people as rows of a workbook, both ways."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.html import format_html
from import_export.fields import Field
from import_export.resources import Diff, ModelResource
from import_export.widgets import CharWidget, Widget

from accounts import actions
from accounts.models import Role, Unit, User
from accounts.queries import lock_administrators
from accounts.vietnamese import fold
from accounts.workbook import CatalogueWorkbook, Column

ACTIVE, INACTIVE = "Đang hoạt động", "Đã ngừng"
IMPORTED = "Nhập từ tệp Excel"


class UnitWorkbook(CatalogueWorkbook):
    sheet_title = "Đơn vị"
    columns = [
        Column("Mã đơn vị", "Không trùng nhau. Mã đã có: sửa đơn vị đó; mã mới: thêm đơn vị.", 18),
        Column("Tên đầy đủ", "Ví dụ: Ủy ban nhân dân xã Liên Sơn", 40),
        Column("Tên gọn", "Ví dụ: xã Liên Sơn", 26),
        Column("Địa danh", "In trước ngày tháng trên văn bản, ví dụ: Liên Sơn"),
        Column("Cấp", "Một trong: " + "; ".join(str(label) for label in Unit.Level.labels), 34),
        Column("Trực thuộc", "Mã của đơn vị cấp trên, đã có hoặc nằm ở dòng phía trên của tệp này.", 18),
        Column("Hoạt động từ ngày", "Ngày/tháng/năm, ví dụ 01/07/2025. Có thể để trống."),
        Column("Hoạt động đến ngày", "Ngày/tháng/năm. Để trống nếu còn hoạt động."),
    ]


class UserWorkbook(CatalogueWorkbook):
    sheet_title = "Người dùng"
    columns = [
        Column("Tên đăng nhập", "Không trùng nhau. Tên đã có: sửa người đó; tên mới: thêm người dùng."),
        Column("Họ và tên", width=28),
        Column("Chức vụ", width=28),
        Column("Thư điện tử", width=28),
        Column("Điện thoại"),
        Column(
            "Vai trò",
            "Vai trò @ mã đơn vị, cách nhau bằng dấu chấm phẩy; riêng Quản trị hệ thống không có đơn vị. "
            "Ví dụ: Cán bộ đầu mối @ xa-lien-son; Lãnh đạo đơn vị @ xa-lien-son. "
            "Các vai trò: " + "; ".join(str(label) for label in Role.labels) + ".",
            60,
        ),
        Column("Trạng thái", "Chỉ để xem. Ngừng hoặc cho hoạt động lại ở trang người dùng."),
    ]


class LevelWidget(Widget):
    """The Vietnamese label of a level, whatever its case and accents, or its code."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        for level in Unit.Level:
            if fold(value) in {fold(str(level.label)), level.value}:
                return level.value
        labels = "; ".join(str(label) for label in Unit.Level.labels)
        raise ValueError(
            f"Không có cấp “{value[:60]}”. Ghi một trong: {labels}." if value else "Chưa ghi cấp."
        )

    def render(self, value: str, obj: Any = None, **kwargs: Any) -> str:
        return str(Unit.Level(value).label) if value else ""


class DayWidget(Widget):
    def clean(self, value: str | date, row: Any = None, **kwargs: Any) -> date | None:
        if isinstance(value, date) or not value:
            return value or None
        try:
            day, month, year = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", value).groups()
            return date(int(year), int(month), int(day))
        except (AttributeError, ValueError):
            raise ValueError(
                f"“{value[:40]}” không phải ngày. Ghi ngày/tháng/năm, ví dụ 01/07/2025."
            ) from None

    def render(self, value: date | None, obj: Any = None, **kwargs: Any) -> date | str:
        return value or ""


class ParentWidget(Widget):
    """The code of a unit in `known`, to which the resource adds each unit that it saves."""

    known: dict[str, Unit]

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Unit | None:
        if value and value not in self.known:
            raise ValueError(f"Không có đơn vị mã “{value[:60]}”. Đơn vị cấp trên phải đứng trước trong tệp.")
        return self.known[value] if value else None

    def render(self, value: Unit | None, obj: Any = None, **kwargs: Any) -> str:
        return value.code if value else ""


class RolesField(Field):
    """All roles of a person in one cell; they are set once the person himself is saved."""

    units: dict[str, Unit]

    def clean(self, row: dict[str, Any], **kwargs: Any) -> frozenset[actions.HeldRole]:
        return frozenset(
            self._read(part) for part in re.split(r"[;\n]", row[self.column_name]) if part.strip()
        )

    def _read(self, text: str) -> actions.HeldRole:
        name, at, code = (part.strip() for part in text.partition("@"))
        role = next((role for role in Role if fold(name) in {fold(str(role.label)), role.value}), None)
        if role is None:
            labels = "; ".join(str(label) for label in Role.labels)
            raise ValueError(f"Không có vai trò “{name[:60]}”. Các vai trò: {labels}.")
        if role == Role.ADMINISTRATOR:
            if at:
                raise ValueError(f"Vai trò “{role.label}” không gắn với đơn vị; bỏ phần sau dấu @.")
            return role.value, None
        if not code:
            raise ValueError(f"Vai trò “{role.label}” phải kèm đơn vị: {role.label} @ mã đơn vị.")
        if code not in self.units:
            raise ValueError(f"Không có đơn vị mã “{code[:60]}”.")
        return role.value, self.units[code].pk

    def get_value(self, instance: User) -> frozenset[actions.HeldRole]:
        if "wanted_roles" in instance.__dict__:
            return instance.wanted_roles
        return frozenset(
            (held.role, held.unit_id) for held in (instance.memberships.all() if instance.pk else [])
        )

    def save(self, instance: User, row: dict[str, Any], is_m2m: bool = False, **kwargs: Any) -> None:
        instance.wanted_roles = self.clean(row)

    def export(self, instance: User, **kwargs: Any) -> str:
        return "; ".join(
            f"{held.get_role_display()} @ {held.unit.code}" if held.unit else str(held.get_role_display())
            for held in (instance.memberships.all() if instance.pk else [])
        )


class StateWidget(Widget):
    def render(self, value: bool, obj: Any = None, **kwargs: Any) -> str:
        return ACTIVE if value else INACTIVE


class PlainDiff(Diff):
    """What changes in a row, marked up without the inline styles that our content policy refuses."""

    def as_html(self) -> list[str]:
        return [
            new if self.new or old == new else format_html("<del>{}</del> <ins>{}</ins>", old, new)
            for old, new in zip(self.left, self.right, strict=True)
        ]


class CatalogueResource(ModelResource):
    """Rows matched by their key column. Nothing is saved unless every row can be."""

    key: str
    existing: dict[str, Any]  # by key; grows while rows are saved

    def get_diff_class(self) -> type[Diff]:
        return PlainDiff

    def get_instance(self, instance_loader: Any, row: dict[str, Any]) -> Any:
        return self.existing.get(row[self.fields[self.key].column_name])

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        self.by: User = kwargs["user"]
        self.lines: dict[str, int] = {}

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        key, line = row[self.fields[self.key].column_name], kwargs["row_number"] + 1
        if not any(row.values()):
            raise ValidationError("Dòng trống; hãy xóa dòng này khỏi tệp.")
        if key in self.lines:
            raise ValidationError({self.key: f"“{key}” đã có ở dòng {self.lines[key]} của tệp này."})
        self.lines[key] = line

    def before_save_instance(self, instance: Any, row: dict[str, Any], **kwargs: Any) -> None:
        instance._history_user = self.by
        instance._change_reason = IMPORTED

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        if is_create:
            super().do_instance_save(instance, is_create)
        else:
            columns = {field.attribute for field in self.fields.values() if not field.readonly} - {self.key}
            actions.edit(entry=instance, fields=columns, by=self.by, reason=IMPORTED)

    def after_save_instance(self, instance: Any, row: dict[str, Any], **kwargs: Any) -> None:
        self.existing[getattr(instance, self.key)] = instance

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Leaves the sequence of keys alone: another transaction may have taken one from it meanwhile."""

    def import_row(self, row: dict[str, Any], instance_loader: Any, **kwargs: Any) -> Any:
        result = super().import_row(row, instance_loader, **kwargs)
        if hasattr(result.validation_error, "error_dict"):
            result.validation_error = ValidationError(
                {self._title(name): errors for name, errors in result.validation_error.error_dict.items()}
            )
        return result

    def _title(self, name: str) -> str:
        return self.fields[name].column_name if name in self.fields else NON_FIELD_ERRORS


def _text(attribute: str, column: Column) -> Field:
    return Field(attribute, column.title, widget=CharWidget())


class UnitResource(CatalogueResource):
    key = "code"

    code, name, short_name, place = map(
        _text, ["code", "name", "short_name", "place"], UnitWorkbook.columns[:4]
    )
    level = Field("level", "Cấp", widget=LevelWidget())
    parent = Field("parent", "Trực thuộc", widget=ParentWidget())
    active_from = Field("active_from", "Hoạt động từ ngày", widget=DayWidget())
    active_until = Field("active_until", "Hoạt động đến ngày", widget=DayWidget())

    class Meta:
        model = Unit
        fields = ["code", "name", "short_name", "place", "level", "parent", "active_from", "active_until"]
        import_id_fields = ["code"]
        skip_unchanged = True
        report_skipped = False
        clean_model_instances = True

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        self.existing = {unit.code: unit for unit in Unit.objects.select_related("parent")}
        self.fields["parent"].widget.known = self.existing

    def filter_export(self, queryset: Any, **kwargs: Any) -> Iterable[Unit]:
        """Parents before their children, so that the file can be read back into an empty catalogue."""
        units = {unit.pk: unit for unit in queryset.select_related("parent")}
        written: dict[int, Unit] = {}

        def write(unit: Unit) -> None:
            if unit.pk not in written:
                if unit.parent_id in units:
                    write(units[unit.parent_id])
                written[unit.pk] = unit

        for unit in units.values():
            write(unit)
        return list(written.values())


class UserResource(CatalogueResource):
    """No password goes out or comes in: a new person gets one from an administrator's reset."""

    key = "username"

    username, full_name, position, email, phone = map(
        _text, ["username", "full_name", "position", "email", "phone"], UserWorkbook.columns[:5]
    )
    roles = RolesField("roles", "Vai trò")
    is_active = Field("is_active", "Trạng thái", widget=StateWidget(), readonly=True)

    class Meta:
        model = User
        fields = ["username", "full_name", "position", "email", "phone", "roles", "is_active"]
        import_id_fields = ["username"]
        skip_unchanged = True
        report_skipped = False
        clean_model_instances = True

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        lock_administrators()  # before anybody's own row, as deactivating does
        super().before_import(dataset, **kwargs)
        self.existing = {user.username: user for user in User.objects.prefetch_related("memberships__unit")}
        self.fields["roles"].units = Unit.objects.in_bulk(field_name="code")

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        known = self.existing.get(row["Tên đăng nhập"])
        state = StateWidget().render(known.is_active) if known else ACTIVE
        if row["Trạng thái"] and fold(row["Trạng thái"]) != fold(state):
            raise ValidationError(
                {"is_active": "Trạng thái không đổi được bằng tệp Excel; hãy đổi ở trang người dùng."}
            )

    def after_init_instance(self, instance: User, new: bool, row: dict[str, Any], **kwargs: Any) -> None:
        if new:
            instance.set_unusable_password()

    def after_save_instance(self, instance: User, row: dict[str, Any], **kwargs: Any) -> None:
        super().after_save_instance(instance, row, **kwargs)
        actions.set_roles(user=instance, roles=instance.wanted_roles, by=self.by)
