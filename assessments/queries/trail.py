"""Events read back: the history of one leaf in place, and a period's for its coordinator."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from accounts.dates import format_moment, format_short_date
from accounts.models import Unit, User
from assessments.calendar import Phase
from assessments.models import (
    Assessment,
    Assignment,
    CorrectedScore,
    Event,
    Explanation,
    Layer,
    Order,
    Period,
)
from assessments.models.periods import CALENDAR_COLUMNS
from assessments.queries.desks import Desk
from assessments.queries.leaves import leaf_criterion
from assessments.workflow import State
from criteria.inputs import told
from criteria.points import format_points
from criteria.tree import Criterion

# Of what an event keeps beside scores, the part that people read; ids and whole contents stay in the database.
LABELS = {
    "phase": "",
    "until": "đến",
    "leaves": "tiêu chí",
    "title": "",
    "document": "",
    "url": "",
    "name": "",
    "step": "",
    "cohort": "nhóm",
    "criteria_set": "bộ tiêu chí",
    "units": "các đơn vị:",
    "unit": "đơn vị",
    "target": "chỉ tiêu",
    "deadline": "hạn",
    "state": "",
    "again": "chấm lại:",
    "submitted_at": "đã gửi lúc",
    "submitted_total": "tự chấm",
    "receipt": "biên nhận",
    "finalised_at": "chốt lúc",
    "total": "tổng điểm",
    "sha256": "SHA-256",
    "unanswered": "số tiêu chí chưa chấm:",
    "decision": "quyết định",
    "totals": "tổng điểm:",
    "year": "năm",
    "report": "báo cáo",
    "version": "phiên bản",
    "documents": "số văn bản:",
    "stopped": "đã dừng, số văn bản không tạo nữa:",
    "calendar": "lịch:",
    **{name: str(Period._meta.get_field(name).verbose_name) for name in CALENDAR_COLUMNS},
    "duties": "",
    "office": "cơ quan",
    "appraiser": "người chấm",
    "substitute": "người thay thế",
    "officers": "cán bộ:",
    "asked": "số tiêu chí cần giải trình:",
    "stance": "",
    "text": "",
}
_ORDER = {name: place for place, name in enumerate(LABELS)}
MOMENTS = frozenset({"deadline", "submitted_at", "finalised_at", "until", *CALENDAR_COLUMNS})
FIGURES = frozenset({"total", "totals", "submitted_total", "target"})
CHOICES: dict[str, Callable[[str], str]] = {
    "state": lambda value: str(Assessment.State(value).label),
    "phase": lambda value: Phase(value).label,
    "step": lambda value: str(Order.Step(value).label),
    "stance": lambda value: str(Explanation.Stance(value).label),
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
OWN_LAYERS = frozenset({Layer.SELF.value})
ALL_LAYERS = frozenset(Layer.values)
MARK = "mark"
"""The words of two appraisers, which events keep like a layer of their own."""
MARKS = frozenset({MARK})
# What the coordinator prepares to correct; at its leaf it is read once it is published.
CORRECTION = "correction"


@dataclass(frozen=True)
class Step:
    """One event in words: what stood before and what stood after it."""

    event: Event
    layer: str
    before: str
    after: str


def leaf_trail(assessment: Assessment, criterion_id: int, layers: frozenset[str]) -> list[Step]:
    """What happened at a leaf, newest first; scores only of `layers`, and corrections that were published."""
    criterion = leaf_criterion(assessment, criterion_id)
    events = Event.objects.filter(assessment=assessment, criterion=criterion_id).select_related("by")
    corrected = CorrectedScore.objects.filter(
        assessment=assessment, criterion=criterion_id, publication__isnull=False
    )
    published = set(corrected.order_by("pk").values_list("version", flat=True))
    trail = []
    for event in events.order_by("-pk"):
        layer = _layer(event)
        if layer == CORRECTION:
            # Drafts before it were never anybody's points.
            if (event.after or {}).get("version") in published:
                trail.append(replace(_step(event, criterion), before=""))
        elif layer is None or layer in layers:
            trail.append(_step(event, criterion))
    return trail


def layers_for(desk: Desk, assessment: Assessment, criterion_id: int) -> frozenset[str]:
    """What somebody who appraises or oversees may read of a leaf's history: all of it where it is his, and
    nobody's judgement before his own where two appraise it."""
    if not desk.sees(assessment.unit_id, criterion_id):
        return OWN_LAYERS
    given = assessment.marks.filter(criterion=criterion_id).order_by("place")
    marks = desk.marks(assessment.unit_id, criterion_id, {mark.place: mark for mark in given})
    if marks is None:
        return ALL_LAYERS
    return ALL_LAYERS | MARKS if marks.lines or assessment.state != State.SUBMITTED else OWN_LAYERS


def return_of(assessment: Assessment) -> Event | None:
    """Why a sheet that is the unit's again came back to it, if it did."""
    if assessment.state != State.RETURNED:
        return None
    back = [Event.Deed.SEND_BACK, Event.Deed.RETURN, Event.Deed.RENEW]
    return (
        Event.objects.filter(assessment=assessment, action__in=back)
        .select_related("by")
        .order_by("-pk")
        .first()
    )


def period_trail(
    period: Period,
    *,
    unit: Unit | None = None,
    by: User | None = None,
    action: str = "",
    since: date | None = None,
    until: date | None = None,
    hide_marks: bool = False,
) -> QuerySet[Event]:
    """A period's events, newest first, narrowed by whatever is given; days are local ones, inclusive.

    `hide_marks` from a coordinator who may be one of two appraisers himself, until round 1 is told.
    """
    chosen = Q(period=period)
    if hide_marks:
        told = [State.EXPLAINING, State.APPRAISED, State.FINAL]
        spoken = [Event.Deed.MARK, Event.Deed.WITHDRAW_VERDICT]
        chosen &= ~Q(action__in=spoken) | Q(assessment__state__in=told)
    if unit is not None:
        chosen &= Q(assessment__unit=unit)
    if by is not None:
        chosen &= Q(by=by)
    # Reports are saved as they are typed; their own pages tell that better.
    chosen &= Q(action=action) if action else ~Q(action=Event.Deed.WRITE_REPORT)
    if since is not None:
        chosen &= Q(at__date__gte=since)
    if until is not None:
        chosen &= Q(at__date__lte=until)
    return Event.objects.filter(chosen).select_related("by", "assessment__unit", "criterion").order_by("-pk")


def steps(events: list[Event]) -> list[Step]:
    return [_step(event, None) for event in events]


def _step(event: Event, criterion: Criterion | None) -> Step:
    return Step(
        event=event,
        layer=_whose(event),
        before=_words(event.before, criterion),
        after=_words(event.after, criterion),
    )


def _layer(event: Event) -> str | None:
    return (event.after or event.before or {}).get("layer")


def _whose(event: Event) -> str:
    """The layer by its name; of leaves that two appraise, which of the two."""
    layer = _layer(event)
    if layer == CORRECTION:
        return "Đính chính"
    if layer == MARK:
        return str(Assignment.Place((event.after or event.before or {})["place"]).label)
    return str(Layer(layer).label) if layer else ""


def _words(snapshot: dict[str, Any] | None, criterion: Criterion | None) -> str:
    """A snapshot in words: of a score as "1,8 điểm (45/50 = 90,00%) – ghi chú"."""
    if not snapshot:
        return ""
    if "layer" not in snapshot:
        said = ((LABELS[key], _spelled(key, value)) for key, value in _in_order(snapshot) if key in LABELS)
        return "; ".join(f"{label} {value}".strip() for label, value in said if value)
    return told(
        criterion.rule if criterion else None,
        snapshot["data"],
        points=None if snapshot["points"] is None else Decimal(snapshot["points"]),
        excluded=snapshot["excluded"],
        note=snapshot["note"],
    )


def _in_order(snapshot: dict[str, Any]) -> list[tuple[str, Any]]:
    """In the order of the labels, since PostgreSQL keeps keys by their length."""
    return sorted(snapshot.items(), key=lambda part: _ORDER.get(part[0], len(_ORDER)))


def _spelled(key: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, dict):
        # The parts of a calendar or a duty have names of their own; totals go by units.
        told = (
            (LABELS.get(name, name), _spelled(name if name in LABELS else key, part))
            for name, part in _in_order(value)
        )
        return ", ".join(f"{name} {words}".strip() for name, words in told if words)
    if isinstance(value, list):
        return ", ".join(_spelled(key, part) for part in value if part)
    if key in MOMENTS:
        return format_moment(datetime.fromisoformat(value))
    if key in FIGURES:
        return format_points(Decimal(value))
    if key in CHOICES:
        return CHOICES[key](value)
    return format_short_date(date.fromisoformat(value)) if _DAY.fullmatch(str(value)) else str(value)
