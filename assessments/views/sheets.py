"""The unit's score sheet: read it, score a leaf, send it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.authorize import authorize, signed_in
from assessments.actions import scoring
from assessments.calendar import Phase
from assessments.forms.leaf import LeafForm
from assessments.forms.submission import RemarkForm, SubmissionForm
from assessments.models import Assessment, Layer
from assessments.permissions import belongs_to_unit, leads_unit, may, sees_sheet
from assessments.queries.doors import doors_of
from assessments.queries.extensions import granted_to, last_moment
from assessments.queries.leaves import leaf_criterion
from assessments.queries.lenses import look_at_sheet
from assessments.queries.sheet import leaf_row, sections_of, sheets_of, summary_of
from assessments.queries.steps import way_of, ways_of
from assessments.queries.submission import submission_check
from assessments.queries.trail import return_of
from assessments.views.answers import Answer, answer_to
from assessments.workflow import Action, PeriodState, Refusal, State

SHEETS = Assessment.objects.in_context()


@authorize(signed_in)
def sheets(request: HttpRequest) -> HttpResponse:
    """The sheets of the user's own units; straight to the one that waits for him, or the only one being worked on."""
    listed = sheets_of(request.user)
    current = [sheet for sheet in listed if sheet.period.state == PeriodState.OPEN]
    waiting = [
        sheet for sheet in current if sheet.state == State.REVIEW and leads_unit.test(request.user, sheet)
    ]
    one = waiting if len(waiting) == 1 else current
    if len(one) == 1 and "tat-ca" not in request.GET:
        return redirect("sheet", assessment=one[0].pk)
    context = {
        "running": ways_of(current, now=request.received_at),
        "waiting": waiting,
        "past": [sheet for sheet in listed if sheet.period.state != PeriodState.OPEN],
    }
    return render(request, "assessments/sheets.html", context)


@authorize(sees_sheet, assessment=SHEETS.select_related("sent_by"))
def sheet(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    now, user = request.received_at, request.user
    doors = doors_of(assessment, user, now=now)
    context = {
        "assessment": assessment,
        "look": look_at_sheet(sections_of(assessment, doors), request.GET.get("xem", "")),
        "summary": summary_of(assessment, Layer.SELF),
        "returned": return_of(assessment),
        "refusal": assessment.why_not(Action.SCORE, now=now),
        "waits": assessment.why_not(Action.SUBMIT, now=now) if assessment.state == State.REVIEW else None,
        "granted": granted_to(assessment, now=now),
        "way": way_of(assessment, now=now),
        "writable": may(user, Action.SCORE, assessment, now=now),
        "may_send": may(user, Action.SEND, assessment, now=now),
        "may_submit": may(user, Action.SUBMIT, assessment, now=now),
        "may_extend": may(user, Action.EXTEND, assessment, now=now),
        "may_share": may(user, Action.SHARE, assessment, now=now),
        "answer": None,
        "swap": False,
    }
    return render(request, "assessments/sheet.html", context)


@authorize(signed_in)
def leaf(request: HttpRequest, assessment: int, criterion: int) -> HttpResponse:
    """POST scores a leaf: who may, the gate says under the lock, and the sheet is read only there. GET shows its
    row as saved, for somebody who gives up what he typed."""
    if request.method != "POST":
        return _leaf_page(request, assessment=assessment, criterion=criterion)
    sheet, answer = _save(request, assessment, criterion)
    node = answer.form.criterion
    if request.htmx:
        context = {
            "assessment": sheet,
            "pk": criterion,
            "criterion": node,
            "answer": answer,
            "score": answer.score,
            "summary": summary_of(sheet, Layer.SELF, answer.score and answer.score.counted),
            "swap": True,
        }
        return render(request, "assessments/leaf_saved.html", context, status=answer.status)
    if answer.score:
        messages.success(request, f"Đã lưu tiêu chí {node.code}.")
        return redirect(f"{reverse('sheet', kwargs={'assessment': sheet.pk})}#leaf-{criterion}")
    return _leaf_page(request, assessment=assessment, criterion=criterion, answer=answer)


@authorize(sees_sheet, assessment=SHEETS)
def _leaf_page(
    request: HttpRequest, assessment: Assessment, criterion: int, answer: Answer | None = None
) -> HttpResponse:
    """`answer` says why what was typed isn't stored."""
    if leaf_criterion(assessment, criterion) is None:
        raise Http404
    now = request.received_at
    row = leaf_row(assessment, criterion, doors_of(assessment, request.user, now=now))
    writable = may(request.user, Action.SCORE, assessment, now=now)
    # Without a form to mend it in, what was typed would pass for what is stored.
    takes = writable and not row.closed
    context = {
        "assessment": assessment,
        "writable": writable,
        "row": row.retyped(request.POST) if answer and takes else row,
        "answer": answer,
        "unsaid": answer.refusal if answer and not takes else "",
    }
    template = "assessments/sheet.html#leaf" if request.htmx else "assessments/leaf.html"
    return render(request, template, context, status=answer.status if answer else 200)


def _save(request: HttpRequest, assessment_id: int, criterion_id: int) -> tuple[Assessment, Answer]:
    try:
        with transaction.atomic():
            opened = scoring.open_leaf(
                assessment_id=assessment_id,
                criterion_id=criterion_id,
                by=request.user,
                now=request.received_at,
            )
            form = LeafForm(request.POST, criterion=opened.leaf.criterion)
            return opened.sheet, answer_to(
                form,
                lambda: scoring.store_score(
                    opened,
                    data=form.declared(),
                    note=form.cleaned_data["note"],
                    evidence_note=form.cleaned_data["evidence_note"],
                    seen=form.seen,
                ),
            )
    except Assessment.DoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        sheet = SHEETS.get(pk=assessment_id)
        node = leaf_criterion(sheet, criterion_id)
        if node is None:
            raise Http404 from None
        return sheet, Answer(LeafForm(request.POST, criterion=node), refusal=str(refusal))


@authorize(belongs_to_unit, assessment=SHEETS)
def send(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """What is still missing, then the leader has it."""

    def sent() -> HttpResponse:
        messages.success(request, "Đã trình lãnh đạo đơn vị duyệt.")
        # Who leads the unit himself goes on with approving it.
        page = "submit" if leads_unit.test(request.user, assessment) else "sheet"
        return redirect(page, assessment=assessment.pk)

    return _leaving(request, assessment, Action.SEND, scoring.send, sent)


@authorize(leads_unit, assessment=SHEETS)
def submit(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """What the leader approves, then the receipt."""
    return _leaving(
        request,
        assessment,
        Action.SUBMIT,
        scoring.submit,
        lambda: redirect("receipt", assessment=assessment.pk),
    )


def _leaving(
    request: HttpRequest,
    assessment: Assessment,
    action: Action,
    step: Callable[..., object],
    done: Callable[[], HttpResponse],
) -> HttpResponse:
    form = SubmissionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            step(
                assessment=assessment,
                confirmed_unanswered=form.confirmed,
                by=request.user,
                now=request.received_at,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return done()
    context = {
        "assessment": assessment,
        "summary": summary_of(assessment, Layer.SELF),
        "approves": action is Action.SUBMIT,
        "until": last_moment(assessment, Phase.APPROVAL),
        "refusal": assessment.why_not(action, now=request.received_at),
        "check": submission_check(assessment),
        "form": form,
    }
    return render(request, "assessments/submit.html", context, status=409 if form.errors else 200)


@authorize(leads_unit, assessment=SHEETS)
def send_back(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """The leader says what to mend."""
    form = RemarkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            scoring.send_back(
                assessment=assessment, **form.cleaned_data, by=request.user, now=request.received_at
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Đã trả lại phiếu cho cán bộ đầu mối.")
            return redirect("sheet", assessment=assessment.pk)
    context = {
        "assessment": assessment,
        "form": form,
        "refusal": assessment.why_not(Action.SEND_BACK, now=request.received_at),
        "until": last_moment(assessment, Phase.APPROVAL),
    }
    return render(request, "assessments/send_back.html", context, status=409 if form.errors else 200)


@authorize(sees_sheet, assessment=SHEETS.select_related("submitted_by"))
def receipt(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    if not assessment.receipt:
        raise Http404
    return render(request, "assessments/receipt.html", {"assessment": assessment})
