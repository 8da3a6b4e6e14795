"""How far every unit of a period is, from stored totals: a constant number of queries at any size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F

from accounts.vietnamese import fold
from assessments.deadlines import is_late
from assessments.models import ANSWERED, Assessment, Cohort, Event, Layer, LayerTotal, Period, Score
from assessments.queries.appraisal import TONES
from assessments.queries.explained import Explained, explained
from assessments.queries.extensions import Granted, extensions_of
from assessments.queries.leaves import needs_target
from assessments.queries.periods import cohorts_of
from assessments.queries.reminders import phases_to_do
from assessments.queries.targets import assigned_by_cohort
from assessments.workflow import PeriodState, State
from criteria.queries import stored_tree
from criteria.tree import Source

LATE = "tre-han"
UNTOUCHED = "chua-bat-dau"
SILENT = "chua-giai-trinh"
BY_UNIT = (
    Event.Deed.SCORE,
    Event.Deed.SHARE,
    Event.Deed.SEND,
    Event.Deed.ADD_EVIDENCE,
    Event.Deed.ATTACH_EVIDENCE,
    Event.Deed.DETACH_EVIDENCE,
)
"""What a unit leaves behind when it begins."""
_NOTHING = Explained()


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One unit; a total is None until its layer has begun."""

    assessment: Assessment
    own: LayerTotal | None
    round1: LayerTotal | None
    council: LayerTotal | None
    explained: Explained
    is_late: bool
    is_untouched: bool
    granted: list[Granted]

    @property
    def has_left(self) -> bool:
        return not self.assessment.is_with_unit

    @property
    def council_began(self) -> bool:
        """Central leaves may be entered before, but make no total yet."""
        return self.council is not None and self.assessment.state in {State.APPRAISED, State.FINAL}

    @property
    def tone(self) -> str:
        return TONES[State(self.assessment.state)]

    @property
    def is_to_remind(self) -> bool:
        """Whether the unit itself has something to do."""
        return bool(phases_to_do(self.assessment, self.explained))

    def fits(self, chosen: str, words: list[str]) -> bool:
        """Whether it is among the chosen ones and its name or code has every word."""
        if any(word not in self.assessment.unit.search for word in words):
            return False
        if chosen == LATE:
            return self.is_late
        if chosen == UNTOUCHED:
            return self.is_untouched
        if chosen == SILENT:
            return self.assessment.state == State.EXPLAINING and bool(self.explained.unanswered)
        return chosen in {"", self.assessment.state}


@dataclass(frozen=True)
class Filter:
    """One way to narrow the board: what the address says, its label and how many units it shows."""

    value: str
    label: str
    count: int
    warns: bool = False


@dataclass(frozen=True)
class CohortBoard:
    """`rows` are all units of the cohort; `shown` those that fit what was chosen and searched."""

    cohort: Cohort
    rows: tuple[BoardRow, ...]
    shown: tuple[BoardRow, ...]
    central_entered: int
    central_asked: int
    targets_assigned: int
    targets_asked: int


@dataclass(frozen=True)
class Board:
    cohorts: tuple[CohortBoard, ...]
    filters: tuple[Filter, ...]
    chosen: str
    words: str

    @property
    def rows(self) -> list[BoardRow]:
        return [row for cohort in self.cohorts for row in cohort.rows]

    @property
    def shown(self) -> list[BoardRow]:
        return [row for cohort in self.cohorts for row in cohort.shown]

    @property
    def to_remind(self) -> list[BoardRow]:
        """Of the units shown those that have something to do."""
        return [row for row in self.shown if row.is_to_remind]


def board(period: Period, *, now: datetime, chosen: str = "", words: str = "") -> Board:
    """`chosen` is a state or one of LATE, UNTOUCHED, SILENT; anything else shows every unit. `words` are looked for
    in names and codes, whatever their accents."""
    chosen = chosen if chosen in {LATE, UNTOUCHED, SILENT, *Assessment.State.values} else ""
    searched = fold(words).split()
    rows = _rows(period, now)
    entered = _entered(period)
    assigned = assigned_by_cohort(period)
    boards = []
    for cohort in cohorts_of(period):
        leaves = list(stored_tree(cohort.criteria_set).tree.leaves())
        own = rows.get(cohort.pk, [])
        boards.append(
            CohortBoard(
                cohort=cohort,
                rows=tuple(own),
                shown=tuple(row for row in own if row.fits(chosen, searched)),
                central_entered=entered.get(cohort.pk, 0),
                central_asked=sum(leaf.source is not Source.UNIT for leaf in leaves) * cohort.unit_count,
                targets_assigned=assigned.get(cohort.pk, 0),
                targets_asked=sum(needs_target(leaf) for leaf in leaves) * cohort.unit_count,
            )
        )
    everybody = [row for own in rows.values() for row in own]
    return Board(tuple(boards), tuple(_filters(everybody)), chosen, words.strip())


def _filters(rows: list[BoardRow]) -> Iterable[Filter]:
    counts = Counter(row.assessment.state for row in rows)
    for state in Assessment.State:
        yield Filter(state.value, str(state.label), counts[state.value])
    for value, label in ((UNTOUCHED, "Chưa bắt đầu"), (LATE, "Trễ hạn"), (SILENT, "Chưa trả lời giải trình")):
        if count := sum(row.fits(value, []) for row in rows):
            yield Filter(value, label, count, warns=True)


def _rows(period: Period, now: datetime) -> dict[int, list[BoardRow]]:
    """The units of each cohort in Vietnamese order."""
    totals: dict[tuple[int, str], LayerTotal] = {
        (total.assessment_id, total.layer): total
        for total in LayerTotal.objects.filter(assessment__period=period)
        .exclude(layer=Layer.ROUND2)
        .only("assessment", "layer", "total", "answered", "leaves")
        .order_by()
    }
    sheets = list(period.assessments.select_related("unit").order_by("unit__sort_key", "unit__code"))
    begun = _begun(sheet for sheet in sheets if _is_blank(sheet, totals.get((sheet.pk, Layer.SELF))))
    extensions = extensions_of(period, now=now)
    progress = explained(period)
    is_open = period.state == PeriodState.OPEN
    calendar = period.calendar
    rows: dict[int, list[BoardRow]] = {}
    for sheet in sheets:
        granted = extensions.get(sheet.pk, [])
        rules = [one.extension.as_rule for one in granted]
        own = totals.get((sheet.pk, Layer.SELF))
        rows.setdefault(sheet.cohort_id, []).append(
            BoardRow(
                assessment=sheet,
                own=own,
                round1=totals.get((sheet.pk, Layer.ROUND1)),
                council=totals.get((sheet.pk, Layer.COUNCIL)),
                explained=progress.get(sheet.pk, _NOTHING),
                is_late=is_open and sheet.is_with_unit and is_late(State(sheet.state), calendar, rules, now),
                is_untouched=is_open and _is_blank(sheet, own) and sheet.pk not in begun,
                granted=granted,
            )
        )
    return rows


def _is_blank(sheet: Assessment, own: LayerTotal | None) -> bool:
    return sheet.state == State.DRAFT and (own is None or not own.answered)


def _begun(blank: Iterable[Assessment]) -> set[int]:
    """Those of the sheets without any points at which the unit did something all the same."""
    events = Event.objects.filter(assessment__in=[sheet.pk for sheet in blank], action__in=BY_UNIT)
    return set(events.order_by().values_list("assessment_id", flat=True).distinct())


def _entered(period: Period) -> Mapping[int, int]:
    """Answered central leaves by cohort, on the set that the cohort uses now."""
    return dict(
        Score.objects.filter(assessment__period=period, layer=Layer.COUNCIL)
        .filter(
            ANSWERED,
            criterion__criteria_set=F("assessment__cohort__criteria_set"),
        )
        .exclude(criterion__source=Source.UNIT)
        .order_by()
        .values_list("assessment__cohort")
        .annotate(entered=Count("pk"))
    )
