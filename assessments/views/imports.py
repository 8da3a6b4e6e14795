"""Central results and targets of a cohort by workbook: download it, upload it, look, confirm."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.authorize import authorize
from accounts.files import file_answer
from accounts.workbook import UnreadableWorkbook
from assessments.actions.imports import import_entries
from assessments.entry_files.uploads import UploadForm
from assessments.entry_files.writing import entry_workbook
from assessments.filetypes.kinds import XLSX
from assessments.forms.imports import ConfirmForm, confirmation
from assessments.models import Cohort
from assessments.permissions import coordinates
from assessments.queries.entry.preview import EntryPreview, entry_preview
from assessments.queries.entry.standing import entry_grid
from assessments.workflow import PeriodAction, Refusal

COHORTS = Cohort.objects.in_context()


@authorize(coordinates, cohort=COHORTS)
def entry_xlsx(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """The workbook to fill in, with what is entered already."""
    grid = entry_grid(cohort, now=request.received_at)
    if not grid.sheets:
        messages.info(request, "Bộ tiêu chí của nhóm không có kết quả hoặc chỉ tiêu nào để nhập tập trung.")
        return redirect("entry_upload", cohort=cohort.pk)
    return file_answer(entry_workbook(grid), f"nhap-tap-trung-{cohort.pk}.xlsx", XLSX.media_type)


@authorize(coordinates, cohort=COHORTS)
def entry_upload(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """POST shows what an uploaded workbook would change; nothing is stored yet."""
    refusal = cohort.period.why_not(PeriodAction.IMPORT, now=request.received_at)
    form = UploadForm(request.POST or None, request.FILES or None)
    preview = None
    if request.method == "POST" and not refusal and form.is_valid():
        preview = _preview(request, cohort, form)
    return _page(request, cohort, form, preview, refusal)


@require_POST
@authorize(coordinates, cohort=COHORTS)
def entry_apply(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """Store what the preview showed, or nothing."""
    form = ConfirmForm(request.POST, cohort=cohort, user=request.user)
    try:
        if not form.is_valid():
            raise Refusal(" ".join(error for errors in form.errors.values() for error in errors))
        done = import_entries(
            cohort=cohort,
            results=form.results,
            targets=form.targets,
            by=request.user,
            now=request.received_at,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("entry_upload", cohort=cohort.pk)
    messages.success(request, f"Đã ghi {done.results} kết quả và {done.targets} chỉ tiêu từ tệp Excel.")
    return redirect("entry_upload", cohort=cohort.pk)


def _preview(request: HttpRequest, cohort: Cohort, form: UploadForm) -> EntryPreview | None:
    try:
        return entry_preview(cohort, form.cleaned_data["file"].read(), barred=request.user.own_units)
    except UnreadableWorkbook as problem:
        form.add_error("file", str(problem))
        return None


def _page(
    request: HttpRequest,
    cohort: Cohort,
    form: UploadForm,
    preview: EntryPreview | None,
    refusal: str | None,
) -> HttpResponse:
    possible = preview is not None and preview.is_possible
    context = {
        "cohort": cohort,
        "period": cohort.period,
        "form": form,
        "preview": preview,
        "confirm": confirmation(preview, cohort=cohort, user=request.user) if preview and possible else None,
        "refusal": refusal,
    }
    wrong = form.errors or (preview is not None and preview.faults)
    return render(request, "assessments/period/entry.html", context, status=422 if wrong else 200)
