"""Documents of a whole cohort: ask for them, follow their making, fetch them together."""

from __future__ import annotations

import tempfile

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.authorize import authorize
from accounts.files import guarded
from assessments.permissions import coordinates_any
from assessments.workflow import Refusal
from reports import jobs
from reports.actions.batches import stop_batch
from reports.forms import BatchForm
from reports.models import Batch
from reports.permissions import oversees_any, runs_batch, sees_batch
from reports.queries import batches as queries
from reports.queries.parcels import parcel_name, write_parcel

BATCHES = queries.batches()
PER_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@authorize(oversees_any)
def batch_list(request: HttpRequest) -> HttpResponse:
    """What was printed in bulk, and for a coordinator the form to ask for more; ?nhom= chooses a cohort."""
    starts = coordinates_any.test(request.user)
    if request.method == "POST" and not starts:
        raise PermissionDenied
    form = BatchForm(
        request.POST or None,
        cohorts=queries.cohorts_to_print(request.user),
        initial={"cohort": request.GET.get("nhom", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            batch = jobs.start_batch(**form.cleaned_data, by=request.user, now=request.received_at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("batch", batch=batch.pk)
    page = Paginator(queries.batches_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form if starts else None}
    return render(request, "reports/batches.html", context, status=422 if form.errors else 200)


@require_safe
@authorize(sees_batch, batch=BATCHES)
def batch(request: HttpRequest, batch: Batch) -> HttpResponse:
    """How far it is, and what couldn't be made."""
    return render(request, "reports/batch.html", _state(request, batch))


@require_safe
@authorize(sees_batch, batch=BATCHES)
def batch_status(request: HttpRequest, batch: Batch) -> HttpResponse:
    return render(request, "reports/batch.html#progress", _state(request, batch))


@require_POST
@authorize(runs_batch, batch=BATCHES)
def batch_stop(request: HttpRequest, batch: Batch) -> HttpResponse:
    stopped = stop_batch(batch=batch, by=request.user, now=request.received_at)
    messages.success(request, f"Đã dừng: {stopped} văn bản không tạo nữa.")
    return redirect("batch", batch=batch.pk)


@require_POST
@authorize(runs_batch, batch=BATCHES)
def batch_retry(request: HttpRequest, batch: Batch) -> HttpResponse:
    try:
        queued = jobs.retry_batch(batch=batch, by=request.user, now=request.received_at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if not queued:
            messages.warning(request, "Chưa làm lại được văn bản nào: các lý do dưới đây vẫn còn.")
    return redirect("batch", batch=batch.pk)


@require_GET
@authorize(sees_batch, batch=BATCHES)
def batch_zip(request: HttpRequest, batch: Batch) -> HttpResponse:
    """All documents in one file that vanishes with the answer; while some still wait, back to the page."""
    if queries.progress_of(batch).waiting:
        messages.error(request, "Chưa tạo xong. Tệp nén chỉ tải được khi mọi văn bản đã xong hoặc đã dừng.")
        return redirect("batch", batch=batch.pk)
    target = tempfile.TemporaryFile()  # noqa: SIM115 — the response closes it
    write_parcel(batch, target)
    target.seek(0)
    name = parcel_name(batch)
    return guarded(FileResponse(target, as_attachment=True, filename=name, content_type="application/zip"))


def _state(request: HttpRequest, batch: Batch) -> dict[str, object]:
    return {
        "batch": batch,
        "progress": queries.progress_of(batch),
        "failures": queries.failures_of(batch),
        "runs": runs_batch.test(request.user, batch),
    }
