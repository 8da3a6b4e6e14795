"""Issue a report; give it its number; keep the signed paper; read what was issued."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.authorize import authorize
from accounts.files import LimitedUpload, guarded
from assessments.actions.receiving import Unusable, too_large
from assessments.filetypes import BY_MEDIA_TYPE
from assessments.workflow import Refusal
from reports import jobs
from reports.actions.issuing import Unseen, add_signed_copy, issue_report, number_issue
from reports.actions.writing import Changed
from reports.forms import IssueForm, NumberForm, SignedForm
from reports.html import render_sheet
from reports.kinds import UnknownCodes
from reports.models import Report
from reports.permissions import sees_report, writes_report
from reports.queries.issues import (
    Edition,
    Given,
    edition_of,
    issues_of,
    latest_issue,
    numbered,
    numbered_twice,
    takes_number,
)
from reports.queries.issuing import draft_of
from reports.queries.places import placed
from reports.queries.reports import guarded_reports, reports

REPORTS = reports()
GUARDED = guarded_reports()


@require_http_methods(["GET", "HEAD", "POST"])
@authorize(writes_report, report=REPORTS)
def report_issue(request: HttpRequest, report: Report) -> HttpResponse:
    """What would be issued, with everything to be looked at first; POST issues it."""
    try:
        draft = draft_of(report, now=request.received_at)
    except UnknownCodes:
        return redirect("report", report=report.pk)  # which says what to do
    before = latest_issue(report)
    typed = request.POST if request.method == "POST" else None
    shown = {"version": report.version, "fingerprint": draft.fingerprint}
    form = IssueForm(typed, warns=bool(draft.warnings), corrects=before is not None, **shown)
    status = 200
    if typed is not None:
        status = _issue(request, report, form)
        if status == 302:
            return redirect("report", report=report.pk)
        form.show_again(**shown)
    context = {
        "report": report,
        "form": form,
        "draft": draft,
        "problems": placed(draft.problems, report),
        "before": before,
        "is_issued": before is not None and before.data_sha256 == draft.data_sha256,
        "sheet": render_sheet(draft.document),
    }
    return render(request, "reports/issue_confirm.html", context, status=status)


def _issue(request: HttpRequest, report: Report, form: IssueForm) -> int:
    """The status to answer with: 302 issued, 422 to be mended, 409 to be looked at anew."""
    if not form.is_valid():
        return 422
    entered = form.cleaned_data
    try:
        issue = issue_report(
            report=report,
            seen=entered["version"],
            fingerprint=entered["fingerprint"],
            has_seen_warnings=entered.get("has_seen_warnings", False),
            reason=entered.get("reason", ""),
            enqueue=jobs.enqueue,
            by=request.user,
            now=request.received_at,
        )
    except Unusable as unusable:
        form.refuse(unusable.field, str(unusable))
        return 422
    except (Changed, Unseen) as changed:
        form.add_error(None, str(changed))
        return 409
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return 422
    messages.success(request, f"Đã ban hành (lần {issue.ordinal}). Tệp PDF và Word đang được tạo.")
    return 302


@require_safe
@authorize(sees_report, report=REPORTS)
def issue(request: HttpRequest, report: Report, ordinal: int) -> HttpResponse:
    """One issue as it was stored, whatever became of the report since, with its files."""
    return _show(request, report, _edition(request, report, ordinal))


@require_POST
@authorize(writes_report, report=REPORTS)
def issue_number(request: HttpRequest, report: Report, ordinal: int) -> HttpResponse:
    edition = _edition(request, report, ordinal)
    form = _number_form(edition, request)
    if form.is_valid():
        try:
            copy = number_issue(
                issue=edition.issue,
                number=form.cleaned_data["number"],
                issued_on=form.cleaned_data.get("issued_on"),
                reason=form.cleaned_data.get("reason", ""),
                enqueue=jobs.enqueue,
                by=request.user,
                now=request.received_at,
            )
            messages.success(request, "Đã cấp số. Bản mang số đang được tạo.")
            if twice := numbered_twice(report, Given(edition.issue.symbol, copy.number, copy.issued_on)):
                messages.warning(request, f"{twice} Hãy đối chiếu sổ văn bản.")
            return redirect("issue", report=report.pk, ordinal=ordinal)
        except Unusable as unusable:
            form.refuse(unusable.field, str(unusable))
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("issue", report=report.pk, ordinal=ordinal)
    return _show(request, report, edition, number_form=form)


# The check of the token reads the whole body, so it waits until it is known who sends and how much is taken.
@csrf_exempt
@require_POST
@authorize(writes_report, report=REPORTS)
def issue_sign(request: HttpRequest, report: Report, ordinal: int) -> HttpResponse:
    """Keep the signed and sealed paper of an issue."""
    limit = LimitedUpload(request)
    request.upload_handlers.insert(0, limit)
    return _sign(request, report=report, edition=_edition(request, report, ordinal), limit=limit)


@csrf_protect
def _sign(request: HttpRequest, *, report: Report, edition: Edition, limit: LimitedUpload) -> HttpResponse:
    form = _signed_form(edition, request)
    if form.is_valid():
        try:
            add_signed_copy(
                issue=edition.issue,
                upload=form.cleaned_data["file"],
                reason=form.cleaned_data.get("reason", ""),
                by=request.user,
                now=request.received_at,
            )
            messages.success(request, "Đã lưu bản ký.")
            return redirect("issue", report=report.pk, ordinal=edition.issue.ordinal)
        except Unusable as unusable:
            form.refuse(unusable.field, str(unusable))
    elif limit.exceeded and "file" in form.errors:
        form.errors["file"] = form.error_class([too_large()])
    return _show(request, report, edition, signed_form=form)


@require_safe
@authorize(sees_report, report=GUARDED)
def issue_signed(request: HttpRequest, report: Report, ordinal: int, signed: int) -> HttpResponse:
    """The file as it was uploaded, under a name of ours."""
    issue = get_object_or_404(issues_of(report), ordinal=ordinal)
    found = get_object_or_404(issue.signed_copies, ordinal=signed)
    try:
        content = found.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    kind = BY_MEDIA_TYPE[found.media_type]
    name = f"{slugify(report.code)}-ban-hanh-{ordinal}-ban-ky-{signed}.{kind.extension}"
    return guarded(FileResponse(content, filename=name, content_type=kind.media_type))


def _edition(request: HttpRequest, report: Report, ordinal: int) -> Edition:
    edition = edition_of(report, ordinal, now=request.received_at)
    if edition is None:
        raise Http404
    return edition


def _show(request: HttpRequest, report: Report, edition: Edition, **tried: Any) -> HttpResponse:
    """The page with fresh forms, except one that was tried and has to be mended."""
    document = edition.issue.document
    given = edition.given
    writable = writes_report.test(request.user, report)
    numberable = writable and edition.replaced_by is None and takes_number(document)
    context = {
        "report": report,
        "edition": edition,
        "number_form": _number_form(edition) if numberable else None,
        "signed_form": _signed_form(edition) if writable else None,
        "sheet": render_sheet(numbered(document, given.number, given.issued_on)),
        **tried,
    }
    return render(request, "reports/issue.html", context, status=422 if tried else 200)


def _number_form(edition: Edition, request: HttpRequest | None = None) -> NumberForm:
    document = edition.issue.document
    asks_date = document.has_date_line or document.head.issued_on is None
    typed = request.POST if request else None
    return NumberForm(typed, has_number=bool(edition.given.number), asks_date=asks_date)


def _signed_form(edition: Edition, request: HttpRequest | None = None) -> SignedForm:
    typed = (request.POST, request.FILES) if request else ()
    return SignedForm(*typed, has_signed=bool(edition.signed))
