"""Define groups and indicators, and remove what was defined by mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.authorize import authorize
from accounts.models import Unit
from assessments.models import Period
from assessments.workflow import Refusal
from reports.actions.indicators import Redefined, define_group, define_indicator, remove_indicator
from reports.forms.indicators import DefinitionForm, GroupForm, IndicatorForm
from reports.models import Indicator, IndicatorGroup
from reports.permissions import keeps_indicators
from reports.queries.indicators import groups, indicators, units

FORM = require_http_methods(["GET", "HEAD", "POST"])


@FORM
@authorize(keeps_indicators, unit=units())
def indicator_group_new(request: HttpRequest, unit: Unit) -> HttpResponse:
    place = unit.indicator_groups.count() + 1
    form = GroupForm(request.POST or None, initial={"position": place})
    return _answer(request, form, unit, _saving_group(request, form, unit, None), title="Thêm nhóm chỉ tiêu")


@FORM
@authorize(keeps_indicators, group=groups())
def indicator_group_edit(request: HttpRequest, group: IndicatorGroup) -> HttpResponse:
    form = GroupForm(request.POST or None, instance=group)
    saving = _saving_group(request, form, group.unit, group)
    return _answer(request, form, group.unit, saving, title="Sửa nhóm chỉ tiêu", group=group)


@FORM
@authorize(keeps_indicators, group=groups())
def indicator_new(request: HttpRequest, group: IndicatorGroup) -> HttpResponse:
    place = group.indicators.count() + 1
    form = IndicatorForm(request.POST or None, unit=group.unit, initial={"position": place})
    saving = _saving_indicator(request, form, group, None)
    return _answer(request, form, group.unit, saving, title="Thêm chỉ tiêu", group=group)


@FORM
@authorize(keeps_indicators, indicator=indicators())
def indicator_edit(request: HttpRequest, indicator: Indicator) -> HttpResponse:
    group = indicator.group
    form = IndicatorForm(request.POST or None, unit=group.unit, instance=indicator)
    saving = _saving_indicator(request, form, group, indicator)
    return _answer(request, form, group.unit, saving, title="Sửa chỉ tiêu", group=group, indicator=indicator)


@require_POST
@authorize(keeps_indicators, indicator=indicators())
def indicator_remove(request: HttpRequest, indicator: Indicator) -> HttpResponse:
    typed = request.POST.get("seen", "")
    seen = int(typed) if typed.isdecimal() and len(typed) < 10 else 0
    try:
        remove_indicator(indicator=indicator, seen=seen, by=request.user, now=request.received_at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("indicator_edit", indicator=indicator.pk)
    messages.success(request, f"Đã bỏ chỉ tiêu {indicator}.")
    return redirect("indicator_group", group=indicator.group_id)


def _saving_group(
    request: HttpRequest, form: GroupForm, unit: Unit, group: IndicatorGroup | None
) -> Callable[[], IndicatorGroup]:
    def save() -> IndicatorGroup:
        seen = form.cleaned_data["seen"]
        act = {"by": request.user, "now": request.received_at}
        return define_group(unit=unit, group=group, said=form.said, seen=seen, **act)

    return save


def _saving_indicator(
    request: HttpRequest, form: IndicatorForm, group: IndicatorGroup, indicator: Indicator | None
) -> Callable[[], IndicatorGroup]:
    def save() -> IndicatorGroup:
        seen = form.cleaned_data["seen"]
        act = {"by": request.user, "now": request.received_at}
        define_indicator(group=group, indicator=indicator, said=form.said, seen=seen, **act)
        return group

    return save


def _answer(
    request: HttpRequest,
    form: DefinitionForm,
    unit: Unit,
    save: Callable[[], IndicatorGroup],
    **context: Any,
) -> HttpResponse:
    """The form, or after it was saved the figures of its group."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                group = save()
            except Redefined as redefined:
                status = 409
                form.add_error(None, str(redefined))
                form.show_saved(redefined.saved)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, "Đã lưu.")
                return redirect("indicator_group", group=group.pk)
    known = {"form": form, "unit": unit, "illustration": Period.objects.invent(unit.pk)}
    context = {"group": None, "indicator": None, **known, **context}
    return render(request, "reports/indicators/define.html", context, status=status)
