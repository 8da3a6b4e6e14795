"""The page on which something wrong with a report is mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from django.urls import reverse

from criteria.queries import stored_tree
from reports.kinds import HEAD, KINDS, SIGNATURE, Problem, Where
from reports.models import Report


@dataclass(frozen=True)
class Placed:
    """A problem with the address of its place."""

    problem: Problem
    address: str


def placed(problems: Iterable[Problem], report: Report) -> tuple[Placed, ...]:
    """Of a report from `reports()`."""
    return tuple(Placed(problem, _address(problem, report)) for problem in problems)


def _address(problem: Problem, report: Report) -> str:
    page, mark = _place(problem, report)
    return f"{page}#{quote(mark)}" if mark else page


def _place(problem: Problem, report: Report) -> tuple[str, str]:
    at = problem.at
    match problem.where:
        case Where.RESULT:
            mark = f"ma-{at}" if at else "chenh-lech"
            if report.record_id:
                return reverse("record", args=[report.record_id]), mark
            return reverse("result", args=[report.result_id]), mark
        case Where.SHEET:
            return reverse("sheet", args=[report.assessment_id]), _leaf(report, at)
        case Where.SESSION:
            if not at:
                return reverse("session", args=[report.session_id]), "progress"
            return reverse("session_edit", args=[report.session_id]), f"id_{at}"
        case Where.RANKING:
            return reverse("ranking", args=[report.publication.period_id]), ""
        case Where.STATISTICS:
            return reverse("indicator_group", args=[problem.group]), f"id_{at}"
        case Where.FORM if at in {*HEAD, *SIGNATURE} - {*KINDS[report.kind].fields}:
            return _source(report)
        case Where.FORM:
            return reverse("report_edit", args=[report.pk]), f"id_{at}"


def _source(report: Report) -> tuple[str, str]:
    """What head and signature come from in kinds that don't ask for them."""
    if report.session_id:
        return reverse("session_edit", args=[report.session_id]), "id_held_at"
    if report.publication_id:
        return reverse("publication", args=[report.publication_id]), ""
    return reverse("report_edit", args=[report.pk]), ""


def _leaf(report: Report, code: str) -> str:
    ids = stored_tree(report.assessment.cohort.criteria_set).ids
    return f"leaf-{ids[code]}" if code in ids else "totals"
