"""Criteria sets where administrators look for them: to read and search. Changes go through the site's pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from simple_history.admin import SimpleHistoryAdmin

from criteria.models import CriteriaSet, Criterion


class ReadOnly:
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CriteriaSet)
class CriteriaSetAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["name", "code", "version", "decision_number", "decision_date", "loaded_at"]
    list_filter = ["code", "illustration"]
    search_fields = ["code", "name", "decision_number"]
    ordering = ["code", "-version"]
    exclude = ["grades"]

    def view_on_site(self, obj: CriteriaSet) -> str:
        return reverse("criteria_set", kwargs={"criteria_set": obj.pk})


@admin.register(Criterion)
class CriterionAdmin(ReadOnly, SimpleHistoryAdmin):
    list_display = ["code", "name", "max_points", "role", "source", "criteria_set"]
    list_filter = ["criteria_set", "role", "source"]
    list_select_related = ["criteria_set"]
    list_per_page = 100
    search_fields = ["code", "name", "rule_text"]
    ordering = ["criteria_set", "position"]
    exclude = ["position", "area", "bucket", "examples", "components", "rule"]
    object_history_list_template = "admin/history.html"

    def view_on_site(self, obj: Criterion) -> str:
        return reverse("criteria_set", kwargs={"criteria_set": obj.criteria_set_id}) + f"#tieu-chi-{obj.pk}"
