"""A published small year and its corrections, and what its totals and ranks must be, reckoned in another way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.actions.corrections import correct, prepare_correction
from assessments.actions.publication import publish
from assessments.actions.verdicts import Verdict
from assessments.models import CorrectedScore, Layer, Period, Publication, Score
from assessments.queries.corrections import fingerprint, prepared
from tests.assessments.conftest import NOW, Year

DECISION = {
    "decision_number": "123/QĐ-UBND",
    "decision_date": date(2026, 3, 2),
    "decision_issuer": "Chủ tịch UBND tỉnh",
}
LATER = {**DECISION, "decision_number": "200/QĐ-UBND", "reason": "Cộng thiếu điểm"}


def announce(year: Year) -> Publication:
    return publish(period=year.period, by=year.coordinator, now=NOW, **DECISION)


def prepare(
    year: Year,
    code: str,
    said: dict[str, Any] | str,
    place: int = 0,
    *,
    seen: int = 0,
    reason: str = "Cộng nhầm",
    **act: Any,
) -> CorrectedScore:
    """`said` is the data of the rule, or points set by hand."""
    verdict = (
        Verdict(Score.Basis.OVERRIDE, points=Decimal(said), reason=reason)
        if isinstance(said, str)
        else Verdict(Score.Basis.DATA, said, reason=reason)
    )
    return prepare_correction(
        assessment=year.sheet(place),
        criterion_id=year.criterion(code, place),
        verdict=verdict,
        seen=seen,
        **{"by": year.coordinator, "now": NOW, **act},
    )


def publish_correction(year: Year, **fields: Any) -> Publication:
    period = Period.objects.get(pk=year.period.pk)
    said = {"seen": fingerprint(prepared(period)), "by": year.coordinator, "now": NOW, **LATER}
    return correct(period=period, **{**said, **fields})


# The small set, reckoned once more: leaves by code, None where not applicable, in fractions.

Leaves = dict[str, Fraction | None]
MAXIMA = {"1.1": 4, "1.2": 3, "1.3": 3, "2.1": 6, "2.2.1": 4, "2.2.2": 2}


def council_leaves(year: Year, place: int) -> Leaves:
    rows = Score.objects.filter(assessment=year.sheet(place), layer=Layer.COUNCIL)
    return {
        code: None if excluded else Fraction(points)
        for code, points, excluded in rows.values_list("criterion__code", "points", "excluded")
    }


def total_of(leaves: Leaves) -> Fraction:
    """Areas of 10 each; 1.1 + 1.2 + 1.3 and 2.1 + the better way, brought to 20, plus bonus, less penalty."""
    first = [leaves[code] for code in ("1.1", "1.2", "1.3")]
    points = sum((value for value in first if value is not None), Fraction(0)) + _second(leaves)
    applicable = 20 - sum(MAXIMA[code] for code in ("1.1", "1.2", "1.3") if leaves[code] is None)
    index = points if applicable == 20 else _rounded(points * 20 / applicable)
    return max(index + min(leaves["T.1"], 1) + max(leaves["P"], -2), Fraction(0))


def _second(leaves: Leaves) -> Fraction:
    return leaves["2.1"] + max(leaves["2.2.1"], leaves["2.2.2"])


def _rounded(value: Fraction) -> Fraction:
    """To three decimals, half up."""
    return Fraction((value * 2000 + 1) // 2, 1000)


def ranks_of(units: list[Leaves]) -> list[int]:
    """By total, then by the percentage of the second area: one more than the number of better units."""
    keys = [(total_of(leaves), _second(leaves) / 10) for leaves in units]
    return [1 + sum(other > key for other in keys) for key in keys]
