"""Dates the way Vietnamese administrative documents write them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def format_date(day: date) -> str:
    """ "ngày 04 tháng 5 năm 2024": a leading 0 for days below 10 and for January and February."""
    return f"ngày {day.day:02} tháng {_month(day)} năm {day.year}"


def format_short_date(day: date) -> str:
    """ "04/5/2024", with the same leading zeros as the long form."""
    return f"{day.day:02}/{_month(day)}/{day.year}"


def format_moment(moment: datetime) -> str:
    """An aware datetime in Vietnam's time: "17:00 ngày 05 tháng 12 năm 2026"."""
    local = moment.astimezone(VIETNAM)
    return f"{local:%H:%M} {format_date(local.date())}"


def _month(day: date) -> str:
    # 1 and 2 could be turned into 11 and 12 with a pen; the other months could not.
    return f"{day.month:02}" if day.month <= 2 else str(day.month)
