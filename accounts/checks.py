from collections.abc import Iterator
from typing import Any

from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.startup import refuse_demo_accounts


def views_without_access(patterns: list[Any], path: str = "") -> Iterator[str]:
    """URL patterns outside the admin site whose view declares neither authorize() nor public()."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from views_without_access(entry.url_patterns, path + str(entry.pattern))
        elif isinstance(entry, URLPattern) and not hasattr(entry.callback, "access"):
            yield path + str(entry.pattern)


@register
def check_access(app_configs: Any, **kwargs: Any) -> list[Error]:
    return [
        Error(
            f"The view at /{path} declares no access.",
            hint="Use authorize() or public().",
            id="accounts.E001",
        )
        for path in views_without_access(get_resolver().url_patterns)
    ]


@register(Tags.database, deploy=True)
def check_demo_accounts(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Error]:
    """For `check --deploy --database default`; the site itself asks the same before it starts."""
    if not databases:
        return []
    try:
        refuse_demo_accounts()
    except ImproperlyConfigured as problem:
        return [Error(str(problem), id="accounts.E002")]
    return []
