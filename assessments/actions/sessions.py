"""Meetings of the council: who met when, and what they decided on the leaves put before them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from assessments.actions.appraisal import judge
from assessments.actions.periods import lock_period
from assessments.actions.verdicts import ReasonMissing, Verdict
from assessments.actions.writing import open_sheet, record
from assessments.minutes import SessionFacts
from assessments.models import (
    Assessment,
    CouncilDecision,
    CouncilMember,
    CouncilSession,
    Event,
    Layer,
    Period,
    Score,
)
from assessments.queries.before_council import listed_leaves
from assessments.queries.sessions import facts_of
from assessments.workflow import Action, PeriodAction, Refusal
from criteria.points import canonical


class OpinionMissing(ReasonMissing):
    """The council changes points for a reason that its minutes can print, also where it raises them."""

    def __init__(self) -> None:
        Refusal.__init__(self, "Hãy ghi ý kiến của Hội đồng khi thay đổi điểm thẩm định.")


@transaction.atomic
def convene(*, period: Period, facts: SessionFacts, by: User, now: datetime) -> CouncilSession:
    locked = lock_period(PeriodAction.CONVENE, period, by=by, now=now)
    _refuse_impossible(facts)
    session = CouncilSession.objects.create(period=locked, **facts.columns)
    _seat(session, facts)
    record(PeriodAction.CONVENE, by=by, now=now, period=locked, after={"session": session.pk} | facts.spelled)
    return session


@transaction.atomic
def edit_session(
    *, session: CouncilSession, facts: SessionFacts, seen: SessionFacts | None, by: User, now: datetime
) -> CouncilSession:
    """Change what is known of a session; Refusal where somebody else changed it since `seen` was shown; a page that
    says nothing has shown nothing."""
    period = lock_period(PeriodAction.CONVENE, session.period, by=by, now=now)
    locked = CouncilSession.objects.get(pk=session.pk)
    _refuse_impossible(facts)
    stood = facts_of(locked)
    if facts == stood:
        return locked
    if seen != stood:
        raise Refusal(
            "Người khác đã sửa phiên họp này trong lúc trang đang mở. Chưa có gì bị ghi đè; "
            "hãy tải lại trang rồi sửa."
        )
    for name, value in facts.columns.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(facts.columns))
    if facts.members != stood.members:
        locked.members.all().delete()
        _seat(locked, facts)
    record(
        PeriodAction.CONVENE,
        by=by,
        now=now,
        period=period,
        before={"session": locked.pk} | stood.spelled,
        after={"session": locked.pk} | facts.spelled,
    )
    return locked


@transaction.atomic
def decide(
    *,
    session: CouncilSession,
    assessment: Assessment,
    criterion_id: int,
    verdict: Verdict,
    seen: int,
    by: User,
    now: datetime,
) -> Score:
    """Store what a session decides on any leaf of an appraised sheet: the council's points and the decision.

    Deciding again in the same session replaces its decision; events keep both. Raises what `judge` raises.
    """
    if assessment.period_id != session.period_id:
        raise Refusal("Phiên họp này không thuộc kỳ đánh giá của phiếu.")
    if verdict.basis != Score.Basis.KEPT and not verdict.reason.strip():
        raise OpinionMissing
    sheet = open_sheet(Action.FIX, assessment=assessment, by=by, now=now, leaf=criterion_id)
    stood = Score.objects.filter(assessment=sheet, layer=Layer.COUNCIL, criterion=criterion_id).first()
    score = judge(
        action=Action.FIX,
        assessment=sheet,
        criterion_id=criterion_id,
        verdict=verdict,
        seen=seen,
        by=by,
        now=now,
    )
    decision = CouncilDecision.objects.filter(
        session=session, assessment=sheet, criterion=criterion_id
    ).first()
    if decision is None:
        decision = CouncilDecision(
            session=session, assessment=sheet, criterion_id=criterion_id, before=stood and stood.points
        )
    _decide(decision, points=score.points, reason=verdict.reason.strip(), by=by, now=now)
    return score


@dataclass(frozen=True)
class Kept:
    """How many leaves were left as appraised; `left` are those that somebody has to decide one by one."""

    done: int
    left: int


@transaction.atomic
def keep_rest(
    *, session: CouncilSession, cohort_id: int | None, expected: int, by: User, now: datetime
) -> Kept:
    """Decide that every listed leaf without a decision of this session keeps its appraised points.

    Leaves on which the council's points already differ are left alone, as are sheets closed to the user.
    `expected` is the number on the page: Refusal where the list has changed since.
    """
    leaves = [leaf for leaf in listed_leaves(session, cohort_id=cohort_id) if not leaf.is_decided]
    if len(leaves) != expected:
        raise Refusal("Danh sách tiêu chí đã thay đổi trong lúc trang đang mở; hãy xem lại rồi xác nhận.")
    wanted: dict[int, set[int]] = {}
    for leaf in leaves:
        wanted.setdefault(leaf.assessment_id, set()).add(leaf.criterion_id)
    done = 0
    for sheet in Assessment.objects.for_gate().filter(pk__in=wanted).order_by("pk"):
        if sheet.unit_id in by.own_units or sheet.why_not(Action.FIX, now=now) is not None:
            continue
        done += _keep(session, sheet, wanted[sheet.pk], by=by, now=now)
    return Kept(done, len(leaves) - done)


def _keep(session: CouncilSession, found: Assessment, leaves: set[int], *, by: User, now: datetime) -> int:
    sheet = open_sheet(Action.FIX, assessment=found, by=by, now=now)
    decided = CouncilDecision.objects.filter(session=session, assessment=sheet)
    rows = Score.objects.filter(
        assessment=sheet, layer=Layer.COUNCIL, basis=Score.Basis.KEPT, criterion__in=leaves
    ).exclude(criterion__in=decided.values("criterion"))
    done = 0
    for row in rows.order_by("criterion__position"):
        if sheet.why_not(Action.FIX, now=now, leaf=row.criterion_id) is None:
            decision = CouncilDecision(
                session=session, assessment=sheet, criterion_id=row.criterion_id, before=row.points
            )
            _decide(decision, points=row.points, reason="", by=by, now=now)
            done += 1
    return done


def _decide(
    decision: CouncilDecision, *, points: Decimal | None, reason: str, by: User, now: datetime
) -> None:
    stood = _told(decision, decision.points, decision.reason) if decision.pk else None
    if stood and (decision.points, decision.reason) == (points, reason):
        return
    decision.points, decision.reason = points, reason
    decision.decided_at, decision.decided_by = now, by
    decision.save()
    record(
        Event.Deed.DECIDE,
        by=by,
        now=now,
        assessment=decision.assessment,
        criterion_id=decision.criterion_id,
        before=stood or _told(decision, decision.before, ""),
        after=_told(decision, points, reason),
        reason=reason,
    )


def _told(decision: CouncilDecision, points: Decimal | None, reason: str) -> dict[str, Any]:
    """Points as an event keeps them; with their layer, so that a unit reads of them no sooner than of scores."""
    return {
        "layer": Layer.COUNCIL,
        "session": decision.session_id,
        "data": None,
        "points": None if points is None else canonical(points),
        "excluded": points is None,
        "note": reason,
    }


def _seat(session: CouncilSession, facts: SessionFacts) -> None:
    CouncilMember.objects.bulk_create(
        CouncilMember(session=session, order=order, **asdict(member))
        for order, member in enumerate(facts.members)
    )


def _refuse_impossible(facts: SessionFacts) -> None:
    problems = []
    if facts.ended_at is not None and facts.ended_at <= facts.held_at:
        problems.append("giờ kết thúc phải sau giờ bắt đầu")
    if facts.threshold <= 0:
        problems.append("mức chênh lệch điểm phải lớn hơn 0")
    if not facts.place:
        problems.append("chưa có địa điểm")
    if any(not member.full_name for member in facts.members):
        problems.append("có thành viên chưa ghi họ và tên")
    chairs = [member for member in facts.members if member.seat == CouncilMember.Seat.CHAIR]
    if len(chairs) != 1:
        problems.append("phải có đúng một người chủ trì")
    elif chairs[0].absent:
        problems.append("người chủ trì không thể vắng mặt")
    if problems:
        raise Refusal("Phiên họp chưa hợp lý: " + "; ".join(problems) + ".")
