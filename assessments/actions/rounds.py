"""From one round to the next: telling the unit its points, hearing it, and handing the sheet to the council."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from django.db import transaction

from accounts.models import User
from assessments.actions.appraisal import keep
from assessments.actions.notices import notify
from assessments.actions.writing import (
    Changed,
    Leaf,
    check_sending,
    event_of,
    leaves_of,
    move,
    open_sheet,
    record,
)
from assessments.models import Assessment, Event, Explanation, Layer, Score
from assessments.queries.explanations import (
    DECIDED,
    answers_of,
    asked_leaves,
    is_decided,
    undecided_leaves,
)
from assessments.queries.waiting import left_in_round1
from assessments.workflow import Action, Refusal
from criteria.queries import stored_tree
from criteria.tree import Source


class Answered(Refusal):
    """Somebody of the unit answered otherwise since the page was loaded. `saved` is what stands now."""

    def __init__(self, saved: Explanation) -> None:
        self.saved = saved
        super().__init__(
            f"{saved.answered_by} đã trả lời tiêu chí này trong lúc trang đang mở. "
            "Chưa có gì bị ghi đè: hãy chọn nội dung được giữ lại."
        )


@transaction.atomic
def release(*, assessment: Assessment, seen: int | None = None, by: User, now: datetime) -> None:
    """Show the unit what round 1 says, so that it may explain.

    `seen` is how many leaves the page said it will be asked about; Changed where they are more or fewer by now.
    """
    sheet = open_sheet(Action.RELEASE, assessment=assessment, by=by, now=now)
    _refuse_left(sheet, left_in_round1(sheet.cohort, [sheet])[sheet.pk], "chưa thẩm định")
    asked = len(asked_leaves(sheet))
    _refuse_unseen(asked, seen)
    move(sheet, Action.RELEASE, released_at=now, released_by=by)
    notify(record(Action.RELEASE, by=by, now=now, assessment=sheet, after={"asked": asked}))


@transaction.atomic
def explain(
    *, assessment: Assessment, criterion_id: int, agrees: bool, text: str, seen: int, by: User, now: datetime
) -> Explanation:
    """The unit's answer to a leaf below its own score; until the deadline it may be changed.

    `seen` is the version on the page, the floor of versions where nobody had answered; Resent where the sheet was
    sent anew since, Answered where somebody of the unit answered otherwise since.
    """
    sheet = open_sheet(Action.EXPLAIN, assessment=assessment, by=by, now=now, leaf=criterion_id)
    if criterion_id not in asked_leaves(sheet):
        raise Refusal("Chỉ giải trình tiêu chí có điểm thẩm định thấp hơn điểm tự chấm.")
    text = text.strip()
    if not agrees and not text:
        raise Refusal("Không đồng ý thì phải ghi nội dung giải trình.")
    stance = Explanation.Stance.AGREED if agrees else Explanation.Stance.DISAGREED
    answer = answers_of(sheet).get(criterion_id)
    before = told(answer)
    if answer is None:
        check_sending(sheet, seen)
        answer = Explanation(assessment=sheet, criterion_id=criterion_id, version=sheet.version_floor)
    elif (answer.stance, answer.text) == (stance, text):
        return answer
    else:
        _refuse_change(sheet, answer, seen)
    answer.stance, answer.text = stance, text
    answer.version += 1
    answer.answered_at, answer.answered_by = now, by
    answer.save()
    event = record(
        Action.EXPLAIN,
        by=by,
        now=now,
        assessment=sheet,
        criterion_id=criterion_id,
        before=before,
        after=told(answer),
    )
    notify(event)
    return answer


def _refuse_change(sheet: Assessment, answer: Explanation, seen: int) -> None:
    judged = Score.objects.filter(assessment=sheet, layer=Layer.ROUND2, criterion=answer.criterion_id)
    if is_decided(answer, judged.order_by("pk").first()):
        raise Refusal(DECIDED)
    if answer.version != seen:
        raise Answered(answer)


@transaction.atomic
def agree_with_rest(
    *, assessment: Assessment, leaves: Collection[int], seen: int, by: User, now: datetime
) -> int:
    """Agree with those of `leaves` that nobody of the unit has answered yet; returns how many those were.

    `seen` is the floor of versions on the page; Resent where the sheet was sent anew since.
    """
    sheet = open_sheet(Action.EXPLAIN, assessment=assessment, by=by, now=now)
    check_sending(sheet, seen)
    rest = (asked_leaves(sheet) & set(leaves)) - answers_of(sheet).keys()
    rest = {leaf for leaf in rest if sheet.why_not(Action.EXPLAIN, now=now, leaf=leaf) is None}
    answers = [
        Explanation(
            assessment=sheet,
            criterion_id=leaf,
            stance=Explanation.Stance.AGREED,
            version=sheet.version_floor + 1,
            answered_at=now,
            answered_by=by,
        )
        for leaf in sorted(rest)
    ]
    if events := _answer_all(answers, Event.Deed.EXPLAIN, by=by, now=now):
        notify(*events)
    return len(answers)


@transaction.atomic
def close_appraisal(*, assessment: Assessment, seen: int | None = None, by: User, now: datetime) -> None:
    """Hand the sheet to the council, whose layer starts as what round 2 says, or round 1 where nobody disputed it.

    Silence counts as agreement once the time to explain is over, and is recorded as such. `seen` is on how many
    leaves the page said that the unit was silent; Changed where they are more or fewer by now.
    """
    sheet = open_sheet(Action.CLOSE_APPRAISAL, assessment=assessment, by=by, now=now)
    _hear_silence(sheet, seen, by=by, now=now)
    _refuse_left(sheet, undecided_leaves(sheet), "đơn vị không đồng ý và chưa thẩm định vòng 2")
    rest = [Layer.ROUND2, Layer.COUNCIL]
    keep(sheet, _unit_leaves(sheet), layers=rest, by=by, now=now, action=Action.CLOSE_APPRAISAL)
    move(sheet, Action.CLOSE_APPRAISAL, appraised_at=now, appraised_by=by)
    notify(record(Action.CLOSE_APPRAISAL, by=by, now=now, assessment=sheet))


class Step(Protocol):
    """`release` or `close_appraisal`."""

    def __call__(
        self, *, assessment: Assessment, seen: int | None = None, by: User, now: datetime
    ) -> None: ...


def _hear_silence(sheet: Assessment, seen: int | None, *, by: User, now: datetime) -> None:
    silent = asked_leaves(sheet) - answers_of(sheet).keys()
    waiting = [leaf for leaf in silent if sheet.why_not(Action.EXPLAIN, now=now, leaf=leaf) is None]
    if waiting:
        raise Refusal(f"Còn {len(waiting)} tiêu chí đơn vị chưa trả lời và vẫn trong thời gian giải trình.")
    _refuse_unseen(len(silent), seen)
    answers = [
        Explanation(
            assessment=sheet,
            criterion_id=leaf,
            stance=Explanation.Stance.SILENT,
            version=sheet.version_floor + 1,
            answered_at=now,
        )
        for leaf in sorted(silent)
    ]
    _answer_all(answers, Event.Deed.SILENT, by=by, now=now)


def _answer_all(answers: list[Explanation], deed: str, *, by: User, now: datetime) -> list[Event]:
    Explanation.objects.bulk_create(answers)
    return Event.objects.bulk_create(
        event_of(
            deed,
            by=by,
            now=now,
            assessment=answer.assessment,
            criterion_id=answer.criterion_id,
            after=told(answer),
        )
        for answer in answers
    )


def _refuse_unseen(leaves: int, seen: int | None) -> None:
    if seen is not None and seen != leaves:
        raise Changed


def _unit_leaves(sheet: Assessment) -> list[Leaf]:
    return leaves_of(stored_tree(sheet.cohort.criteria_set), {Source.UNIT})


def _refuse_left(sheet: Assessment, left: Collection[int], what: str) -> None:
    codes = [leaf.criterion.code for leaf in _unit_leaves(sheet) if leaf.pk in left]
    if codes:
        raise Refusal(f"Còn {len(codes)} tiêu chí {what}: {', '.join(codes)}.")


def told(answer: Explanation | None) -> dict[str, object] | None:
    """An answer as an event keeps it."""
    return answer and {"stance": answer.stance, "text": answer.text, "version": answer.version}
