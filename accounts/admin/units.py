from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin.catalogue import DAY_FIELDS, CatalogueAdmin, PlainChoices
from accounts.dates import format_short_date
from accounts.models import Lineage, Unit
from accounts.resources import UnitResource, UnitWorkbook


class OperatingFilter(admin.SimpleListFilter):
    title = "tình trạng hoạt động"
    parameter_name = "hoat-dong"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("co", "Đang hoạt động"), ("khong", "Đã thôi hoặc chưa hoạt động")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Unit]) -> QuerySet[Unit]:
        today = timezone.localdate()
        if self.value() == "co":
            return queryset.active(today)
        if self.value() == "khong":
            return queryset.filter(Q(active_from__gt=today) | Q(active_until__lt=today))
        return queryset


class LineageInline(PlainChoices, admin.TabularInline):
    model = Lineage
    fk_name = "successor"
    fields = ["kind", "predecessor", "on"]
    autocomplete_fields = ["predecessor"]
    formfield_overrides = DAY_FIELDS
    extra = 0
    verbose_name = "đơn vị cũ mà đơn vị này được lập ra từ đó"
    verbose_name_plural = "nguồn gốc"


@admin.register(Unit)
class UnitAdmin(CatalogueAdmin):
    resource_classes = [UnitResource]
    import_formats = export_formats = [UnitWorkbook]
    list_display = ["label", "code", "level", "parent", "operating"]
    list_filter = ["level", OperatingFilter, ("parent", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["parent"]
    list_per_page = 50
    ordering = ["sort_key", "code"]
    search_fields = ["search"]
    search_help_text = "Tìm theo mã hoặc tên, có dấu hay không dấu đều được."
    autocomplete_fields = ["parent"]
    fields = ["code", "name", "short_name", "place", "level", "parent", ("active_from", "active_until")]
    inlines = [LineageInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> Sequence[str]:
        # Seals of published results, events and workbooks name a unit by its code.
        return ["code"] if obj else []

    @admin.display(description="tên gọn", ordering="sort_key")
    def label(self, unit: Unit) -> str:
        return unit.short_name

    @admin.display(description="thời gian hoạt động", ordering="active_from")
    def operating(self, unit: Unit) -> str:
        since, until = unit.active_from, unit.active_until
        words = [f"từ {format_short_date(since)}"] if since else []
        return " ".join([*words, f"đến {format_short_date(until)}"] if until else words) or "không giới hạn"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Unit], search_term: str
    ) -> tuple[QuerySet[Unit], bool]:
        return queryset.search(search_term), False
