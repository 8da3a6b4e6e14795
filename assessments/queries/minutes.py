"""The minutes of a session of the council, read from what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from assessments.minutes import Answer, Decided, Member, Minutes, MinutesRow, SessionFacts, UnitTotals, Voice
from assessments.models import (
    Assessment,
    Cohort,
    CouncilDecision,
    CouncilMember,
    CouncilSession,
    Explanation,
    Layer,
    LayerTotal,
)
from assessments.models import Score as StoredScore
from assessments.queries.agenda import AgendaRow, rows_of
from assessments.queries.assignments import Assigned, assigned
from assessments.queries.before_council import BEFORE_COUNCIL, listed_leaves
from assessments.queries.sessions import facts_of
from criteria.inputs import described


def minutes(session: CouncilSession, *, now: datetime) -> Minutes:
    facts, period = facts_of(session), session.period
    responsible = {
        cohort.pk: assigned(cohort)
        for cohort in Cohort.objects.in_context().filter(period=period).order_by("position", "pk")
    }
    rows = rows_of(session, listed_leaves(session), now=now)
    return Minutes(
        host=period.host.name,
        period=period.name,
        year=period.year,
        illustration=period.illustration,
        facts=facts,
        chair=_seated(facts, CouncilMember.Seat.CHAIR),
        secretary=_seated(facts, CouncilMember.Seat.SECRETARY),
        present=tuple(member for member in facts.members if not member.absent),
        absent=tuple(member for member in facts.members if member.absent),
        rows=tuple(_row(row, responsible[row.assessment.cohort_id]) for row in rows),
        totals=_totals(session),
    )


def _seated(facts: SessionFacts, seat: str) -> Member | None:
    return next((member for member in facts.members if member.seat == seat), None)


def _row(row: AgendaRow, responsible: Assigned) -> MinutesRow:
    unit = row.assessment.unit
    return MinutesRow(
        cohort=row.assessment.cohort.name,
        unit_code=unit.code,
        unit=unit.short_name,
        code=row.criterion.code,
        name=row.criterion.name,
        max_points=row.criterion.max_points,
        why=row.listed.why,
        offices=tuple(duty.office.short_name for duty in responsible.by_leaf.get(row.pk, ())),
        own=_voice(row, Layer.SELF),
        round1=_voice(row, Layer.ROUND1),
        answer=_answer(row.explanation),
        round2=_voice(row, Layer.ROUND2) if row.was_revised else None,
        decided=_decided(row.decision),
    )


def _voice(row: AgendaRow, layer: str) -> Voice | None:
    score: StoredScore | None = row.layers.get(layer)
    if score is None or row.criterion.rule is None:
        return None
    return Voice(
        points=score.points,
        excluded=score.excluded,
        reading=described(row.criterion.rule, score.data),
        note=score.note,
        by=score.updated_by.full_name,
        at=score.updated_at,
    )


def _answer(explanation: Explanation | None) -> Answer | None:
    if explanation is None:
        return None
    return Answer(
        stance=explanation.stance,
        label=explanation.get_stance_display(),
        text=explanation.text,
        by=explanation.answered_by.full_name if explanation.answered_by else "",
        at=explanation.answered_at,
    )


def _decided(decision: CouncilDecision | None) -> Decided | None:
    if decision is None:
        return None
    return Decided(
        before=decision.before,
        points=decision.points,
        reason=decision.reason,
        by=decision.decided_by.full_name,
        at=decision.decided_at,
    )


def _totals(session: CouncilSession) -> tuple[UnitTotals, ...]:
    """Every appraised unit of the period, in the order of the boards."""
    sheets = Assessment.objects.in_context().filter(period=session.period_id, state__in=BEFORE_COUNCIL)
    totals: dict[int, dict[str, Decimal]] = {}
    for total in LayerTotal.objects.filter(assessment__in=sheets).order_by("pk"):
        totals.setdefault(total.assessment_id, {})[total.layer] = total.total
    changed: dict[int, int] = {}
    for decision in CouncilDecision.objects.filter(session=session).order_by("pk"):
        if decision.points != decision.before:
            changed[decision.assessment_id] = changed.get(decision.assessment_id, 0) + 1
    ordered = sheets.order_by("cohort__position", "cohort", "unit__sort_key", "unit__code")
    return tuple(_unit(sheet, totals.get(sheet.pk, {}), changed.get(sheet.pk, 0)) for sheet in ordered)


def _unit(sheet: Assessment, totals: Mapping[str, Decimal], changed: int) -> UnitTotals:
    return UnitTotals(
        cohort=sheet.cohort.name,
        unit_code=sheet.unit.code,
        unit=sheet.unit.short_name,
        own=totals.get(Layer.SELF),
        appraised=totals.get(Layer.ROUND2),
        council=totals.get(Layer.COUNCIL),
        changed=changed,
        is_final=sheet.finalised_at is not None,
    )
