"""When what lies under a leaf changes, the layers that rest on it follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from assessments.actions.totals import store_totals
from assessments.actions.writing import Entry, Leaf, layers_of, write
from assessments.models import Assessment, Layer, Score
from assessments.models.scores import ORDER
from assessments.queries.leaves import score_of
from assessments.workflow import Action
from criteria.points import ZERO
from criteria.scoring import LeafScore

WRITES = {
    Action.APPRAISE: Layer.ROUND1,
    Action.SETTLE: Layer.ROUND1,
    Action.REVISE: Layer.ROUND2,
    Action.FIX: Layer.COUNCIL,
}


def rescore(sheet: Assessment, leaf: Leaf, *, by: User, now: datetime, action: str) -> set[str]:
    """Bring every layer of a leaf up to date and return those that changed; the caller recounts their totals.

    Points by data are worked out anew, what was agreed with follows the layer before, and points set by hand
    stay. Raises scoring.Refused where the rule can't take the data any more.
    """
    rows = layers_of(sheet, leaf)
    changed: set[str] = set()
    before: Score | None = None
    for layer in ORDER:
        row = rows.get(layer)
        if row is None:
            continue
        entry = _entry(sheet, leaf, row, before)
        if any(getattr(row, name) != value for name, value in entry.values().items()):
            write(
                assessment=sheet,
                layer=layer,
                leaf=leaf,
                saved=row,
                entry=entry,
                by=by,
                now=now,
                action=action,
            )
            changed.add(layer)
        before = row
    return changed


def follow(
    sheet: Assessment, leaf: Leaf, layers: Mapping[str, Score], *, by: User, now: datetime, action: Action
) -> None:
    """Rescore what rests on the layer that `action` has just written, with its totals. `layers` as they were.

    Later layers exist only on a sheet that came back for a new version of its set: it has been judged before.
    """
    if layers.keys() & set(ORDER[ORDER.index(WRITES[action]) + 1 :]):
        for layer in rescore(sheet, leaf, by=by, now=now, action=action):
            store_totals([sheet], layer)


def _entry(sheet: Assessment, leaf: Leaf, row: Score, before: Score | None) -> Entry:
    """What `row` says now; `before` is the layer before it, already brought up to date."""
    data, scored = row.data, _scored(row)
    if row.basis == Score.Basis.KEPT:
        data = before and before.data
        scored = (before and _scored(before)) or LeafScore(ZERO)
    elif row.basis == Score.Basis.DATA and row.data is not None:
        scored = score_of(sheet, leaf.criterion, leaf.decimals, row.data)
    return Entry(row.basis, data, scored, row.note, row.evidence_note)


def _scored(row: Score) -> LeafScore | None:
    return LeafScore(row.points or ZERO, row.excluded) if row.is_answered else None
