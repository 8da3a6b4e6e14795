"""Publishing a period, and moving a cohort to a new version of its criteria set."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.authorize import authorize
from assessments.actions import publication as publication_actions
from assessments.actions.renewal import move_to_set
from assessments.forms.periods import DecisionForm, MoveForm
from assessments.models import Cohort, Period
from assessments.permissions import coordinates
from assessments.queries.publication import preview, publication_check
from assessments.queries.renewal import newer_versions, renewal_preview
from assessments.workflow import PeriodState, Refusal


@authorize(coordinates, period=Period.objects.in_context())
def publish(request: HttpRequest, period: Period) -> HttpResponse:
    """What would become public, and the decision that makes it so."""
    if period.state != PeriodState.OPEN:
        return redirect("period", period=period.pk)
    now = request.received_at
    check = publication_check(period, now=now)
    form = DecisionForm(request.POST or None, unranked=check.unranked)
    if request.method == "POST" and form.is_valid():
        try:
            publication_actions.publish(
                period=period,
                seen=request.POST.get("seen", ""),
                **form.decision,
                by=request.user,
                now=now,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, "Đã công bố kết quả. Từ nay số liệu chỉ thay đổi bằng một quyết định đính chính."
            )
            return redirect("period", period=period.pk)
    context = {
        "period": period,
        "check": check,
        "previews": preview(period, check),
        "last_year": period.year - 1,
        "form": form,
    }
    return render(request, "assessments/period/publish.html", context, status=422 if form.errors else 200)


@authorize(coordinates, cohort=Cohort.objects.in_context())
def cohort_move(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """Choose a newer version, see what stays and what must be scored again, then move."""
    versions = newer_versions(cohort)
    asked = request.POST.get("criteria_set") or request.GET.get("phien-ban", "")
    chosen = next((version for version in versions if str(version.pk) == asked), None)
    if chosen is None and len(versions) == 1:
        chosen = versions[0]
    form = MoveForm(request.POST or None, versions=versions, initial={"criteria_set": chosen})
    if request.method == "POST" and form.is_valid():
        try:
            moved = move_to_set(cohort=cohort, **form.cleaned_data, by=request.user, now=request.received_at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            back = sum(sheet.returns for sheet in moved.sheets)
            messages.success(request, f"Nhóm “{cohort.name}” đã dùng {form.cleaned_data['criteria_set']}.")
            if back:
                messages.warning(request, f"{back} phiếu đã trả về đơn vị để chấm lại; hãy kiểm tra hạn.")
            return redirect("period", period=cohort.period_id)
    context = {
        "cohort": cohort,
        "period": cohort.period,
        "versions": versions,
        "chosen": chosen,
        "preview": renewal_preview(cohort, chosen) if chosen else None,
        "barred": request.user.own_units,
        "is_overdue": request.received_at > cohort.period.approval_closes,
        "form": form,
    }
    return render(request, "assessments/period/move.html", context, status=422 if form.errors else 200)
