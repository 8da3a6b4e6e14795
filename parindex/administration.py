from django.contrib.admin import AdminSite
from django.http import HttpRequest


class AdministrationSite(AdminSite):
    """Units, people and criteria sets, for administrators. Points are never touched here."""

    site_header = "Chỉ số cải cách hành chính · Quản trị"
    site_title = "Quản trị"
    index_title = "Danh mục và người dùng"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and not user.must_change_password and user.is_administrator
