from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone

from accounts import origin

PASSWORD_VIEWS = {"password_change", "logout"}


def client_address(request: HttpRequest) -> str | None:
    """The address that the outermost of our own proxies saw; what clients claim stands further left.

    Without it everybody behind a proxy has the same one, and a stranger's wrong passwords lock out the officer.
    """
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if 0 < settings.PROXIES <= len(seen):
        try:
            return str(ip_address(seen[-settings.PROXIES].strip()))
        except ValueError:
            pass
    return request.META.get("REMOTE_ADDR") or None


def stamp_arrival(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Deadlines go by when a request arrived, not by how long its body, a lock or its turn took.

    Stands before everything else; views hand `request.received_at` to actions as `now`.
    """

    def stamped(request: HttpRequest) -> HttpResponse:
        request.received_at = timezone.now()
        return get_response(request)

    return stamped


class AccessMiddleware:
    """Lets nobody reach a view that declares no access, nobody work on a one-time password, and no cache on
    the way keep a page. The browser may, because it brings back what was typed; log-out tells it to forget.

    Around the view it says where the request comes from, for the events that the view's actions leave.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        here = origin.address.set(client_address(request))
        try:
            response = self.get_response(request)
        finally:
            origin.address.reset(here)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        in_admin = match is not None and match.namespaces[:1] == ["admin"]
        access = getattr(view, "access", None)
        if access is None and not in_admin:
            raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} declares no access.")
        if access == "public":
            return None
        if not request.user.is_authenticated:
            if request.headers.get("HX-Request"):
                # The page stays as it is, with what was typed; its script says how to go on.
                return HttpResponse(status=401)
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        if request.user.must_change_password and match is not None and match.view_name not in PASSWORD_VIEWS:
            return redirect("password_change")
        return None
