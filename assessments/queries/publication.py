"""What publishing a period would make public, and what still keeps it from being published."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assessments.models import Cohort, Period
from assessments.queries.changes import Before, before_by_unit
from assessments.queries.periods import cohorts_of
from assessments.queries.readiness import Lacking, lacking
from assessments.queries.recounting import total_differences
from assessments.queries.standings import Row, Standings, standings
from assessments.workflow import PeriodAction, PeriodState
from criteria.points import percent
from criteria.tree import Grade


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that isn't as it should be; `place` names the address, with its one key, where it is mended."""

    text: str
    place: str
    pk: int


@dataclass(frozen=True)
class PublicationCheck:
    """`blockers` keep the period from being published, `warnings` don't; `lacking` is by sheet."""

    standings: tuple[Standings, ...]
    blockers: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    lacking: dict[int, Lacking]

    @property
    def unranked(self) -> int:
        return sum(ranking.unranked for ranking in self.standings)

    @property
    def fingerprint(self) -> str:
        """What the page showed to be published, so that nothing else is: ranks, points and what isn't right."""
        told = [
            [
                [
                    ranking.cohort.name,
                    [
                        [row.assessment.pk, row.rank, str(row.tally.total), row.grade, row.reason]
                        + [str(points) for points in row.area_points]
                        for row in ranking.rows
                    ],
                ]
                for ranking in self.standings
            ],
            [found.text for found in (*self.blockers, *self.warnings)],
            [[pk, found.words] for pk, found in sorted(self.lacking.items())],
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def publication_check(period: Period, *, now: datetime) -> PublicationCheck:
    cohorts = cohorts_of(period)
    rankings = tuple(standings(cohort) for cohort in cohorts)
    lacks = lacking(period, cohorts)
    return PublicationCheck(
        rankings,
        (*_untimely(period, rankings, now), *_wrong_sums(cohorts, rankings), *_of_final(rankings, lacks)),
        tuple(found for ranking in rankings for found in _of_others(ranking, lacks)),
        lacks,
    )


def _untimely(period: Period, rankings: Sequence[Standings], now: datetime) -> Iterator[Finding]:
    if reason := period.why_not(PeriodAction.PUBLISH, now=now):
        place = "period_calendar" if period.state == PeriodState.OPEN else "period"
        yield Finding(_clause(reason), place, period.pk)
    if not any(ranking.ranked for ranking in rankings):
        yield Finding("chưa có phiếu nào được Hội đồng chốt điểm", "period", period.pk)


def _clause(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def _wrong_sums(cohorts: Sequence[Cohort], rankings: Sequence[Standings]) -> Iterator[Finding]:
    wrong = {difference.assessment_id for cohort in cohorts for difference in total_differences(cohort)}
    for row in _rows(rankings):
        if row.assessment.pk in wrong:
            yield Finding(
                f"tổng điểm lưu của {row.assessment.unit} không khớp với điểm từng tiêu chí; "
                "hãy báo người quản trị hệ thống",
                "appraisal",
                row.assessment.pk,
            )


def _of_final(rankings: Sequence[Standings], lacks: dict[int, Lacking]) -> Iterator[Finding]:
    """A sheet can only have become final with something missing if somebody went round the application."""
    for row in _rows(rankings):
        found = lacks.get(row.assessment.pk)
        if row.rank is not None and found and (found.unanswered or found.central or found.reasons):
            yield Finding(
                f"{row.assessment.unit} đã chốt điểm nhưng có {found.words}", "appraisal", row.assessment.pk
            )


def _of_others(ranking: Standings, lacks: dict[int, Lacking]) -> Iterator[Finding]:
    cohort = ranking.cohort
    if ranking.unranked:
        yield Finding(
            f"nhóm “{cohort.name}” có {ranking.unranked} đơn vị chưa có điểm cuối cùng; công bố bây giờ thì các "
            "đơn vị này xếp cuối bảng, không có thứ hạng",
            "period",
            cohort.period_id,
        )
    central = sum(found.central for row in ranking.rows if (found := lacks.get(row.assessment.pk)))
    if central:
        yield Finding(
            f"nhóm “{cohort.name}” còn {central} kết quả điều tra, chấm tập trung chưa nhập",
            "central",
            cohort.pk,
        )
    undecided = sum(found.undecided for row in ranking.rows if (found := lacks.get(row.assessment.pk)))
    if undecided:
        yield Finding(
            f"nhóm “{cohort.name}” còn {Lacking(undecided=undecided).words}", "sessions", cohort.period_id
        )
    for row in ranking.rows:
        found = lacks.get(row.assessment.pk)
        if found and (found.to_settle or (found.reasons and row.rank is None)):
            told = Lacking(reasons=found.reasons if row.rank is None else 0, to_settle=found.to_settle)
            yield Finding(f"{row.assessment.unit}: {told.words}", "appraisal", row.assessment.pk)


def _rows(rankings: Sequence[Standings]) -> Iterator[Row]:
    return (row for ranking in rankings for row in ranking.rows)


# The page


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One unit with last year beside it. Percentages stand beside a change where the maxima differ."""

    row: Row
    before: Before
    max_total: Decimal
    lacking: str

    @property
    def total(self) -> Decimal | None:
        return None if self.row.rank is None else self.row.tally.total

    @property
    def change(self) -> Decimal | None:
        return self.before.change(self.total)

    @property
    def percents(self) -> tuple[object, object] | None:
        """Of the maximum, last year's and this one's; None where points alone can be compared."""
        figures = self.before.figures
        if self.change is None or figures is None or figures.max_total == self.max_total:
            return None
        return figures.percent, percent(self.total, self.max_total)

    @property
    def place(self) -> str:
        return "sheet" if self.row.assessment.is_with_unit else "appraisal"


@dataclass(frozen=True)
class CohortPreview:
    ranking: Standings
    rows: tuple[PreviewRow, ...]

    @property
    def bands(self) -> list[tuple[str, int]]:
        """How many units fall into each band, the highest first; those below the lowest at the end."""
        counts = Counter(row.row.grade for row in self.rows if row.row.rank is not None)
        grades: Sequence[Grade] = self.ranking.stored.tree.grades
        listed = [(grade.label, counts[grade.label]) for grade in grades]
        return [*listed, *([("dưới các mức xếp loại", counts[""])] if listed and counts[""] else [])]

    @property
    def tied(self) -> int:
        return sum(row.row.is_tied for row in self.rows)


def preview(period: Period, check: PublicationCheck) -> tuple[CohortPreview, ...]:
    units = [row.assessment.unit_id for row in _rows(check.standings)]
    before = before_by_unit(period, units)
    return tuple(
        CohortPreview(
            ranking,
            tuple(
                PreviewRow(
                    row,
                    before[row.assessment.unit_id],
                    ranking.stored.tree.total,
                    found.words if (found := check.lacking.get(row.assessment.pk)) else "",
                )
                for row in ranking.rows
            ),
        )
        for ranking in check.standings
    )
