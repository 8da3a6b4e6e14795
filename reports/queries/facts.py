"""What each kind of report is made of, read from the database: one loader per kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assessments.outcome import Outcome
from assessments.queries.outcomes import outcome_of_record, outcome_of_result
from reports.kinds import Name
from reports.models import Report


def facts_of(report: Report) -> Any:
    return LOADERS[report.kind](report)


def _outcome(report: Report) -> Outcome:
    return outcome_of_record(report.record) if report.record else outcome_of_result(report.result)


LOADERS: Mapping[str, Callable[[Report], Any]] = {
    Name.REMEDIATION_RESULT: _outcome,
}
