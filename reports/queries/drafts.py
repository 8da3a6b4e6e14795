"""What a report starts with before anybody has written in it."""

from __future__ import annotations

from typing import Any

from accounts.models import Unit
from assessments.models import Assessment
from reports.contents import settle, usual_content
from reports.kinds import Kind
from reports.models import Report


def first_content(kind: Kind[Any], unit: Unit) -> dict[str, Any]:
    superior = unit.parent.name if unit.parent else ""
    return usual_content(name=unit.name, place=unit.place, superior=superior, sign=kind.sign)


def unwritten_report(kind: Kind[Any], sheet: Assessment) -> Report:
    """What the unit's first draft about its sheet would be; never stored."""
    content = settle(first_content(kind, sheet.unit), kind.parts)
    return Report(kind=kind.name, unit=sheet.unit, assessment=sheet, year=sheet.period.year, content=content)
