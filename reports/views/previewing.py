"""How a report would look with what is being typed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.authorize import authorize
from reports.contents import ContentRefused
from reports.forms import WholeForm
from reports.html import render_sheet
from reports.kinds import UnknownCodes
from reports.models import Report
from reports.permissions import writes_report
from reports.queries.reports import Opened, opened, reports
from reports.views.writing import edit_page

REPORTS = reports()


@require_POST
@authorize(writes_report, report=REPORTS)
def report_preview(request: HttpRequest, report: Report) -> HttpResponse:
    """The sheet alone for the page's script, else the page with the sheet on it. Nothing is stored."""
    whole = opened(report)
    page = WholeForm(report, whole, request.POST)
    sheet = _sheet(whole, page)
    status = 200 if sheet else 422
    if request.htmx and sheet:
        return HttpResponse(sheet)
    if request.htmx:
        return render(request, "reports/complaints.html", {"page": page}, status=status)
    if not sheet:
        page.form.add_error(None, "Chưa xem trước được. Hãy sửa các chỗ được nêu.")
    return edit_page(request, report, whole, page, status=status, sheet=sheet)


def _sheet(whole: Opened, page: WholeForm) -> str:
    """Empty where no document can be made of it; what is wrong then stands in the form."""
    if not page.is_valid():
        return ""
    try:
        return render_sheet(whole.saying(page.content()).build())
    except ContentRefused as error:
        page.form.add_error(None, str(error))
    except UnknownCodes as error:
        codes = ", ".join(error.codes)
        page.form.add_error(
            None, f"Kết quả không còn mã {codes}: hãy chuyển nội dung của mã này sang ô khác."
        )
    return ""
