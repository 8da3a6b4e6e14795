"""What each kind of report is made of, read from the database: one loader per kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from accounts.dates import format_date
from assessments.minutes import Minutes
from assessments.models import RecordedResult
from assessments.outcome import Outcome
from assessments.queries.changes import Before, Figures, before_of
from assessments.queries.minutes import minutes
from assessments.queries.outcomes import (
    in_force,
    outcome_of_record,
    outcome_of_result,
    published_results,
    recorded_results,
)
from reports.kinds import Name
from reports.kinds.annex import AnnexFacts
from reports.kinds.area import AreaFacts
from reports.kinds.declared import Declared
from reports.kinds.index import IndexFacts
from reports.kinds.stage import StageFacts
from reports.models import Report
from reports.queries.annex import annex_of
from reports.queries.declared import declared_on
from reports.queries.stage import stage_of
from reports.queries.usual import usual_areas


def facts_of(report: Report) -> Any:
    return LOADERS[report.kind](report)


def _outcome(report: Report) -> Outcome:
    return outcome_of_record(report.record) if report.record else outcome_of_result(report.result)


def _index(report: Report) -> IndexFacts:
    """With last year's result of the unit, or of the only one whose place it took."""
    outcome = _outcome(report)
    before = _before(report, outcome)
    if before.figures is None:
        return IndexFacts(outcome, why_not=_why_not(report, outcome.year - 1))
    predecessor = before.figures.unit.short_name if before.is_inherited else ""
    return IndexFacts(outcome, _outcome_of(before.figures), predecessor=predecessor)


def last_outcome(report: Report, outcome: Outcome) -> Outcome | None:
    """What a report about a result could set beside it."""
    figures = _before(report, outcome).figures
    return _outcome_of(figures) if figures else None


def _before(report: Report, outcome: Outcome) -> Before:
    host_id = report.record.host_id if report.record else report.result.assessment.period.host_id
    return before_of([report.unit_id], year=outcome.year, host_id=host_id)[report.unit_id]


def _outcome_of(figures: Figures) -> Outcome:
    source = figures.source
    return outcome_of_record(source) if isinstance(source, RecordedResult) else outcome_of_result(source)


def _why_not(report: Report, year: int) -> str:
    made = report.unit.origins.filter(on__year__gt=year, on__year__lte=year + 1)
    origins = list(made.select_related("predecessor").order_by("on", "predecessor__sort_key"))
    if not origins:
        return f"năm {year} đơn vị không có kết quả được công bố hoặc ghi nhận"
    named = " và ".join(f"{origin.predecessor}" for origin in origins)
    how, since = origins[0].get_kind_display(), format_date(origins[0].on)
    return f"{report.unit} {how} {named} từ {since}"


def _area(report: Report) -> AreaFacts:
    """Of a result that was stored after the report was begun, nothing is taken: the report says that it is there."""
    year, code = report.year, report.area_code
    if report.result_id or report.record_id:
        outcome = _outcome(report)
        names = {area.code: area.name for area in outcome.areas}
        return AreaFacts(year, code, names.get(code, code), outcome)
    results = in_force(published_results()).filter(assessment__unit=report.unit_id)
    is_published_since = (
        results.filter(assessment__period__year=year, total__isnull=False).exists()
        or recorded_results().filter(unit=report.unit_id, year=year).exists()
    )
    name = usual_areas(report.unit, year).get(code, code)
    return AreaFacts(year, code, name, is_published_since=is_published_since)


def _declared(report: Report) -> Declared:
    return declared_on(report.assessment)


def _annex(report: Report) -> AnnexFacts:
    return annex_of(report.publication)


def _minutes(report: Report) -> Minutes:
    """The moment only tells what could still be decided, which minutes don't say."""
    return minutes(report.session, now=report.session.held_at)


def _stage(report: Report) -> StageFacts:
    return stage_of(report.unit, report.first_year, report.year)


LOADERS: Mapping[str, Callable[[Report], Any]] = {
    Name.DEDUCTION_REVIEW: _outcome,
    Name.INDEX_RESULT: _index,
    Name.REMEDIATION_RESULT: _outcome,
    Name.AREA_RECTIFICATION: _area,
    Name.MINUTES: _minutes,
    Name.RANKING_ANNEX: _annex,
    Name.SCORE_SHEET: _declared,
    Name.SELF_ASSESSMENT: _declared,
    Name.STAGE_SUMMARY: _stage,
}
