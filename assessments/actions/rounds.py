"""From one round to the next: telling the unit its points, hearing it, and handing the sheet to the council."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessments.actions.appraisal import keep
from assessments.actions.totals import store_totals
from assessments.actions.writing import leaves_of, move, open_sheet, record
from assessments.models import Assessment, Event, Explanation, Layer, Score
from assessments.queries.explanations import answers_of, asked_leaves
from assessments.workflow import Action, Refusal
from criteria.queries import stored_tree
from criteria.tree import Source


@transaction.atomic
def release(*, assessment: Assessment, by: User, now: datetime) -> None:
    """Show the unit what round 1 says, so that it may explain."""
    sheet = open_sheet(Action.RELEASE, assessment=assessment, by=by, now=now)
    _refuse_unjudged(sheet, Layer.ROUND1, "chưa thẩm định")
    move(sheet, Action.RELEASE, released_at=now, released_by=by)
    record(Action.RELEASE, by=by, now=now, assessment=sheet, after={"asked": len(asked_leaves(sheet))})


@transaction.atomic
def explain(
    *, assessment: Assessment, criterion_id: int, agrees: bool, text: str, seen: int, by: User, now: datetime
) -> Explanation:
    """The unit's answer to a leaf below its own score; until the deadline it may be changed.

    `seen` is the version on the page (0: none); Refusal where somebody of the unit answered otherwise since.
    """
    sheet = open_sheet(Action.EXPLAIN, assessment=assessment, by=by, now=now, leaf=criterion_id)
    if criterion_id not in asked_leaves(sheet):
        raise Refusal("Chỉ giải trình tiêu chí có điểm thẩm định thấp hơn điểm tự chấm.")
    text = text.strip()
    if not agrees and not text:
        raise Refusal("Không đồng ý thì phải ghi nội dung giải trình.")
    stance = Explanation.Stance.AGREED if agrees else Explanation.Stance.DISAGREED
    answer = answers_of(sheet).get(criterion_id)
    before = _told(answer)
    if answer is None:
        answer = Explanation(assessment=sheet, criterion_id=criterion_id, version=0)
    elif (answer.stance, answer.text) == (stance, text):
        return answer
    elif answer.version != seen:
        raise Refusal(
            f"{answer.answered_by} đã trả lời tiêu chí này trong lúc trang đang mở. "
            "Chưa có gì bị ghi đè; hãy xem lại rồi lưu."
        )
    answer.stance, answer.text = stance, text
    answer.version += 1
    answer.answered_at, answer.answered_by = now, by
    answer.save()
    record(
        Action.EXPLAIN,
        by=by,
        now=now,
        assessment=sheet,
        criterion_id=criterion_id,
        before=before,
        after=_told(answer),
    )
    return answer


@transaction.atomic
def close_appraisal(*, assessment: Assessment, by: User, now: datetime) -> None:
    """Hand the sheet to the council, whose layer starts as what round 2 says, or round 1 where nobody disputed it.

    Silence counts as agreement once the time to explain is over, and is recorded as such.
    """
    sheet = open_sheet(Action.CLOSE_APPRAISAL, assessment=assessment, by=by, now=now)
    _hear_silence(sheet, by=by, now=now)
    disputed = Explanation.objects.filter(assessment=sheet, stance=Explanation.Stance.DISAGREED)
    _refuse_unjudged(
        sheet,
        Layer.ROUND2,
        "đơn vị không đồng ý và chưa thẩm định vòng 2",
        among=set(disputed.order_by("pk").values_list("criterion_id", flat=True)),
    )
    leaves = leaves_of(stored_tree(sheet.cohort.criteria_set), {Source.UNIT})
    for layer in (Layer.ROUND2, Layer.COUNCIL):
        keep(sheet, leaves, layer=layer, by=by, now=now, action=Action.CLOSE_APPRAISAL)
        store_totals([sheet], layer)
    move(sheet, Action.CLOSE_APPRAISAL, appraised_at=now, appraised_by=by)
    record(Action.CLOSE_APPRAISAL, by=by, now=now, assessment=sheet)


def _hear_silence(sheet: Assessment, *, by: User, now: datetime) -> None:
    silent = asked_leaves(sheet) - answers_of(sheet).keys()
    if silent and sheet.why_not(Action.EXPLAIN, now=now) is None:
        raise Refusal(f"Còn {len(silent)} tiêu chí đơn vị chưa trả lời và vẫn trong thời gian giải trình.")
    for leaf in sorted(silent):
        answer = Explanation.objects.create(
            assessment=sheet, criterion_id=leaf, stance=Explanation.Stance.SILENT, answered_at=now
        )
        record(Event.Deed.SILENT, by=by, now=now, assessment=sheet, criterion_id=leaf, after=_told(answer))


def _refuse_unjudged(sheet: Assessment, layer: Layer, what: str, among: set[int] | None = None) -> None:
    done = set(
        Score.objects.filter(assessment=sheet, layer=layer)
        .order_by("pk")
        .values_list("criterion_id", flat=True)
    )
    left = [
        leaf.criterion.code
        for leaf in leaves_of(stored_tree(sheet.cohort.criteria_set), {Source.UNIT})
        if leaf.pk not in done and (among is None or leaf.pk in among)
    ]
    if left:
        raise Refusal(f"Còn {len(left)} tiêu chí {what}: {', '.join(left)}.")


def _told(answer: Explanation | None) -> dict[str, object] | None:
    """An answer as an event keeps it."""
    return answer and {"stance": answer.stance, "text": answer.text, "version": answer.version}
