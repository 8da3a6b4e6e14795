"""Making the result of a period public, once and for good."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.dates import VIETNAM
from accounts.models import User
from assessments.actions.periods import lock_period
from assessments.actions.writing import record
from assessments.models import (
    AreaResult,
    AreaTotal,
    Assessment,
    Layer,
    LayerTotal,
    Period,
    Publication,
    Result,
)
from assessments.queries.publication import publication_check
from assessments.queries.sealing import seals
from assessments.queries.standings import Row, Standings
from assessments.seal import ARITHMETIC
from assessments.workflow import PeriodAction, PeriodState, Refusal
from criteria.points import canonical

PUBLISHED_LAYERS = (Layer.SELF, Layer.COUNCIL)


@transaction.atomic
def publish(
    *,
    period: Period,
    decision_number: str,
    decision_date: date | None,
    decision_issuer: str,
    by: User,
    now: datetime,
) -> Publication:
    """Store ranks and results under their decision. From then on the gate refuses every change.

    Refusal while no sheet is final, where stored totals are not what the leaves add up to, without the
    decision, and for whoever comes second.
    """
    locked = lock_period(PeriodAction.PUBLISH, period, by=by, now=now)
    number, issuer = " ".join(decision_number.split()), " ".join(decision_issuer.split())
    _refuse_incomplete(number, decision_date, issuer, now)
    # Whoever still writes a leaf is waited for; whoever comes after finds the period published.
    Assessment.objects.filter(period=locked).locked()
    check = publication_check(locked)
    if check.problems:
        raise Refusal("Chưa công bố được: " + "; ".join(check.problems) + ".")
    publication = Publication.objects.create(
        period=locked,
        decision_number=number,
        decision_date=decision_date,
        decision_issuer=issuer,
        published_at=now,
        published_by=by,
        arithmetic=ARITHMETIC,
    )
    for ranking in check.standings:
        _store(publication, ranking)
    _seal(publication)
    locked.state, locked.publication = PeriodState.PUBLISHED, publication
    locked.save(update_fields=["state", "publication"])
    record(
        "publish",
        by=by,
        now=now,
        period=locked,
        after={
            "decision": [number, decision_date and decision_date.isoformat(), issuer],
            "totals": {
                row.assessment.unit.code: canonical(row.tally.total)
                for ranking in check.standings
                for row in ranking.rows
                if row.rank is not None
            },
        },
    )
    return publication


def _seal(publication: Publication) -> None:
    sealed = list(seals(publication))
    for result, sha256 in sealed:
        result.seal = publication.seal = sha256
    Result.objects.bulk_update([result for result, _ in sealed], ["seal"])
    publication.save(update_fields=["seal"])


def _refuse_incomplete(number: str, on: date | None, issuer: str, now: datetime) -> None:
    missing = [
        name
        for name, value in (("số quyết định", number), ("ngày quyết định", on), ("cơ quan ban hành", issuer))
        if not value
    ]
    if missing:
        raise Refusal("Còn thiếu " + ", ".join(missing) + ".")
    if on is not None and on > now.astimezone(VIETNAM).date():
        raise Refusal("Ngày quyết định không thể sau hôm nay.")


def _store(publication: Publication, ranking: Standings) -> None:
    """Results of one cohort with those of their areas. Stored totals are what was checked, so they are copied."""
    pks = [row.assessment.pk for row in ranking.rows]
    totals = {
        (total.assessment_id, total.layer): total
        for total in LayerTotal.objects.filter(assessment__in=pks, layer__in=PUBLISHED_LAYERS).order_by("pk")
    }
    areas = {
        (area.assessment_id, area.layer, area.criterion_id): area
        for area in AreaTotal.objects.filter(assessment__in=pks, layer__in=PUBLISHED_LAYERS).order_by("pk")
    }
    results = Result.objects.bulk_create(
        [_result(publication, row, totals, ranking.ranked) for row in ranking.rows]
    )
    AreaResult.objects.bulk_create(
        [
            AreaResult(
                result=result,
                criterion_id=criterion_id,
                # Nothing in it was the unit's to score, or nothing was applicable.
                self_points=own.points if own is not None and own.leaves and own.applicable else None,
                points=council.points,
                applicable=council.applicable,
                rank=row.area_ranks[area.code],
            )
            for row, result in zip(ranking.rows, results, strict=True)
            if row.rank is not None
            for area in ranking.stored.tree.areas
            for criterion_id in [ranking.stored.ids[area.code]]
            for council in [areas[row.assessment.pk, Layer.COUNCIL, criterion_id]]
            for own in [areas.get((row.assessment.pk, Layer.SELF, criterion_id))]
        ]
    )


def _result(
    publication: Publication, row: Row, totals: dict[tuple[int, str], LayerTotal], ranked: int
) -> Result:
    sheet = row.assessment
    own = totals.get((sheet.pk, Layer.SELF))
    result = Result(
        publication=publication,
        assessment=sheet,
        self_total=own.total if own is not None and not sheet.is_with_unit else None,
        group_size=ranked,
        reason=row.reason,
    )
    if row.rank is not None:
        council = totals[sheet.pk, Layer.COUNCIL]
        result.index, result.bonus, result.penalty = council.index, council.bonus, council.penalty
        result.total, result.rank, result.grade = council.total, row.rank, row.grade
    return result
