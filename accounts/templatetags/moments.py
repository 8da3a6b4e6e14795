from datetime import datetime, timedelta

from django import template
from django.utils import timezone

from accounts.dates import format_span

register = template.Library()


@register.filter
def from_now(delta: timedelta) -> datetime:
    """The moment `delta` from now, in local time."""
    return timezone.localtime(timezone.now() + delta)


@register.filter
def span(delta: timedelta) -> str:
    """How long that is: "30 phút"."""
    return format_span(delta)
