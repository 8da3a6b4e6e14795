"""What every writing action shares: the lock with the gate, the leaf row, its totals and its event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from accounts import origin
from accounts.models import User
from assessments.models import Assessment, Event, Layer, Period, Score, ScoreBase
from assessments.permissions import require
from assessments.queries.leaves import leaf_criterion
from assessments.workflow import Action, Refusal, State, next_state
from criteria import tree
from criteria.points import canonical
from criteria.queries import StoredTree
from criteria.scoring import LeafScore

FOR_GATE = Assessment.objects.for_gate()


@dataclass(frozen=True)
class Leaf:
    """A leaf of the sheet's tree with its key in the database."""

    pk: int
    criterion: tree.Criterion
    decimals: int


@dataclass(frozen=True)
class Entry:
    """What one layer is to say about a leaf. `scored` None means unanswered."""

    basis: str
    data: dict[str, Any] | None
    scored: LeafScore | None
    note: str = ""
    evidence_note: str = ""

    def values(self) -> dict[str, Any]:
        counted = self.scored is not None and not self.scored.excluded
        return {
            "basis": self.basis,
            "data": self.data,
            "points": self.scored.points if self.scored and counted else None,
            "excluded": bool(self.scored and self.scored.excluded),
            "note": self.note,
            "evidence_note": self.evidence_note,
        }


class Changed(Refusal):
    """What a page showed to be done is no longer what would be done."""

    def __init__(self) -> None:
        super().__init__("Nội dung đã thay đổi sau khi mở trang này; hãy xem lại rồi xác nhận.")


class Conflict(Refusal):
    """Somebody saved the leaf since this page was loaded. `saved` is what stands in the database now."""

    def __init__(self, saved: ScoreBase) -> None:
        self.saved = saved
        super().__init__(
            f"{saved.updated_by.full_name} đã lưu tiêu chí này trước đó. "
            "Chưa có gì bị ghi đè: hãy chọn giá trị được giữ lại."
        )


class Resent(Refusal):
    """The unit got its sheet back and sent it anew since this page was loaded. `version` is what a page says that has
    seen what it sent."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(
            "Đơn vị đã gửi lại phiếu sau khi bạn mở trang này. Chưa có gì được lưu: hãy mở lại để xem phiếu mới."
        )


def open_sheet(
    action: Action, *, assessment: Assessment, by: User, now: datetime, leaf: int | None = None
) -> Assessment:
    """The sheet, locked for this transaction and read afresh, after the gate let `action` through."""
    return open_sheet_of(assessment.pk, action, by=by, now=now, leaf=leaf)


def open_sheet_of(pk: int, action: Action, *, by: User, now: datetime, leaf: int | None = None) -> Assessment:
    """`open_sheet` for who has only its key; Assessment.DoesNotExist where there is none."""
    locked = FOR_GATE.locked(pk=pk)
    if not locked:
        raise Assessment.DoesNotExist
    require(action, by=by, assessment=locked[0], now=now, leaf=leaf)
    return locked[0]


def leaf_of(assessment: Assessment, criterion_id: int, sources: Iterable[tree.Source]) -> Leaf:
    """The leaf of this sheet's own set with that key and a source among `sources`."""
    criterion = leaf_criterion(assessment, criterion_id)
    if criterion is None:
        raise Refusal("Bộ tiêu chí của phiếu không có tiêu chí này.")
    if criterion.source not in sources:
        raise Refusal(f"Tiêu chí {criterion.code} không chấm ở bước này.")
    return Leaf(criterion_id, criterion, assessment.cohort.criteria_set.decimals)


def leaves_of(stored: StoredTree, sources: Iterable[tree.Source]) -> list[Leaf]:
    allowed = set(sources)
    return [
        Leaf(stored.ids[node.code], node, stored.tree.decimals)
        for node in stored.tree.leaves()
        if node.source in allowed
    ]


def layers_of(assessment: Assessment, leaf: Leaf) -> dict[str, Score]:
    """What every layer says about a leaf."""
    rows = Score.objects.filter(assessment=assessment, criterion=leaf.pk).order_by()
    return {row.layer: row for row in rows}


def check_seen(saved: Score | None, seen: int, entry: Entry) -> bool:
    """Whether there is anything to write; Conflict where somebody else's later value would be lost."""
    if saved is None:
        return True
    if all(getattr(saved, name) == value for name, value in entry.values().items()):
        return False
    if saved.version != seen:
        raise Conflict(saved)
    return True


def check_sending(sheet: Assessment, seen: int) -> None:
    """Of a leaf that nothing is said of yet, a page has seen the floor of versions of its sheet, or what was withdrawn
    above it; Resent where it has seen an older sheet."""
    if seen < sheet.version_floor:
        raise Resent(sheet.version_floor)


def write(
    *,
    assessment: Assessment,
    layer: str,
    leaf: Leaf,
    saved: Score | None,
    entry: Entry,
    by: User,
    now: datetime,
    action: str,
) -> Score:
    """Store one leaf of one layer with its event. The caller holds the lock and recounts the totals."""
    before = snapshot(saved)
    score = saved or _blank(assessment, layer, leaf)
    _fill(score, entry, by=by, now=now)
    score.save()
    _event_of(assessment, score, action, before).save(force_insert=True)
    return score


def write_new(
    *,
    assessment: Assessment,
    layer: str,
    entries: Iterable[tuple[Leaf, Entry]],
    by: User,
    now: datetime,
    action: str,
) -> list[Score]:
    """Store what a layer says of leaves for the first time, however many, with their events at one stroke."""
    scores = []
    for leaf, entry in entries:
        score = _blank(assessment, layer, leaf)
        _fill(score, entry, by=by, now=now)
        scores.append(score)
    Score.objects.bulk_create(scores)
    Event.objects.bulk_create([_event_of(assessment, score, action, None) for score in scores])
    return scores


def _blank(assessment: Assessment, layer: str, leaf: Leaf) -> Score:
    return Score(
        assessment=assessment,
        layer=layer,
        criterion_id=leaf.pk,
        max_points=leaf.criterion.max_points,
        version=assessment.version_floor,
    )


def _fill(score: Score, entry: Entry, *, by: User, now: datetime) -> None:
    for name, value in entry.values().items():
        setattr(score, name, value)
    score.version += 1
    score.updated_at, score.updated_by = now, by


def _event_of(assessment: Assessment, score: Score, action: str, before: Mapping[str, Any] | None) -> Event:
    return event_of(
        action,
        by=score.updated_by,
        now=score.updated_at,
        assessment=assessment,
        criterion_id=score.criterion_id,
        before=before,
        after=snapshot(score),
        reason=score.note if score.layer != Layer.SELF else "",
    )


def snapshot(score: Score | None) -> dict[str, Any] | None:
    """A leaf as an event keeps it."""
    if score is None:
        return None
    return {
        "layer": score.layer,
        "basis": score.basis,
        "data": score.data,
        "points": None if score.points is None else canonical(score.points),
        "excluded": score.excluded,
        "note": score.note,
        "evidence_note": score.evidence_note,
        "version": score.version,
    }


class About(TypedDict, total=False):
    """What an event is about, and what changed."""

    period: Period | None
    assessment: Assessment | None
    criterion_id: int | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reason: str


def record(action: str, *, by: User, now: datetime, **about: Unpack[About]) -> Event:
    """The Event row of an action, written in its transaction. ValueError for one that Event.Deed doesn't name."""
    event = event_of(action, by=by, now=now, **about)
    event.save(force_insert=True)
    return event


def event_of(action: str, *, by: User, now: datetime, **about: Unpack[About]) -> Event:
    """An event for whoever stores many at one stroke; everybody else calls `record`."""
    assessment, period = about.get("assessment"), about.get("period")
    return Event(
        at=now,
        by=by,
        address=origin.address.get(),
        action=Event.Deed(action),
        period_id=assessment.period_id if assessment is not None else period and period.pk,
        assessment=assessment,
        criterion_id=about.get("criterion_id"),
        before=about.get("before"),
        after=about.get("after"),
        reason=about.get("reason", ""),
    )


def move(assessment: Assessment, action: Action, **stamps: Any) -> None:
    """Change the state of a locked sheet to what `action` leads to, together with its dates and people."""
    assessment.state = next_state(action, State(assessment.state))
    for name, value in stamps.items():
        setattr(assessment, name, value)
    assessment.save(update_fields=["state", *stamps])
