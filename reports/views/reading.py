"""Find a report and look at it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.authorize import authorize, signed_in
from reports.forms import read_year
from reports.html import render_sheet
from reports.kinds import UnknownCodes
from reports.models import Report
from reports.permissions import counts_any, oversees_any, sees_report, writes_any, writes_report
from reports.queries import lists
from reports.queries.issues import editions_of, numbered, takes_number
from reports.queries.issuing import drafted
from reports.queries.places import placed
from reports.queries.printing import Printing, earlier_documents, printing_of
from reports.queries.reports import opened, reports
from reports.queries.words import filling_for

REPORTS = reports()
PER_PAGE = 50


@require_safe
@authorize(signed_in)
def report_list(request: HttpRequest) -> HttpResponse:
    """Reports the user may read, by unit (tim) and year (nam)."""
    unit, year = request.GET.get("tim", ""), read_year(request.GET.get("nam", ""))
    found = lists.visible_reports(request.user, unit=unit.replace("\0", ""), year=year)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "listed": [lists.listed(report) for report in page],
        "writes_any": writes_any.test(request.user),
        "oversees_any": oversees_any.test(request.user),
        "counts": counts_any.test(request.user),
        "unit": unit,
        "year": year or "",
    }
    return render(request, "reports/list.html", context)


@require_safe
@authorize(sees_report, report=REPORTS)
def report(request: HttpRequest, report: Report) -> HttpResponse:
    """The document as it stands, with its files."""
    whole, now = opened(report), request.received_at
    editions = editions_of(report, now=now)
    context = {
        "report": report,
        "writable": writes_report.test(request.user, report),
        "has_words": bool(whole.kind.parts or whole.kind.fields),
        "editions": editions,
        "is_issued": False,
        "numbers": False,
    }
    try:
        before = (editions[0].issue, editions[0].given) if editions else (None, None)
        draft = drafted(report, whole, *before, now=now)
    except UnknownCodes as error:
        found = Printing(None)
        context |= {"unknown_codes": ", ".join(error.codes), "sheet": ""}
        problems = whole.problems()
    else:
        found = printing_of(report, draft.document, filling_for(report, whole), now=now)
        problems, shown = draft.problems, draft.document
        if editions and editions[0].issue.data_sha256 == draft.data_sha256:
            given = editions[0].given
            context["is_issued"], shown = True, numbered(shown, given.number, given.issued_on)
        context |= {"unknown_codes": "", "sheet": render_sheet(shown), "numbers": takes_number(shown)}
    context |= {"printing": found, "earlier": earlier_documents(report, found)}
    context["problems"] = placed(problems, report)
    return render(request, "reports/report.html", context)
