"""Moments at which people in offices do things."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from accounts.dates import VIETNAM

MORNING, AFTERNOON = time(7, 30), time(13, 30)
MORNING_MINUTES, DAY_MINUTES = 240, 450
CLOSING = time(17)
HOLIDAYS = {(1, 1), (4, 30), (5, 1), (9, 2)}


class Workdays:
    """Working days counted from the day of loading, which is 0; -1 is the working day before it."""

    def __init__(self, now: datetime) -> None:
        self._days = {0: now.astimezone(VIETNAM).date()}

    def day(self, offset: int) -> date:
        step = 1 if offset > 0 else -1
        for reached in range(0, offset, step):
            if reached + step not in self._days:
                self._days[reached + step] = _next(self._days[reached], step)
        return self._days[offset]

    def at(self, offset: int, minute: int, second: int = 0) -> datetime:
        """`minute` counts the office hours only: 0 is 7:30, 240 is 13:30, 449 is 16:59."""
        begin, into = (MORNING, minute) if minute < MORNING_MINUTES else (AFTERNOON, minute - MORNING_MINUTES)
        moment = datetime.combine(self.day(offset), begin, tzinfo=VIETNAM)
        return moment + timedelta(minutes=into, seconds=second)

    def opening(self, offset: int) -> datetime:
        return datetime.combine(self.day(offset), MORNING, tzinfo=VIETNAM)

    def closing(self, offset: int) -> datetime:
        return datetime.combine(self.day(offset), CLOSING, tzinfo=VIETNAM)

    def spread(self, first: int, last: int, count: int, chance: Random) -> list[datetime]:
        """`count` different moments from one day to another, in order."""
        minutes = sorted(chance.sample(range((last - first + 1) * DAY_MINUTES), count))
        return [
            self.at(first + minute // DAY_MINUTES, minute % DAY_MINUTES, chance.randrange(60))
            for minute in minutes
        ]


def _next(day: date, step: int) -> date:
    day += timedelta(days=step)
    while day.weekday() >= 5 or (day.month, day.day) in HOLIDAYS:
        day += timedelta(days=step)
    return day
