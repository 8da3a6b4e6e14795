"""What publishing a period would make public, and what still keeps it from being published."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.models import Assessment, Period
from assessments.queries.periods import cohorts_of
from assessments.queries.recounting import total_differences
from assessments.queries.standings import Standings, standings
from assessments.workflow import PeriodState

SHOWN = 5  # names in one refusal


@dataclass(frozen=True)
class PublicationCheck:
    """`problems` block; units without a result are only warned about."""

    standings: tuple[Standings, ...]
    problems: tuple[str, ...]

    @property
    def unranked(self) -> int:
        return sum(ranking.unranked for ranking in self.standings)


def publication_check(period: Period) -> PublicationCheck:
    cohorts = cohorts_of(period)
    rankings = tuple(standings(cohort) for cohort in cohorts)
    problems = [] if period.state == PeriodState.OPEN else ["kỳ đánh giá chưa mở"]
    if not any(ranking.ranked for ranking in rankings):
        problems.append("chưa có phiếu nào được Hội đồng chốt điểm")
    wrong = {difference.assessment_id for cohort in cohorts for difference in total_differences(cohort)}
    if wrong:
        units = Assessment.objects.filter(pk__in=wrong).order_by("unit__sort_key", "pk")
        names = list(units.values_list("unit__short_name", flat=True)[:SHOWN])
        more = f" và {len(wrong) - SHOWN} đơn vị khác" if len(wrong) > SHOWN else ""
        problems.append(
            f"tổng điểm lưu của {', '.join(names)}{more} không khớp với điểm từng tiêu chí; "
            "hãy báo người quản trị hệ thống"
        )
    return PublicationCheck(rankings, tuple(problems))
