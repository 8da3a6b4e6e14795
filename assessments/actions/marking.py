"""Leaves that two appraise, each without seeing the other: what they agree on is round 1, the rest is settled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from assessments.actions.rescoring import follow
from assessments.actions.totals import store_totals
from assessments.actions.verdicts import Verdict, entry_of
from assessments.actions.writing import Conflict, Entry, Leaf, check_sending, layers_of, record, write
from assessments.models import Assessment, Event, Layer, Mark, Score, ScoreBase
from assessments.queries.assignments import Assigned, place_for
from assessments.workflow import Action, Refusal
from criteria.points import ZERO, canonical
from criteria.scoring import LeafScore


def mark(
    sheet: Assessment,
    leaf: Leaf,
    verdict: Verdict,
    own: Score | None,
    responsible: Assigned,
    *,
    seen: int,
    by: User,
    now: datetime,
) -> ScoreBase:
    """Store what one of the two says on a locked sheet; the second of two equal marks makes round 1.

    Once both are in nobody changes his after having seen the other's: the coordinator settles. Raises as `judge`.
    """
    marks = {row.place: row for row in _marks(sheet).filter(criterion=leaf.pk)}
    places = responsible.places_of(by, sheet.unit_id, leaf.pk)
    place = place_for(places, {row.place: row.updated_by_id for row in marks.values()}, by.pk)
    entry = entry_of(sheet, leaf, verdict, own)
    saved = marks.get(place)
    if saved is not None:
        if all(getattr(saved, name) == value for name, value in _values(entry).items()):
            return saved
        if len(marks) == 2:
            raise Refusal("Cả hai người đã chấm tiêu chí này; điều phối sẽ thống nhất điểm.")
        if saved.version != seen:
            raise Conflict(saved)
    else:
        check_sending(sheet, seen)
    before = told(saved)
    written = saved or Mark(
        assessment=sheet,
        criterion_id=leaf.pk,
        place=place,
        max_points=leaf.criterion.max_points,
        version=sheet.version_floor,
    )
    for name, value in _values(entry).items():
        setattr(written, name, value)
    written.version += 1
    written.updated_at, written.updated_by = now, by
    written.save()
    record(
        Event.Deed.MARK,
        by=by,
        now=now,
        assessment=sheet,
        criterion_id=leaf.pk,
        before=before,
        after=told(written),
        reason=written.note,
    )
    marks[place] = written
    _take_over(sheet, leaf, marks, by=by)
    return written


def marked_since(score: Score) -> bool:
    """Whether round 1 says what it said before two were asked."""
    later = Mark.objects.filter(
        assessment=score.assessment_id, criterion=score.criterion_id, updated_at__gt=score.updated_at
    )
    return later.exists()


def agree_by_marks(
    sheet: Assessment, leaves: Iterable[Leaf], responsible: Assigned, *, by: User, now: datetime
) -> int:
    """Agree, in his place, with those of `leaves` that he has not marked yet; returns how many those were."""
    leaves = list(leaves)
    marked = {(row.criterion_id, row.place) for row in _marks(sheet)} if leaves else set()
    own = {
        row.criterion_id: row
        for row in Score.objects.filter(
            assessment=sheet, layer=Layer.SELF, criterion__in=[leaf.pk for leaf in leaves]
        )
    }
    done = 0
    for leaf in leaves:
        places = responsible.places_of(by, sheet.unit_id, leaf.pk)
        if all((leaf.pk, place) not in marked for place in places):
            kept = Verdict(Score.Basis.KEPT)
            mark(sheet, leaf, kept, own.get(leaf.pk), responsible, seen=sheet.version_floor, by=by, now=now)
            done += 1
    return done


def _take_over(sheet: Assessment, leaf: Leaf, marks: dict[int, Mark], *, by: User) -> None:
    """Write round 1 once both say the same of the points, whatever way they came to them."""
    if len(marks) < 2:
        return
    first, second = marks[min(marks)], marks[max(marks)]
    if (first.points, first.excluded) != (second.points, second.excluded):
        return
    notes = [row.note for row in (first, second) if row.note.strip()]
    entry = Entry(
        first.basis,
        first.data,
        LeafScore(first.points or ZERO, first.excluded),
        "\n".join(dict.fromkeys(notes)),
    )
    layers = layers_of(sheet, leaf)
    # Of two at once the first to be received may be the second to be stored.
    said = {"by": by, "now": max(first.updated_at, second.updated_at), "action": Action.APPRAISE}
    saved = layers.get(Layer.ROUND1)
    write(assessment=sheet, layer=Layer.ROUND1, leaf=leaf, saved=saved, entry=entry, **said)
    store_totals([sheet], Layer.ROUND1)
    follow(sheet, leaf, layers, **said)


def _marks(sheet: Assessment):
    return Mark.objects.filter(assessment=sheet).select_related("updated_by").order_by("place")


def _values(entry: Entry) -> dict[str, object]:
    return {name: value for name, value in entry.values().items() if name != "evidence_note"}


def told(row: Mark | None) -> dict[str, object] | None:
    """A mark as an event keeps it. Its layer is nobody's but the two appraisers' and the coordinator's."""
    return row and {
        "layer": "mark",
        "place": row.place,
        "basis": row.basis,
        "data": row.data,
        "points": None if row.points is None else canonical(row.points),
        "excluded": row.excluded,
        "note": row.note,
        "version": row.version,
    }
