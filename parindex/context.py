from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.models import Role
from assessments.queries.notices import unread_count


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    current: bool


# Label, URL name and the roles that see it; None: everybody who is signed in.
NAVIGATION = [
    ("Phiếu chấm điểm", "sheets", {Role.OFFICER, Role.UNIT_LEADER}),
    ("Thẩm định", "appraisals", {Role.APPRAISER}),
    ("Kỳ đánh giá", "periods", {Role.COORDINATOR, Role.LEADER}),
    ("Kết quả", "results", None),
    ("Báo cáo", "reports", None),
    ("Bộ tiêu chí", "criteria_sets", {Role.COORDINATOR, Role.LEADER, Role.ADMINISTRATOR}),
    ("Quản trị", "admin:index", {Role.ADMINISTRATOR}),
]


def navigation(request: HttpRequest) -> list[NavItem]:
    if not request.user.is_authenticated or request.user.must_change_password:
        return []
    held = {role for role, _ in request.user.roles}
    shown = {name: reverse(name) for _, name, roles in NAVIGATION if roles is None or roles & held}
    here = next((name for name, url in shown.items() if request.path.startswith(url)), None)
    if here is None and request.path.startswith((reverse("sheets"), reverse("appraisals"))):
        here = "periods"  # who follows a period comes from its board
    return [
        NavItem(label, shown[name], current=name == here) for label, name, _ in NAVIGATION if name in shown
    ]


def is_illustration(request: HttpRequest) -> bool:
    """Whether the page is about invented data; one about nothing in particular is as invented as its reader."""
    said = getattr(getattr(request, "target", None), "illustration", None)
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and user.is_demo) if said is None else said


def site(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)  # a request refused early has none
    return {
        "production": settings.PRODUCTION,
        # Partials never ask for it and so never pay for it.
        "nav": SimpleLazyObject(partial(navigation, request)),
        "unread": SimpleLazyObject(partial(unread_count, user)),
        "illustration": SimpleLazyObject(partial(is_illustration, request)),
    }
