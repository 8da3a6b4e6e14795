"""Meetings of the council: the list, one session's facts, its agenda and decisions."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.authorize import authorize
from assessments.actions import sessions as actions
from assessments.actions.verdicts import Verdict
from assessments.forms.judgement import JudgementForm
from assessments.forms.seen import number
from assessments.forms.sessions import LeafChoiceForm, SessionForm
from assessments.models import Assessment, CouncilSession, Period
from assessments.permissions import coordinates, may_run, oversees
from assessments.queries.agenda import agenda, agenda_row, progress
from assessments.queries.before_council import (
    BY_CRITERION,
    BY_UNIT,
    cohorts_before,
    leaf_before,
    sheets_before,
)
from assessments.queries.sessions import facts_of, sessions_of
from assessments.views.answers import Answer, answer_to
from assessments.workflow import PeriodAction, Refusal

PERIODS = Period.objects.in_context()
SESSIONS = CouncilSession.objects.select_related("period__host", "period__publication")
GROUPINGS = ((BY_UNIT, "Theo đơn vị"), (BY_CRITERION, "Theo tiêu chí"))


@authorize(oversees, period=PERIODS)
def sessions(request: HttpRequest, period: Period) -> HttpResponse:
    context = _about(request, period) | {"sessions": list(sessions_of(period))}
    return render(request, "assessments/council/sessions.html", context)


@authorize(coordinates, period=PERIODS)
def session_new(request: HttpRequest, period: Period) -> HttpResponse:
    form = _form(request, None)
    if form.is_bound and form.is_valid():
        try:
            made = actions.convene(
                period=period, facts=form.facts(), by=request.user, now=request.received_at
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Đã lập phiên họp. Dưới đây là các tiêu chí đưa ra Hội đồng.")
            return redirect("session", session=made.pk)
    return _edit_page(request, period, None, form)


@authorize(coordinates, session=SESSIONS)
def session_edit(request: HttpRequest, session: CouncilSession) -> HttpResponse:
    form = _form(request, session)
    if form.is_bound and form.is_valid():
        try:
            actions.edit_session(
                session=session,
                facts=form.facts(),
                seen=form.cleaned_data["seen"],
                by=request.user,
                now=request.received_at,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Đã lưu phiên họp.")
            return redirect("session", session=session.pk)
    return _edit_page(request, session.period, session, form)


@authorize(oversees, session=SESSIONS)
def session(request: HttpRequest, session: CouncilSession) -> HttpResponse:
    """What is put before the session, page by page, with what was decided."""
    cohort, only_left = _cohort(request, session), request.GET.get("xem") == "con-lai"
    listed = agenda(
        session,
        cohort_id=cohort,
        by=_grouping(request),
        only_left=only_left,
        page=request.GET.get("page", "1"),
        now=request.received_at,
    )
    context = {
        **_about(request, session.period),
        **_of_session(request, session, cohort),
        "agenda": listed,
        "progress": listed.progress,
        "facts": facts_of(session),
        "cohorts": list(cohorts_before(session)),
        "groupings": GROUPINGS,
        "only_left": only_left,
        "choice": LeafChoiceForm(None, sheets=sheets_before(session)),
        "answer": None,
        "swap": False,
    }
    return render(request, "assessments/council/session.html", context)


@authorize(oversees, session=SESSIONS)
def session_add(request: HttpRequest, session: CouncilSession) -> HttpResponse:
    """From unit and code to the page on which a leaf outside the list is decided."""
    form = LeafChoiceForm(request.GET, sheets=sheets_before(session))
    if form.is_valid():
        found = leaf_before(session, form.cleaned_data["assessment"], form.cleaned_data["code"])
        if found is not None:
            return redirect(
                "decide", session=session.pk, assessment=form.cleaned_data["assessment"], criterion=found
            )
        form.add_error("code", "Đơn vị này không có tiêu chí tự chấm mang mã như vậy.")
    messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect("session", session=session.pk)


@authorize(oversees, session=SESSIONS)
def decide(request: HttpRequest, session: CouncilSession, assessment: int, criterion: int) -> HttpResponse:
    """POST stores what the session decides on one leaf. GET shows its row as saved."""
    sheet = get_object_or_404(Assessment.objects.in_context(), pk=assessment, period=session.period_id)
    row = agenda_row(session, sheet, criterion, now=request.received_at)
    if row is None:
        raise Http404
    answer, cohort = None, _cohort(request, session)
    if request.method == "POST":
        form = JudgementForm(request.POST, criterion=row.criterion)
        answer = _decide(request, session, sheet, criterion, form)
        if answer.score and not request.htmx:
            messages.success(request, f"Đã ghi quyết định: {sheet.unit}, tiêu chí {row.criterion.code}.")
            url = reverse("session", args=[session.pk])
            return redirect(f"{url}?{_query(request)}#{row.anchor}")
        row = agenda_row(session, sheet, criterion, now=request.received_at)
        if answer.score is None:
            row = row.retyped(request.POST)
    context = {
        **_about(request, session.period),
        **_of_session(request, session, cohort),
        "row": row,
        "answer": answer,
        "swap": request.htmx,
        "progress": progress(session, cohort) if request.htmx else None,
    }
    template = "assessments/council/row.html" if request.htmx else "assessments/council/leaf.html"
    return render(request, template, context, status=answer.status if answer else 200)


@authorize(coordinates, session=SESSIONS)
def keep_rest(request: HttpRequest, session: CouncilSession) -> HttpResponse:
    """Every listed leaf without a decision keeps its appraised points, after a question."""
    cohort = _cohort(request, session)
    so_far = progress(session, cohort)
    if request.method == "POST":
        expected = number(request.POST.get("expected", ""))
        try:
            kept = actions.keep_rest(
                session=session,
                cohort_id=cohort,
                expected=-1 if expected is None else expected,
                by=request.user,
                now=request.received_at,
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Đã giữ điểm thẩm định cho {kept.done} tiêu chí.")
            if kept.left:
                messages.warning(
                    request,
                    f"Còn {kept.left} tiêu chí phải quyết định từng tiêu chí: Hội đồng đã chấm khác điểm thẩm định, "
                    "phiếu đã chốt điểm hoặc của đơn vị nơi ông/bà công tác.",
                )
        return redirect("session", session=session.pk)
    context = _about(request, session.period) | {
        "session": session,
        "progress": so_far,
        "cohort": next((found for found in cohorts_before(session) if found.pk == cohort), None),
    }
    return render(request, "assessments/council/keep_rest.html", context)


def _decide(
    request: HttpRequest, session: CouncilSession, sheet: Assessment, criterion_id: int, form: JudgementForm
) -> Answer:
    return answer_to(
        form,
        lambda: actions.decide(
            session=session,
            assessment=sheet,
            criterion_id=criterion_id,
            verdict=Verdict(
                basis=form.cleaned_data["basis"],
                data=form.declared(),
                points=form.cleaned_data["override"],
                reason=form.cleaned_data["reason"],
            ),
            seen=form.seen,
            by=request.user,
            now=request.received_at,
        ),
    )


def _form(request: HttpRequest, session: CouncilSession | None) -> SessionForm:
    if "more" in request.POST:
        return SessionForm(session=session, typed=request.POST)
    return SessionForm(request.POST or None, session=session)


def _cohort(request: HttpRequest, session: CouncilSession) -> int | None:
    """The cohort chosen in the address; None, for all of them, where there is no such."""
    chosen = number(request.GET.get("nhom", ""))
    return chosen if cohorts_before(session).filter(pk=chosen).exists() else None


def _grouping(request: HttpRequest) -> str:
    return BY_CRITERION if request.GET.get("theo") == BY_CRITERION else BY_UNIT


def _about(request: HttpRequest, period: Period) -> dict[str, object]:
    return {
        "period": period,
        "may_convene": may_run(request.user, PeriodAction.CONVENE, period, now=request.received_at),
    }


def _of_session(request: HttpRequest, session: CouncilSession, cohort: int | None) -> dict[str, object]:
    return {
        "session": session,
        "cohort": cohort,
        "by": _grouping(request),
        "query": _query(request),
        "coordinates": coordinates.test(request.user, session.period),
        "barred": request.user.own_units,
    }


def _query(request: HttpRequest) -> str:
    """The choice and page that a decision should lead back to."""
    kept = request.GET.copy()
    for name in set(kept) - {"nhom", "theo", "xem", "page"}:
        del kept[name]
    return kept.urlencode()


def _edit_page(
    request: HttpRequest, period: Period, session: CouncilSession | None, form: SessionForm
) -> HttpResponse:
    context = _about(request, period) | {"session": session, "form": form}
    return render(request, "assessments/council/edit.html", context, status=422 if form.is_wrong else 200)
