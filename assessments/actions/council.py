"""The council's layer: what is entered centrally, and the final points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from assessments.actions.totals import store_totals
from assessments.actions.verdicts import Verdict, entry_of
from assessments.actions.writing import (
    Changed,
    Entry,
    check_seen,
    layers_of,
    leaf_of,
    move,
    open_sheet,
    record,
    write,
)
from assessments.models import Assessment, Layer, LayerTotal, Score
from assessments.queries.finalisation import finalisation_check
from assessments.workflow import Action, Refusal
from criteria.points import canonical
from criteria.tree import Source

CENTRAL = frozenset({Source.SURVEY, Source.EXTERNAL})


@transaction.atomic
def enter_central(
    *,
    assessment: Assessment,
    criterion_id: int,
    verdict: Verdict | None,
    seen: int,
    by: User,
    now: datetime,
) -> Score:
    """Store the council's points of a survey or external leaf of one unit; None clears them.

    `verdict` carries the data of the rule, or points set by hand with a reason.
    """
    sheet = open_sheet(Action.ENTER_CENTRAL, assessment=assessment, by=by, now=now, leaf=criterion_id)
    score, written = enter(sheet, criterion_id, verdict, seen=seen, by=by, now=now)
    if written:
        store_totals([sheet], Layer.COUNCIL)
    return score


def enter(
    sheet: Assessment, criterion_id: int, verdict: Verdict | None, *, seen: int, by: User, now: datetime
) -> tuple[Score, bool]:
    """One leaf of an open sheet, and whether it changed; the caller recounts the totals."""
    leaf = leaf_of(sheet, criterion_id, CENTRAL)
    entry = Entry(Score.Basis.DATA, None, None) if verdict is None else entry_of(sheet, leaf, verdict, None)
    saved = layers_of(sheet, leaf).get(Layer.COUNCIL)
    if saved is not None and not check_seen(saved, seen, entry):
        return saved, False
    score = write(
        assessment=sheet,
        layer=Layer.COUNCIL,
        leaf=leaf,
        saved=saved,
        entry=entry,
        by=by,
        now=now,
        action=Action.ENTER_CENTRAL,
    )
    return score, True


@transaction.atomic
def finalise(*, assessment: Assessment, seen: str | None = None, by: User, now: datetime) -> Decimal:
    """Fix the council's points and return the total. Refusal while a leaf or a required reason is missing.

    `seen` is the total that the page showed, as a canonical number; Changed where it is another by now.
    """
    sheet = open_sheet(Action.FINALISE, assessment=assessment, by=by, now=now)
    if problems := finalisation_check(sheet):
        raise Refusal("Chưa chốt điểm được: " + "; ".join(problem.message for problem in problems) + ".")
    [tally] = store_totals([sheet], Layer.COUNCIL)
    if seen is not None and seen != canonical(tally.total):
        raise Changed
    move(sheet, Action.FINALISE, finalised_at=now, finalised_by=by)
    record(Action.FINALISE, by=by, now=now, assessment=sheet, after={"total": canonical(tally.total)})
    return tally.total


@dataclass(frozen=True)
class Finalised:
    """How many sheets became final, and those that didn't, each with its reason."""

    done: int
    left: tuple[tuple[Assessment, str], ...]


def finalise_ready(
    *, assessments: Iterable[Assessment], seen: Mapping[int, str] | None = None, by: User, now: datetime
) -> Finalised:
    """Make each of these sheets final in a transaction of its own: what one lacks doesn't hold up the others.

    `seen` are the totals that the page showed, by the sheet's key.
    """
    done, left = 0, []
    for assessment in assessments:
        try:
            shown = None if seen is None else seen.get(assessment.pk, "")
            finalise(assessment=assessment, seen=shown, by=by, now=now)
        except Refusal as refusal:
            left.append((assessment, str(refusal)))
        else:
            done += 1
    return Finalised(done, tuple(left))


@transaction.atomic
def reopen(*, assessment: Assessment, reason: str, seen: str, by: User, now: datetime) -> None:
    """Give a final sheet back to the council, with a reason; whatever was said of it stays as it is.

    `seen` is the moment of finalising that the page showed; Changed where the sheet was reopened and finalised since.
    """
    sheet = open_sheet(Action.REOPEN, assessment=assessment, by=by, now=now)
    if sheet.finality != seen:
        raise Changed
    reason = reason.strip()
    if not reason:
        raise Refusal("Hãy ghi lý do mở lại phiếu.")
    total = LayerTotal.objects.get(assessment=sheet, layer=Layer.COUNCIL)
    before = {"state": sheet.state, "finalised_at": sheet.finality, "total": canonical(total.total)}
    move(sheet, Action.REOPEN, finalised_at=None, finalised_by=None)
    record(
        Action.REOPEN,
        by=by,
        now=now,
        assessment=sheet,
        before=before,
        after={"state": sheet.state},
        reason=reason,
    )
