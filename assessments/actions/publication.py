"""Making the result of a period public, once and for good."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.dates import VIETNAM
from accounts.models import User
from assessments.actions.notices import notify
from assessments.actions.periods import lock_period
from assessments.actions.writing import Changed, record
from assessments.models import (
    AreaResult,
    Assessment,
    Layer,
    LayerTotal,
    Period,
    Publication,
    Result,
)
from assessments.queries.overlay import NO_OVERLAY, Overlay
from assessments.queries.publication import publication_check
from assessments.queries.sealing import Scores, chain, sealed_scores
from assessments.queries.standings import Row, Standings
from assessments.seal import ARITHMETIC
from assessments.workflow import PeriodAction, PeriodState, Refusal
from criteria.points import canonical


@dataclass(frozen=True)
class Announcement:
    """The decision that makes something public, as its columns are called."""

    decision_number: str
    decision_date: date
    decision_issuer: str

    @property
    def told(self) -> list[str]:
        return [self.decision_number, self.decision_date.isoformat(), self.decision_issuer]


@transaction.atomic
def publish(
    *,
    period: Period,
    seen: str | None = None,
    decision_number: str,
    decision_date: date | None,
    decision_issuer: str,
    by: User,
    now: datetime,
) -> Publication:
    """Store ranks and results under their decision. From then on the gate refuses every change but a correction.

    Refusal before the calendar's date, while no sheet is final, where stored totals are not what the leaves add up
    to or a leaf of a final sheet lacks something, without the decision, and for whoever comes second.
    `seen` is the fingerprint of what the page showed; Changed where something else would be published now.
    """
    locked = lock_period(PeriodAction.PUBLISH, period, by=by, now=now)
    announced = announcement(decision_number, decision_date, decision_issuer, now=now)
    # Whoever still writes a leaf is waited for; whoever comes after finds the period published.
    Assessment.objects.locked(period=locked)
    check = publication_check(locked, now=now)
    if check.blockers:
        raise Refusal("Chưa công bố được: " + "; ".join(found.text for found in check.blockers) + ".")
    if seen is not None and check.fingerprint != seen:
        raise Changed
    publication = issue(
        period=locked,
        ordinal=1,
        reason="",
        announced=announced,
        rankings=check.standings,
        overlay=NO_OVERLAY,
        scores=sealed_scores(locked.pk),
        by=by,
        now=now,
    )
    event = record(
        PeriodAction.PUBLISH,
        by=by,
        now=now,
        period=locked,
        after={"decision": announced.told, "totals": totals_of(check.standings)},
    )
    notify(event)
    return publication


def announcement(number: str, on: date | None, issuer: str, *, now: datetime) -> Announcement:
    number, issuer = " ".join(number.split()), " ".join(issuer.split())
    missing = [
        name
        for name, value in (("số quyết định", number), ("ngày quyết định", on), ("cơ quan ban hành", issuer))
        if not value
    ]
    if missing:
        raise Refusal("Còn thiếu " + ", ".join(missing) + ".")
    assert on is not None
    if on > now.astimezone(VIETNAM).date():
        raise Refusal("Ngày quyết định không thể sau hôm nay.")
    return Announcement(number, on, issuer)


def totals_of(rankings: Iterable[Standings]) -> dict[str, str]:
    """Final totals by the code of the unit, as an event keeps them."""
    return {
        row.assessment.unit.code: canonical(row.tally.total)
        for ranking in rankings
        for row in ranking.rows
        if row.rank is not None
    }


def issue(
    *,
    period: Period,
    ordinal: int,
    reason: str,
    announced: Announcement,
    rankings: Iterable[Standings],
    overlay: Overlay,
    scores: Scores,
    by: User,
    now: datetime,
) -> Publication:
    """Store a publication with its sealed results and put it in force, on a period that the caller has locked.

    Everything is written once, with its seal, so that the database may refuse every later change.
    """
    publication = Publication(
        period=period,
        ordinal=ordinal,
        reason=reason,
        decision_number=announced.decision_number,
        decision_date=announced.decision_date,
        decision_issuer=announced.decision_issuer,
        published_at=now,
        published_by=by,
        arithmetic=ARITHMETIC,
    )
    listed = [pair for ranking in rankings for pair in _results(publication, ranking)]
    for result, sha256 in chain(publication, listed, overlay, scores):
        result.seal = publication.seal = sha256
    publication.save()
    Result.objects.bulk_create([result for result, _ in listed])
    AreaResult.objects.bulk_create([area for _, areas in listed for area in areas])
    period.state, period.publication = PeriodState.PUBLISHED, publication
    period.save(update_fields=["state", "publication"])
    return publication


def _results(publication: Publication, ranking: Standings) -> list[tuple[Result, list[AreaResult]]]:
    """Results of one cohort with those of their areas, not stored yet.

    The council's figures come from the leaves; the unit's own, which nothing corrects, from its stored totals.
    """
    sheets = [row.assessment.pk for row in ranking.rows]
    totals = LayerTotal.objects.filter(assessment__in=sheets, layer=Layer.SELF).order_by("pk")
    own = {total.assessment_id: total for total in totals}
    listed = []
    for row in ranking.rows:
        scored = own.get(row.assessment.pk)
        result = _result(publication, row, scored, ranking.ranked)
        listed.append((result, _areas(result, row, scored, ranking) if row.rank is not None else []))
    return listed


def _result(publication: Publication, row: Row, own: LayerTotal | None, ranked: int) -> Result:
    sheet = row.assessment
    result = Result(
        publication=publication,
        assessment=sheet,
        self_total=own.total if own is not None and not sheet.is_with_unit else None,
        group_size=ranked,
        reason=row.reason,
    )
    if row.rank is not None:
        tally = row.tally
        result.index, result.bonus, result.penalty = tally.index, tally.bonus, tally.penalty
        result.total, result.rank, result.grade = tally.total, row.rank, row.grade
    return result


def _areas(result: Result, row: Row, own: LayerTotal | None, ranking: Standings) -> list[AreaResult]:
    areas = []
    for area in ranking.stored.tree.areas:
        node, scored = row.tally.nodes[area.code], own.nodes[area.code] if own else None
        areas.append(
            AreaResult(
                result=result,
                criterion_id=ranking.stored.ids[area.code],
                # Nothing in it was the unit's to score, or nothing was applicable.
                self_points=scored.points if scored and scored.leaves and scored.applicable else None,
                points=node.points,
                applicable=node.applicable,
                rank=row.area_ranks[area.code],
            )
        )
    return areas
