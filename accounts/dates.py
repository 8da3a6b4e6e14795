"""Dates the way Vietnamese administrative documents write them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def format_date(day: date) -> str:
    """ "ngày 04 tháng 5 năm 2024": a leading 0 for days below 10 and for January and February."""
    return f"ngày {day.day:02} {format_month(day)}"


def format_month(day: date) -> str:
    """ "tháng 5 năm 2024", as above."""
    return f"tháng {_month(day)} năm {day.year}"


def format_short_date(day: date) -> str:
    """ "04/5/2024", with the same leading zeros as the long form."""
    return f"{day.day:02}/{_month(day)}/{day.year}"


def format_moment(moment: datetime) -> str:
    """An aware datetime in Vietnam's time: "17:00 ngày 05 tháng 12 năm 2026"."""
    local = moment.astimezone(VIETNAM)
    return f"{local:%H:%M} {format_date(local.date())}"


def format_span(span: timedelta) -> str:
    """What is left until a deadline, in its two largest units: "11 ngày 3 giờ"; rounded down."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "ngày"), (hours, "giờ"), (minutes, "phút")]
    while len(parts) > 1 and not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{count} {unit}" for count, unit in parts[:2] if count) or "chưa đến 1 phút"


def _month(day: date) -> str:
    # 1 and 2 could be turned into 11 and 12 with a pen; the other months could not.
    return f"{day.month:02}" if day.month <= 2 else str(day.month)
