from datetime import datetime, timedelta

from django import template
from django.utils import timezone

register = template.Library()


@register.filter
def from_now(delta: timedelta) -> datetime:
    """The moment `delta` from now, in local time."""
    return timezone.localtime(timezone.now() + delta)
