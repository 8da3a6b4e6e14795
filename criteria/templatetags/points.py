from datetime import date
from decimal import Decimal
from fractions import Fraction

from django import template

from accounts.dates import format_moment, format_short_date
from criteria.points import format_percent, format_points

register = template.Library()


@register.filter
def points(value: Decimal | None) -> str:
    """7.9380 as 7,938; a dash where there is none."""
    return "–" if value is None else format_points(value)


@register.filter
def percentage(value: Fraction | None) -> str:
    return "–" if value is None else format_percent(value)


register.filter("short_date", lambda day: format_short_date(day) if isinstance(day, date) else "")
register.filter("moment", lambda at: format_moment(at) if at else "")
