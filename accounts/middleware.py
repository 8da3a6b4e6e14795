from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

PASSWORD_VIEWS = {"password_change", "logout"}


class AccessMiddleware:
    """Lets nobody reach a view that declares no access, and nobody work on a one-time password."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

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
