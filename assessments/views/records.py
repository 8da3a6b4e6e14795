"""Results that other hosts published or that earlier years left: list, look at, enter, correct."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime

from accounts.authorize import authorize
from accounts.models import Role
from accounts.queries import unit_ids_below
from assessments.actions.recorded import save_record
from assessments.differences import Difference, differences
from assessments.forms.records import SPARE_ROWS, PasteError, RecordForm, RowsTable
from assessments.models import RecordedResult
from assessments.permissions import coordinates_any, keeps_record, sees_record
from assessments.queries.outcomes import outcome_of_record, recorded_results
from assessments.queries.rankings import records_within
from assessments.workflow import Refusal

PER_PAGE = 50


@authorize(coordinates_any)
def records(request: HttpRequest) -> HttpResponse:
    within = unit_ids_below(request.user.units_as(Role.COORDINATOR))
    pages = Paginator(records_within(within), PER_PAGE)
    context = {"page": pages.get_page(request.GET.get("page"))}
    return render(request, "assessments/result/records.html", context)


@authorize(sees_record, record=recorded_results())
def record(request: HttpRequest, record: RecordedResult) -> HttpResponse:
    outcome = outcome_of_record(record)
    context = {
        "record": record,
        "outcome": outcome,
        "differences": differences(outcome),
        "may_edit": keeps_record.test(request.user, record),
    }
    return render(request, "assessments/result/record.html", context)


@authorize(coordinates_any)
def record_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@authorize(keeps_record, record=recorded_results())
def record_edit(request: HttpRequest, record: RecordedResult) -> HttpResponse:
    return _edit(request, record)


def _edit(request: HttpRequest, record: RecordedResult | None) -> HttpResponse:
    """The page posts itself to be checked, to get more rows, to read a pasted table, or to be saved."""
    if request.method != "POST":
        form = RecordForm(instance=record, user=request.user)
        rows = outcome_of_record(record).rows() if record else ()
        return _page(request, form, RowsTable.of(rows), seen=record and record.entered_at)
    seen = _seen(request)
    if pasted := request.POST.get("pasted", "").strip("\r\n"):
        return _read_pasted(request, record, pasted, seen)
    if request.POST.get("then") == "add":
        table = RowsTable.posted(request.POST, spare=SPARE_ROWS)
        return _page(request, _unchecked(request, record), table, seen=seen)
    form, table = RecordForm(request.POST, instance=record, user=request.user), RowsTable.posted(request.POST)
    if not (form.is_valid() and table.is_valid):
        return _page(request, form, table, seen=seen, checked=True)
    value = form.record(table.areas)
    unit, host = form.cleaned_data["unit"], form.cleaned_data["host"]
    if request.POST.get("then") == "save":
        try:
            saved = save_record(
                unit=unit,
                host=host,
                value=value,
                replacing=record,
                seen=seen,
                by=request.user,
                now=request.received_at,
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Đã ghi nhận kết quả năm {saved.year} của {saved.unit}.")
            return redirect("record", record=saved.pk)
    found = differences(value.outcome(unit_id=unit.pk, host_name=host.short_name))
    return _page(request, form, table, seen=seen, checked=True, found=found)


def _seen(request: HttpRequest) -> datetime | None:
    try:
        return parse_datetime(request.POST.get("seen", ""))
    except ValueError:  # the form of a moment, but none: nobody's page said that
        raise BadRequest from None


def _read_pasted(
    request: HttpRequest, record: RecordedResult | None, pasted: str, seen: datetime | None
) -> HttpResponse:
    """Nothing is saved: the table shows what was read, mistakes beside their cells."""
    form = _unchecked(request, record)
    try:
        table = RowsTable.pasted(pasted)
    except PasteError as error:
        kept = RowsTable.posted(request.POST)
        return _page(request, form, kept, seen=seen, pasted=pasted, paste_problems=error.problems)
    messages.info(request, f"Đã đọc {len(table.lines)} dòng. Hãy kiểm tra bảng rồi lưu.")
    return _page(request, form, table, seen=seen)


def _unchecked(request: HttpRequest, record: RecordedResult | None) -> RecordForm:
    """The head as typed, without complaints: the person has not finished."""
    return RecordForm(initial=request.POST.dict(), instance=record, user=request.user)


def _page(
    request: HttpRequest,
    form: RecordForm,
    table: RowsTable,
    *,
    seen: datetime | None,
    checked: bool = False,
    found: tuple[Difference, ...] = (),
    pasted: str = "",
    paste_problems: tuple[str, ...] = (),
) -> HttpResponse:
    context = {
        "form": form,
        "table": table,
        "seen": seen.isoformat() if seen else "",
        "record": form.instance if form.instance.pk else None,
        "checked": checked,
        "adds_up": checked and form.is_valid() and table.is_valid and not found,
        "differences": found,
        "pasted": pasted,
        "paste_problems": paste_problems,
    }
    status = 422 if checked and not (form.is_valid() and table.is_valid) else 200
    return render(request, "assessments/result/record_form.html", context, status=status)
