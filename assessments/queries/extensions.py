"""Exceptions from the calendar as pages show them: what was granted, for how long, for which leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from assessments import workflow
from assessments.calendar import Phase
from assessments.deadlines import ends
from assessments.models import Assessment, Extension, Layer, Mark, Period, Score
from criteria.queries import StoredTree, stored_tree
from criteria.tree import Source


@dataclass(frozen=True, slots=True)
class Granted:
    """An extension with the codes of its leaves, none where it holds for all."""

    extension: Extension
    codes: tuple[str, ...]
    is_running: bool


def with_extensions(sheets: Iterable[Assessment]) -> list[Assessment]:
    """The same sheets; the gate then asks for none of their extensions one by one."""
    listed = list(sheets)
    rows: dict[int, list[Extension]] = {}
    granted = Extension.objects.filter(assessment__in=listed).prefetch_related("leaves").order_by("pk")
    for extension in granted:
        rows.setdefault(extension.assessment_id, []).append(extension)
    for sheet in listed:
        sheet.granted = rows.get(sheet.pk, [])
    return listed


def rules_by_sheet(sheets: Iterable[Assessment]) -> dict[int, list[workflow.Extension]]:
    """What the gate makes of the extensions of each of these sheets, by the sheet's key."""
    return {sheet.pk: [granted.as_rule for granted in sheet.granted] for sheet in with_extensions(sheets)}


def granted_to(assessment: Assessment, *, now: datetime) -> list[Granted]:
    """What one sheet was granted, the latest first."""
    return [_granted(extension, now) for extension in reversed(assessment.granted)]


def last_moment(assessment: Assessment, phase: Phase) -> datetime | None:
    """When a phase is over for a sheet with all that was granted to it."""
    rules = [extension.as_rule for extension in assessment.granted]
    return max(ends(phase, assessment.period.calendar, rules), default=None)


def extensions_of(period: Period, *, now: datetime) -> dict[int, list[Granted]]:
    """Extensions of a period by sheet, the latest first."""
    rows = (
        Extension.objects.filter(assessment__period=period)
        .select_related("assessment__unit", "assessment__cohort", "granted_by")
        .prefetch_related("leaves")
        .order_by("-pk")
    )
    found: dict[int, list[Granted]] = {}
    for row in rows:
        found.setdefault(row.assessment_id, []).append(_granted(row, now))
    return found


def _granted(extension: Extension, now: datetime) -> Granted:
    codes = tuple(leaf.code for leaf in sorted(extension.leaves.all(), key=lambda leaf: leaf.position))
    return Granted(extension, codes, now <= extension.until)


@dataclass(frozen=True, slots=True)
class Choice:
    """A leaf that an extension may be limited to."""

    pk: int
    label: str


def choices_of(assessment: Assessment) -> list[tuple[str, list[Choice]]]:
    """Leaves that the unit scores, by area."""
    stored: StoredTree = stored_tree(assessment.cohort.criteria_set)
    areas = [
        (
            f"{top.code}. {top.name}",
            [
                Choice(stored.ids[leaf.code], f"{leaf.code} {leaf.name}")
                for leaf in top.leaves()
                if leaf.source is Source.UNIT
            ],
        )
        for top in stored.tree.criteria
    ]
    return [(name, leaves) for name, leaves in areas if leaves]


def appraisal_began(assessment: Assessment) -> bool:
    """Whether anybody has appraised any of it, so that it can't go back to its unit any more."""
    own = {"assessment": assessment}
    return Mark.objects.filter(**own).exists() or Score.objects.filter(**own, layer=Layer.ROUND1).exists()
