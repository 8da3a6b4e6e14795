"""Evidence of a sheet: shown at a leaf, added, taken off, read, listed, taken home as a whole."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.authorize import authorize
from accounts.files import LimitedUpload, guarded
from assessments.actions import evidence as actions
from assessments.actions.receiving import Unusable, too_large
from assessments.filetypes import BY_MEDIA_TYPE
from assessments.forms.evidence import DetachForm, DocumentForm, FileForm, LinkForm, PickForm, WayForm
from assessments.models import Assessment, Evidence
from assessments.permissions import may_show, sees_sheet, shows_evidence
from assessments.queries.archive import archive_name, file_name, write_archive
from assessments.queries.evidence import attachable, attached_to, evidence_items, showing
from assessments.queries.leaves import leaf_criterion
from assessments.workflow import Refusal, State
from criteria.tree import Criterion, Source

SHEETS = Assessment.objects.in_context()


@dataclass(frozen=True)
class Panel:
    """One leaf's evidence on a page. `done` and `refusal` are sentences about what was just tried."""

    assessment: Assessment
    pk: int
    criterion: Criterion
    ways: list[WayForm]
    tried: WayForm | None = None
    done: str = ""
    refusal: str = ""

    @property
    def open_way(self) -> str:
        return self.tried.way if self.tried else FileForm.way

    @property
    def status(self) -> int:
        if self.refusal:
            return 409
        return 422 if self.tried and self.tried.errors else 200


# The check of the token reads the whole body, so it waits until it is known who sends and how much is taken.
@csrf_exempt
@authorize(sees_sheet, assessment=SHEETS)
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_panel(request: HttpRequest, assessment: Assessment, criterion: int) -> HttpResponse:
    """What a leaf shows and, for who scores it, the ways to add; POST adds."""
    node = _unit_leaf(assessment, criterion)
    if request.method != "POST":
        return _show(request, _panel(assessment, criterion, node))
    if not shows_evidence.test(request.user, assessment):
        raise PermissionDenied
    limit = LimitedUpload(request)
    request.upload_handlers.insert(0, limit)
    return _add(request, assessment=assessment, criterion=criterion, node=node, limit=limit)


@csrf_protect
def _add(
    request: HttpRequest, *, assessment: Assessment, criterion: int, node: Criterion, limit: LimitedUpload
) -> HttpResponse:
    way = request.POST.get("way")
    form = next((form for form in _ways(assessment, criterion, request) if form.way == way), None)
    done = refusal = ""
    if form is None:
        refusal = "Hãy chọn một cách thêm tài liệu."
    elif form.is_valid():
        try:
            done = _store(
                form,
                assessment=assessment,
                criterion_id=criterion,
                by=request.user,
                now=request.received_at,
            )
        except Unusable as unusable:
            form.refuse(unusable.field, str(unusable))
        except Refusal as refused:
            refusal = str(refused)
    elif limit.exceeded and "file" in form.errors:
        form.errors["file"] = form.error_class([too_large()])
    return _answer(request, _panel(assessment, criterion, node, tried=form, done=done, refusal=refusal))


def _store(form: WayForm, *, assessment: Assessment, criterion_id: int, by: Any, now: datetime) -> str:
    """Do what the form asks for; the sentence that says what was done."""
    entered = form.cleaned_data
    leaf = {"assessment": assessment, "criterion_id": criterion_id, "by": by, "now": now}
    match form:
        case FileForm():
            added = actions.add_file(upload=entered["file"], title=entered["title"], **leaf)
        case LinkForm():
            added = actions.add_link(**entered, **leaf)
        case DocumentForm():
            added = actions.add_document(**entered, **leaf)
        case _:
            for evidence in entered["evidence"]:
                actions.attach(evidence=evidence, criterion_id=criterion_id, by=by, now=now)
            return f"Đã gắn {len(entered['evidence'])} tài liệu."
    if added.created:
        return f"Đã thêm “{added.evidence.title}”."
    return f"Tài liệu này đã có trong phiếu với tên “{added.evidence.title}”; đã gắn tài liệu đó, không lưu lần nữa."


@authorize(shows_evidence, assessment=SHEETS)
@require_POST
def evidence_detach(request: HttpRequest, assessment: Assessment, criterion: int) -> HttpResponse:
    """Take one piece off a leaf; it stays among those that can be picked."""
    node = _unit_leaf(assessment, criterion)
    form = DetachForm(request.POST)
    done, refusal = "", "" if form.is_valid() else "Hãy chọn tài liệu cần gỡ."
    if not refusal:
        evidence = get_object_or_404(assessment.evidence, pk=form.cleaned_data["evidence"])
        try:
            actions.detach(
                evidence=evidence, criterion_id=criterion, by=request.user, now=request.received_at
            )
            done = f"Đã gỡ “{evidence.title}” khỏi tiêu chí. Tài liệu vẫn còn trong danh sách của phiếu."
        except Refusal as refused:
            refusal = str(refused)
    return _answer(request, _panel(assessment, criterion, node, done=done, refusal=refusal))


@authorize(sees_sheet, assessment=SHEETS)
@require_safe
def evidence_attached(request: HttpRequest, assessment: Assessment, criterion: int) -> HttpResponse:
    """The short list of a leaf again, where the panel stood; without script, the sheet."""
    _unit_leaf(assessment, criterion)
    if not request.htmx:
        page = "explanation" if assessment.state == State.EXPLAINING else "sheet"
        return redirect(f"{reverse(page, kwargs={'assessment': assessment.pk})}#leaf-{criterion}")
    context = {
        "assessment": assessment,
        "criterion_id": criterion,
        "attached": attached_to(assessment, criterion),
        "writable": may_show(request.user, assessment, criterion, now=request.received_at),
    }
    return render(request, "assessments/evidence/attached.html", context)


@authorize(sees_sheet, assessment=SHEETS)
@require_safe
def evidence_list(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    context = {
        "assessment": assessment,
        "items": evidence_items(assessment),
    }
    return render(request, "assessments/evidence/list.html", context)


@authorize(sees_sheet, assessment=SHEETS)
@require_safe
def evidence_file(request: HttpRequest, assessment: Assessment, evidence: int) -> HttpResponse:
    """One file: shown by the browser where that is safe, saved otherwise."""
    found = get_object_or_404(assessment.evidence, pk=evidence, kind=Evidence.Kind.FILE)
    try:
        content = found.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    inline = BY_MEDIA_TYPE[found.media_type].inline
    return guarded(
        FileResponse(
            content,
            as_attachment=not inline,
            filename=file_name(found),
            content_type=found.media_type,
        )
    )


@authorize(sees_sheet, assessment=SHEETS)
@require_GET
def evidence_zip(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Everything as one zip, made in a file that vanishes with the answer."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 — the response closes it
    write_archive(assessment, target)
    target.seek(0)
    return guarded(
        FileResponse(
            target, as_attachment=True, filename=archive_name(assessment), content_type="application/zip"
        )
    )


def _unit_leaf(assessment: Assessment, criterion_id: int) -> Criterion:
    node = leaf_criterion(assessment, criterion_id)
    if node is None or node.source is not Source.UNIT:
        raise Http404
    return node


def _ways(assessment: Assessment, criterion_id: int, request: HttpRequest | None = None) -> list[WayForm]:
    typed = {"criterion_id": criterion_id}
    if request is not None:
        typed |= {"data": request.POST, "files": request.FILES}
    known = attachable(assessment, criterion_id)
    return [FileForm(**typed), LinkForm(**typed), DocumentForm(**typed), PickForm(evidence=known, **typed)]


def _panel(assessment: Assessment, criterion_id: int, node: Criterion, **tried: Any) -> Panel:
    """The panel with fresh forms, except the one that was tried and has to be mended."""
    form = tried.get("tried")
    mend = form is not None and (form.errors or tried["refusal"])
    ways = [form if mend and way.way == form.way else way for way in _ways(assessment, criterion_id)]
    return Panel(assessment, criterion_id, node, ways, **tried)


def _answer(request: HttpRequest, panel: Panel) -> HttpResponse:
    if panel.done and not request.htmx:
        messages.success(request, panel.done)
        return redirect("evidence_panel", assessment=panel.assessment.pk, criterion=panel.pk)
    return _show(request, panel)


def _show(request: HttpRequest, panel: Panel) -> HttpResponse:
    now = request.received_at
    context = {
        "assessment": panel.assessment,
        "panel": panel,
        "attached": attached_to(panel.assessment, panel.pk),
        "writable": may_show(request.user, panel.assessment, panel.pk, now=now),
        "closed": panel.assessment.why_not(showing(panel.assessment), now=now, leaf=panel.pk),
        "explains": panel.assessment.state == State.EXPLAINING,
        "limit": settings.EVIDENCE_MAX_BYTES,
    }
    template = "assessments/evidence/panel.html" if request.htmx else "assessments/evidence/page.html"
    return render(request, template, context, status=panel.status)
