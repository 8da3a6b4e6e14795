"""The statistics of a unit by workbook: download it, upload it, look, confirm."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.authorize import authorize
from accounts.files import file_answer
from accounts.models import Unit
from accounts.workbook import UnreadableWorkbook
from assessments.entry_files.uploads import UploadForm
from assessments.filetypes.kinds import XLSX
from assessments.models import Period
from assessments.workflow import Refusal
from reports.actions.figures import Conflicts, enter_figures
from reports.forms.figure_files import ConfirmForm, confirmation
from reports.permissions import keeps_indicators, sees_indicators
from reports.queries.figure_preview import FiguresPreview, figures_preview, workbook_of
from reports.queries.indicators import units

UNITS = units()


@require_safe
@authorize(sees_indicators, unit=UNITS)
def indicator_xlsx(request: HttpRequest, unit: Unit) -> HttpResponse:
    """The workbook to fill in, with what is entered already."""
    if not unit.indicator_groups.exists():
        messages.info(request, "Đơn vị chưa có nhóm chỉ tiêu nào.")
        return redirect("indicators", unit=unit.pk)
    workbook = workbook_of(unit, now=request.received_at)
    return file_answer(workbook, f"thong-ke-{unit.pk}.xlsx", XLSX.media_type)


@require_http_methods(["GET", "HEAD", "POST"])
@authorize(keeps_indicators, unit=UNITS)
def indicator_upload(request: HttpRequest, unit: Unit) -> HttpResponse:
    """POST shows what an uploaded workbook would change; nothing is stored yet."""
    form = UploadForm(request.POST or None, request.FILES or None)
    preview: FiguresPreview | None = None
    if request.method == "POST" and form.is_valid():
        try:
            preview = figures_preview(unit, form.cleaned_data["file"].read())
        except UnreadableWorkbook as problem:
            form.add_error("file", str(problem))
    possible = preview is not None and preview.is_possible
    context = {
        "unit": unit,
        "illustration": Period.objects.invent(unit.pk),
        "form": form,
        "preview": preview,
        "confirm": confirmation(preview, unit=unit, user=request.user) if preview and possible else None,
    }
    wrong = form.errors or (preview is not None and preview.faults)
    return render(request, "reports/indicators/upload.html", context, status=422 if wrong else 200)


@require_POST
@authorize(keeps_indicators, unit=UNITS)
def indicator_apply(request: HttpRequest, unit: Unit) -> HttpResponse:
    """Store what the preview showed, or nothing."""
    form = ConfirmForm(request.POST, unit=unit, user=request.user)
    try:
        if not form.is_valid():
            raise Refusal(" ".join(error for errors in form.errors.values() for error in errors))
        changed = enter_figures(unit=unit, entries=form.entries, by=request.user, now=request.received_at)
    except Conflicts as conflicts:
        who = ", ".join(sorted({value.updated_by.full_name for value in conflicts.cells.values()}))
        messages.error(
            request,
            f"{who} đã nhập số liệu khác sau khi xem trước. Chưa có gì được ghi; hãy tải tệp lên lại để xem trước.",
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã ghi {changed} số liệu từ tệp Excel.")
        return redirect("indicators", unit=unit.pk)
    return redirect("indicator_upload", unit=unit.pk)
