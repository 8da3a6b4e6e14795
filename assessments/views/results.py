"""What was published: the list, rankings, one unit's result and all its years."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.authorize import authorize, signed_in
from accounts.files import file_answer
from accounts.models import Role, Unit
from accounts.queries import unit_ids_below
from assessments.exports import ranking_workbook
from assessments.filetypes.kinds import XLSX
from assessments.models import Period, Publication, Result
from assessments.permissions import (
    coordinates_any,
    follows_period,
    is_published,
    sees_history,
    sees_result,
    visible_sheets,
)
from assessments.queries import rankings
from assessments.queries.history import history
from assessments.queries.outcomes import outcome_of_result, published_results

PERIODS = Period.objects.in_context()
PER_PAGE = 25


@authorize(signed_in)
def results(request: HttpRequest) -> HttpResponse:
    """Every published ranking, the user's own results, and the records he may see."""
    own = request.user.units_as(Role.OFFICER, Role.UNIT_LEADER)
    followed = request.user.units_as(Role.COORDINATOR, Role.LEADER)
    within = own | (unit_ids_below(followed) if followed else set())
    pages = Paginator(rankings.published_periods(), PER_PAGE)
    context = {
        "page": pages.get_page(request.GET.get("page")),
        "own": rankings.results_of_units(own),
        "records": list(rankings.records_within(within, followed)[: PER_PAGE + 1]),
        "shown_records": f":{PER_PAGE}",
        "keeps_records": coordinates_any.test(request.user),
    }
    return render(request, "assessments/result/results.html", context)


@authorize(is_published, period=PERIODS)
def ranking(request: HttpRequest, period: Period) -> HttpResponse:
    """The ranking in force."""
    return _ranking(request, rankings.publications().get(pk=period.publication_id))


@authorize(is_published, publication=rankings.publications())
def publication(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The ranking as one publication made it public, whether or not it was corrected since."""
    return _ranking(request, publication)


@authorize(is_published, period=PERIODS)
def ranking_xlsx(request: HttpRequest, period: Period) -> HttpResponse:
    """The ranking for everybody; the matrix of leaf scores only for those who follow the period."""
    return _workbook(request, rankings.publications().get(pk=period.publication_id))


@authorize(is_published, publication=rankings.publications())
def publication_xlsx(request: HttpRequest, publication: Publication) -> HttpResponse:
    return _workbook(request, publication)


def _ranking(request: HttpRequest, publication: Publication) -> HttpResponse:
    period = publication.period
    table = rankings.ranking(publication)
    shown = [row.result.assessment for cohort in table.cohorts for row in cohort.rows]
    context = {
        "ranking": table,
        "versions": [
            (version, reverse("publication", args=[version.pk]))
            for version in rankings.publications_of(period)
        ],
        "follows": follows_period.test(request.user, period),
        # Whose line leads on to the result leaf by leaf.
        "open": visible_sheets(request.user, shown),
        "own": request.user.units_as(Role.OFFICER, Role.UNIT_LEADER),
    }
    return render(request, "assessments/result/ranking.html", context)


def _workbook(request: HttpRequest, publication: Publication) -> HttpResponse:
    period = publication.period
    content = ranking_workbook(
        rankings.ranking(publication), with_scores=follows_period.test(request.user, period)
    )
    name = f"xep-hang-cchc-{period.year}-{period.pk}"
    if publication.ordinal > 1 or publication != period.publication:
        name += f"-lan-{publication.ordinal}"
    return file_answer(content, f"{name}.xlsx", XLSX.media_type)


@authorize(sees_result, result=published_results())
def result(request: HttpRequest, result: Result) -> HttpResponse:
    """One unit leaf by leaf, as the publication of that result has it."""
    context = {
        "result": result,
        "outcome": outcome_of_result(result),
        "versions": [
            (version.publication, reverse("result", args=[version.pk]))
            for version in rankings.results_of_sheet(result.assessment)
        ],
        "sees_history": sees_history.test(request.user, result.assessment.unit),
    }
    return render(request, "assessments/result/result.html", context)


@authorize(sees_history, unit=Unit.objects.select_related("parent__parent__parent"))
def unit_history(request: HttpRequest, unit: Unit) -> HttpResponse:
    context = {"history": history(unit), "illustration": Period.objects.invent(unit.pk)}
    return render(request, "assessments/result/history.html", context)
