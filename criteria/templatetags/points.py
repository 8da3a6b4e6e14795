from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import template
from django.utils import timezone

from accounts.dates import format_moment, format_short_date, format_span
from criteria.inputs import described, told
from criteria.points import canonical, format_percent, format_points
from criteria.tree import Criterion

register = template.Library()


@register.filter
def points(value: Decimal | None) -> str:
    """7.9380 as 7,938; a dash where there is none."""
    return "–" if value is None else format_points(value)


@register.filter("canonical")
def canonical_filter(value: Decimal | None) -> str:
    """As a page carries it back."""
    return "" if value is None else canonical(value)


@register.filter
def percentage(value: Fraction | None) -> str:
    return "–" if value is None else format_percent(value)


register.filter("short_date", lambda day: format_short_date(day) if isinstance(day, date) else "")
register.filter("moment", lambda at: format_moment(at) if at else "")


@register.filter
def countdown(deadline: datetime) -> str:
    """What is left until a moment: "11 ngày 3 giờ"."""
    return format_span(deadline - timezone.now())


@register.filter
def reading(score: Any, criterion: Criterion) -> str:
    """What a stored score declares, in words: "45/50 = 90%"."""
    return described(criterion.rule, score.data) if score and criterion.rule else ""


@register.filter("told")
def told_filter(score: Any, criterion: Criterion) -> str:
    """A stored score in one line, with its points and its note."""
    return told(criterion.rule, score.data, points=score.points, excluded=score.excluded, note=score.note)
