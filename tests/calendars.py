"""Calendars for tests."""

from datetime import datetime, timedelta

from assessments.calendar import Calendar, Phase, Window


def overlapping(opens: datetime, closes: datetime) -> Calendar:
    """Scoring ends at `closes`; everything else goes on from the start to well after it, so that one moment is
    enough to play a whole year. Publishing is possible at any time."""
    late = closes + timedelta(days=60)
    windows = {phase: Window(opens, late) for phase in Phase}
    windows[Phase.SELF] = windows[Phase.APPROVAL] = Window(opens, closes)
    windows[Phase.PUBLISHED] = Window(opens, None)
    return Calendar(windows)
