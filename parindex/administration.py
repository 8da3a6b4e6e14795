from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve, reverse


class AdministrationSite(AdminSite):
    """Units, people and criteria sets, for administrators. Points are never touched here.

    There is one log-in page, one log-out and one password page, and they are not here.
    """

    site_header = "Chỉ số cải cách hành chính · Quản trị"
    site_title = "Quản trị"
    index_title = "Danh mục và người dùng"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and not user.must_change_password and user.is_administrator

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # The access middleware has sent everybody who is not logged in to the log-in page.
        if self.has_permission(request):
            return redirect("admin:index")
        raise PermissionDenied

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return resolve(reverse("logout")).func(request)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("password_change")
