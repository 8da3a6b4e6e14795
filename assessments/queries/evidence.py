"""What a unit shows, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from assessments.filetypes import BY_MEDIA_TYPE
from assessments.models import Assessment, Attachment, Evidence
from assessments.workflow import Action, State
from criteria.models import Criterion


def showing(assessment: Assessment) -> Action:
    """While a sheet is explained, evidence comes as part of an explanation; before, with the points."""
    return Action.EXPLAIN if assessment.state == State.EXPLAINING else Action.SCORE


def natural(code: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts codes as people count: 2.9 before 2.10."""
    parts = re.findall(r"\d+|[^\d.]+", code)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


@dataclass(frozen=True)
class Item:
    """One piece of evidence with the criteria it is attached to, in the order of their codes."""

    evidence: Evidence
    criteria: tuple[Criterion, ...]

    @property
    def kind(self) -> str:
        """ "PDF", "DOCX", …; what it is where it is no file."""
        known = BY_MEDIA_TYPE.get(self.evidence.media_type)
        return known.extension.upper() if known else self.evidence.get_kind_display()


def evidence_items(assessment: Assessment) -> list[Item]:
    """All evidence of a sheet by its first criterion's code; what hangs nowhere comes last."""
    attachments = Attachment.objects.select_related("criterion").order_by("pk")
    rows = (
        Evidence.objects.filter(assessment=assessment)
        .select_related("added_by")
        .prefetch_related(Prefetch("attachments", queryset=attachments))
        .order_by("pk")
    )
    items = []
    for row in rows:
        criteria = sorted((a.criterion for a in row.attachments.all()), key=lambda c: natural(c.code))
        items.append(Item(row, tuple(criteria)))
    return sorted(items, key=lambda i: (not i.criteria, i.criteria and natural(i.criteria[0].code)))


def attached_to(assessment: Assessment, criterion_id: int) -> list[Attachment]:
    """What one leaf shows, in the order of attaching."""
    attachments = Attachment.objects.filter(evidence__assessment=assessment, criterion=criterion_id)
    return list(attachments.select_related("evidence").order_by("pk"))


def attachable(assessment: Assessment, criterion_id: int) -> QuerySet[Evidence]:
    """Evidence of the sheet that the leaf doesn't show yet, newest first."""
    shown = Attachment.objects.filter(criterion=criterion_id).values("evidence")
    return Evidence.objects.filter(assessment=assessment).exclude(pk__in=shown).order_by("-pk")
