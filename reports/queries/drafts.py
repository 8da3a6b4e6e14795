"""What a report starts with before anybody has written in it."""

from __future__ import annotations

from typing import Any

from assessments.models import Assessment
from reports.contents import settle, usual_content
from reports.kinds import Kind
from reports.models import Report
from reports.queries.subjects import Subject, subject_of


def first_content(kind: Kind[Any], about: Subject) -> dict[str, Any]:
    """A report that goes up goes to the host: which of its departments sees to it is known to nobody here."""
    unit, host = about.unit, about.host
    return usual_content(
        name=unit.name,
        place=unit.place,
        superior=unit.parent.name if unit.parent else "",
        sign=kind.sign,
        addressee=host.name if kind.goes_up and host and host != unit else "",
    )


def unwritten_report(kind: Kind[Any], sheet: Assessment) -> Report:
    """What the unit's first draft about its sheet would be; never stored."""
    content = settle(first_content(kind, subject_of(sheet)), kind.parts)
    return Report(kind=kind.name, unit=sheet.unit, assessment=sheet, year=sheet.period.year, content=content)
