"""The Word templates of an office: upload, look at the trial, put into use."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.authorize import authorize
from accounts.files import file_answer
from accounts.models import Unit
from assessments.filetypes.kinds import DOCX
from assessments.workflow import Refusal
from reports.actions.templates import (
    TemplateRefused,
    activate_template,
    add_template,
    deactivate_template,
)
from reports.forms import TemplateForm
from reports.kinds import KINDS
from reports.models import WordTemplate
from reports.permissions import writes_any, writes_at, writes_for, writes_template
from reports.queries import templates
from reports.word_templates import Finding, fields_of, starter

TEMPLATES = templates.word_templates()
WHOLE = WordTemplate.objects.all()


@require_safe
@authorize(writes_any)
def word_templates(request: HttpRequest) -> HttpResponse:
    """All kinds the user writes, by unit, with what their Word files are made by."""
    rows = list(templates.kinds_of_units(request.user))
    context = {"rows": rows, "several": len({row.unit.pk for row in rows}) > 1}
    return render(request, "reports/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@authorize(writes_at, unit=Unit.objects.all())
def word_template_kind(request: HttpRequest, unit: Unit, kind: str) -> HttpResponse:
    """One kind of one unit: its versions, its fields, and a new version to upload."""
    chosen = KINDS.get(kind)
    if chosen is None:
        raise Http404
    if not writes_for(request.user, kind, unit.pk):
        raise PermissionDenied
    posted = request.method == "POST"
    form = TemplateForm(request.POST, request.FILES) if posted else TemplateForm()
    findings: tuple[Finding, ...] = ()
    if posted and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            added = add_template(
                unit=unit,
                kind=chosen,
                file_name=upload.name,
                content=upload.read(),
                by=request.user,
                now=request.received_at,
            )
        except TemplateRefused as refused:
            findings = refused.findings
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(
                request,
                f"Đã nhận phiên bản {added.ordinal} và thử xong. Hãy mở bản thử để xem, rồi bấm Dùng mẫu này.",
            )
            return redirect("word_template_kind", unit=unit.pk, kind=kind)
    context = {
        "unit": unit,
        "kind": chosen,
        "form": form,
        "findings": findings,
        "versions": list(templates.versions_of(unit, chosen)),
        "fields": fields_of(chosen),
    }
    return render(request, "reports/template.html", context, status=422 if posted else 200)


@require_safe
@authorize(writes_any)
def starter_file(request: HttpRequest, kind: str) -> HttpResponse:
    """A template of that kind that already works."""
    if kind not in KINDS:
        raise Http404
    return _download(starter(KINDS[kind]), f"mau-khoi-dau-{KINDS[kind].slug}.docx")


@require_safe
@authorize(writes_template, template=WHOLE)
def template_file(request: HttpRequest, template: WordTemplate) -> HttpResponse:
    """The file as it was uploaded."""
    return _download(template.content, f"{_name(template)}.docx")


@require_safe
@authorize(writes_template, template=WHOLE)
def trial_file(request: HttpRequest, template: WordTemplate) -> HttpResponse:
    """The made-up document by this template."""
    return _download(template.trial, f"{_name(template)}-ban-thu.docx")


@require_POST
@authorize(writes_template, template=TEMPLATES)
def activate(request: HttpRequest, template: WordTemplate) -> HttpResponse:
    activate_template(template=template, by=request.user, now=request.received_at)
    messages.success(request, f"Từ nay tệp Word loại này theo mẫu của đơn vị, phiên bản {template.ordinal}.")
    return redirect("word_template_kind", unit=template.unit_id, kind=template.kind)


@require_POST
@authorize(writes_template, template=TEMPLATES)
def deactivate(request: HttpRequest, template: WordTemplate) -> HttpResponse:
    deactivate_template(template=template, by=request.user, now=request.received_at)
    messages.success(request, "Từ nay tệp Word loại này theo mẫu có sẵn của phần mềm.")
    return redirect("word_template_kind", unit=template.unit_id, kind=template.kind)


def _name(template: WordTemplate) -> str:
    return f"mau-{KINDS[template.kind].slug}-{template.ordinal}"


def _download(content: bytes | memoryview, name: str) -> HttpResponse:
    return file_answer(content, name, DOCX.media_type)
