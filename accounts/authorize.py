"""Deny by default: a view says who may use it, or it can't be reached at all.

    @authorize(sees_sheet, assessment=Assessment.objects.select_related("unit"))
    def sheet(request, assessment): ...

loads the assessment named by the URL keyword of that name (404 if there is none), asks the predicate about
the user and the loaded object (403 if it says no) and hands the object to the view in place of its key. What every
page says of its object, it takes from `request.target`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.db.models import Manager, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

View = Callable[..., HttpResponse]


@rules.predicate
def signed_in(user: Any) -> bool:
    return bool(user.is_authenticated)


def authorize(predicate: rules.Predicate, **source: QuerySet | Manager) -> Callable[[View], View]:
    """Guard a view by `predicate`; at most one `source`, keyed like the URL keyword that carries its id."""
    if len(source) > 1:
        raise TypeError("authorize() loads one object; the view reaches the others from there.")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            target = None
            for name, objects in source.items():
                target = kwargs[name] = get_object_or_404(objects.all(), pk=kwargs[name])
            request.target = target  # type: ignore[attr-defined]
            if not predicate.test(request.user, target):
                raise PermissionDenied
            return view(request, **kwargs)

        guarded.access = predicate  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: View) -> View:
    """Declare a view open to people who have not logged in."""
    view.access = "public"  # type: ignore[attr-defined]
    return view
