"""How a coordinator makes a period, fills it, opens it and follows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.authorize import authorize
from accounts.models import Role
from assessments.actions import cohorts as cohort_actions
from assessments.actions import periods as period_actions
from assessments.actions.reminding import remind_units
from assessments.actions.writing import Changed
from assessments.forms.periods import CalendarForm, CohortForm, PeriodEditForm, PeriodForm
from assessments.models import Cohort, Period
from assessments.permissions import (
    coordinates,
    coordinates_any,
    follows_any,
    follows_period,
    may_run,
    oversees,
)
from assessments.queries.board import Board, board
from assessments.queries.opening import opening_check
from assessments.queries.periods import contents_of, periods_of, units_to_offer
from assessments.queries.steps import strip_of
from assessments.workflow import PeriodAction, PeriodState, Refusal

PERIODS = Period.objects.in_context()
COHORTS = Cohort.objects.in_context()


@authorize(follows_any)
def periods(request: HttpRequest) -> HttpResponse:
    """Periods of the hosts for which the user coordinates, leads or appraises."""
    now = request.received_at
    context = {
        "periods": [(period, period.calendar.open_phases(now)) for period in periods_of(request.user)],
        "may_create": coordinates_any.test(request.user),
    }
    return render(request, "assessments/period/list.html", context)


@authorize(coordinates_any)
def period_new(request: HttpRequest) -> HttpResponse:
    hosts = request.user.units_as(Role.COORDINATOR)
    form = PeriodForm(request.POST or None, hosts=hosts, now=timezone.localtime(request.received_at))
    if request.method == "POST" and form.is_valid():
        try:
            made = period_actions.create_period(**form.described(), by=request.user, now=request.received_at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Đã tạo kỳ đánh giá. Hãy xem lại lịch, rồi thêm các nhóm xếp hạng.")
            return redirect("period_calendar", period=made.pk)
    return render(request, "assessments/period/new.html", {"form": form}, status=_status(form))


@authorize(follows_period, period=PERIODS)
def period(request: HttpRequest, period: Period) -> HttpResponse:
    """The board: every unit with its state, progress and totals."""
    now = request.received_at
    overview = _board(period, request.GET, now)
    context = {
        "period": period,
        "overview": overview,
        "cohorts": overview.cohorts,
        "strip": strip_of(period, now=now),
        "check": opening_check(period, now=now) if period.state == PeriodState.PREPARING else None,
        "oversees": oversees.test(request.user, period),
        "coordinates": coordinates.test(request.user, period),
        "may_correct": may_run(request.user, PeriodAction.CORRECT, period, now=now),
        "may_run": period.state != PeriodState.PUBLISHED and coordinates.test(request.user, period),
        "may_remind": may_run(request.user, PeriodAction.REMIND, period, now=now),
    }
    return render(request, "assessments/period/board.html", context)


def _board(period: Period, asked: QueryDict, now: datetime) -> Board:
    return board(period, now=now, chosen=asked.get("tinh-trang", ""), words=asked.get("tim", "")[:100])


@authorize(coordinates, period=PERIODS)
def period_remind(request: HttpRequest, period: Period) -> HttpResponse:
    """Remind those of the units on the board, as it is filtered, that have something to do."""
    now = request.received_at
    shown = _board(period, request.POST or request.GET, now)
    narrowed = urlencode({"tinh-trang": shown.chosen, "tim": shown.words})
    back = f"{reverse('period', args=[period.pk])}?{narrowed}"
    if request.method == "POST":
        sheets = [row.assessment for row in shown.to_remind]
        try:
            reminded = remind_units(period=period, sheets=sheets, by=request.user, now=now)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Đã nhắc {reminded} đơn vị.")
        return redirect(back)
    if not shown.to_remind:
        messages.info(request, "Các đơn vị đang hiện trên bảng không còn việc phải làm.")
        return redirect(back)
    context = {"period": period, "overview": shown, "back": back}
    return render(request, "assessments/period/remind.html", context)


@authorize(coordinates, period=PERIODS)
def period_edit(request: HttpRequest, period: Period) -> HttpResponse:
    form = PeriodEditForm(request.POST or None, period=period)
    if request.method == "POST" and form.is_valid():
        try:
            period_actions.rename_period(
                period=period,
                **form.cleaned_data,
                seen=form.seen,
                by=request.user,
                now=request.received_at,
            )
        except Refusal as refusal:
            _refuse(form, refusal, PERIODS.filter(pk=period.pk))
        else:
            messages.success(request, "Đã lưu kỳ đánh giá.")
            return redirect("period", period=period.pk)
    context = {"form": form, "period": period}
    return render(request, "assessments/period/edit.html", context, status=_status(form))


@authorize(coordinates, period=PERIODS)
def period_calendar(request: HttpRequest, period: Period) -> HttpResponse:
    """Every phase with its dates, to be moved."""
    form = CalendarForm(request.POST or None, period=period)
    if request.method == "POST" and form.is_valid():
        try:
            period_actions.reschedule(
                period=period,
                calendar=form.calendar(),
                reason=form.cleaned_data.get("reason", ""),
                seen=form.seen,
                by=request.user,
                now=request.received_at,
            )
        except Refusal as refusal:
            _refuse(form, refusal, PERIODS.filter(pk=period.pk))
        else:
            messages.success(request, "Đã lưu lịch của kỳ đánh giá.")
            return redirect("period", period=period.pk)
    context = {"form": form, "period": period}
    return render(request, "assessments/period/calendar.html", context, status=_status(form))


@authorize(coordinates, period=PERIODS)
def period_open(request: HttpRequest, period: Period) -> HttpResponse:
    """What is still missing; then the units may begin."""
    if request.method == "POST":
        try:
            period_actions.open_period(period=period, by=request.user, now=request.received_at)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Đã mở kỳ đánh giá; các đơn vị bắt đầu tự chấm điểm.")
        return redirect("period", period=period.pk)
    if period.state != PeriodState.PREPARING:
        return redirect("period", period=period.pk)
    context = {
        "period": period,
        "check": opening_check(period, now=request.received_at),
    }
    return render(request, "assessments/period/open.html", context)


@authorize(coordinates, period=PERIODS)
def cohort_new(request: HttpRequest, period: Period) -> HttpResponse:
    form = CohortForm(
        request.POST or None, offered=units_to_offer(period, on=timezone.localdate(request.received_at))
    )
    if request.method == "POST" and form.is_valid() and _save_cohort(request, form, period):
        messages.success(request, f"Đã thêm nhóm “{form.cleaned_data['name']}”.")
        return redirect("period", period=period.pk)
    context = {"form": form, "period": period, "cohort": None}
    return render(request, "assessments/period/cohort.html", context, status=_status(form))


@authorize(coordinates, cohort=COHORTS)
def cohort_edit(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    period = cohort.period
    offered = units_to_offer(period, on=timezone.localdate(request.received_at), besides=cohort)
    form = CohortForm(request.POST or None, offered=offered, cohort=cohort)
    if request.method == "POST" and form.is_valid() and _save_cohort(request, form, period, cohort):
        messages.success(request, f"Đã lưu nhóm “{form.cleaned_data['name']}”.")
        return redirect("period", period=period.pk)
    context = {"form": form, "period": period, "cohort": cohort}
    return render(request, "assessments/period/cohort.html", context, status=_status(form))


def _save_cohort(
    request: HttpRequest, form: CohortForm, period: Period, cohort: Cohort | None = None
) -> bool:
    """Cohort and units together or not at all; a refusal is put on the form."""
    who = {"by": request.user, "now": request.received_at}
    name, changed = form.cleaned_data["name"], cohort
    try:
        with transaction.atomic():
            if changed is None:
                criteria_set = form.cleaned_data["criteria_set"]
                changed = cohort_actions.add_cohort(
                    period=period, name=name, criteria_set=criteria_set, **who
                )
            else:
                criteria_set = form.cleaned_data.get("criteria_set", changed.criteria_set)
                cohort_actions.edit_cohort(
                    cohort=changed, name=name, criteria_set=criteria_set, seen=form.seen, **who
                )
            cohort_actions.set_units(
                cohort=changed,
                units=form.chosen(),
                outside=form.cleaned_data["outside"],
                seen=form.units_seen(),
                **who,
            )
    except Refusal as refusal:
        _refuse(form, refusal, COHORTS.filter(pk=cohort and cohort.pk))
        return False
    return True


@authorize(coordinates, cohort=COHORTS)
def cohort_remove(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """All that goes with the cohort; then it goes."""
    refused = ""
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        try:
            cohort_actions.remove_cohort(cohort=cohort, seen=seen, by=request.user, now=request.received_at)
        except Changed as changed:
            refused = str(changed)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("period", period=cohort.period_id)
        else:
            messages.success(request, f"Đã bỏ nhóm “{cohort.name}”.")
            return redirect("period", period=cohort.period_id)
    context = {
        "cohort": cohort,
        "period": cohort.period,
        "contents": contents_of(cohort),
        "refused": refused,
    }
    return render(request, "assessments/period/remove.html", context, status=409 if refused else 200)


def _refuse(
    form: PeriodEditForm | CalendarForm | CohortForm, refusal: Refusal, stored: QuerySet[Any]
) -> None:
    """What somebody else has stored since is shown beside what was typed."""
    if isinstance(refusal, Changed):
        form.show_saved(stored.get())
    form.add_error(None, str(refusal))


def _status(form: forms.BaseForm) -> int:
    if getattr(form, "saved", ()):
        return 409
    return 422 if form.errors else 200
