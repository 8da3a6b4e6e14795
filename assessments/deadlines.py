"""When the time for something is over for one sheet, and when somebody is reminded of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from assessments.calendar import Calendar, Phase
from assessments.workflow import Extension, State

REMINDERS = (7, 3, 1)
"""Days before a deadline."""

PHASE_IN = {
    State.DRAFT: Phase.SELF,
    State.REVIEW: Phase.APPROVAL,
    State.RETURNED: Phase.APPROVAL,  # mended in the leader's time, as the gate has it
    State.SUBMITTED: Phase.ROUND1,
    State.EXPLAINING: Phase.EXPLANATION,
    State.APPRAISED: Phase.COUNCIL,
    State.FINAL: Phase.COUNCIL,
}
"""The phase by whose end what a sheet waits for must be done."""

# What is granted for self-scoring keeps the whole way to sending open.
_GRANTED_FOR = {Phase.APPROVAL: frozenset({Phase.SELF, Phase.APPROVAL})}


def ends(phase: Phase, calendar: Calendar, extensions: Iterable[Extension] = ()) -> list[datetime]:
    """The moments at which a phase ends for a sheet, in order; after the last nothing more is possible.

    Several where an extension is only about some leaves; an extension of all of them stands in for the calendar.
    """
    granted = [
        extension
        for extension in extensions
        if extension.phase in _GRANTED_FOR.get(phase, frozenset({phase}))
    ]
    moments = {extension.until for extension in granted}
    if (closes := calendar[phase].closes) is not None:
        moments = {moment for moment in moments if moment > closes}
        if not any(extension.leaves is None and extension.until > closes for extension in granted):
            moments.add(closes)
    return sorted(moments)


def is_late(state: State, calendar: Calendar, extensions: Iterable[Extension], now: datetime) -> bool:
    """Whether the time for what the sheet waits for is over."""
    moments = ends(PHASE_IN[state], calendar, extensions)
    return bool(moments) and now > moments[-1]


def reminder_due(deadline: datetime, now: datetime, *, since: datetime) -> int | None:
    """Which reminder it is time for: the days it comes before the deadline; None for none.

    Only the latest, where several were missed; none that would have come before there was anything to do.
    """
    due = [days for days in REMINDERS if since <= deadline - timedelta(days=days) <= now < deadline]
    return min(due, default=None)
