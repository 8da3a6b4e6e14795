"""Sharing a sheet among the officers of its unit, area by area."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.authorize import authorize
from assessments.actions.assignments import share_all
from assessments.forms.sharing import SharingForm
from assessments.models import Assessment
from assessments.permissions import belongs_to_unit
from assessments.queries.sharing import officers_of, shared_areas
from assessments.workflow import Action, Refusal


@authorize(belongs_to_unit, assessment=Assessment.objects.in_context())
def sharing(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    officers, refused = officers_of(assessment), ""
    form = SharingForm(request.POST or None, areas=shared_areas(assessment), officers=officers)
    if request.method == "POST" and form.is_valid():
        try:
            changed = share_all(
                assessment=assessment, areas=form.chosen(), by=request.user, now=request.received_at
            )
        except Refusal as refusal:
            # What somebody else has changed since is to be seen before anything else is decided.
            refused = str(refusal)
            form = SharingForm(areas=shared_areas(assessment), officers=officers)
        else:
            messages.success(request, f"Đã lưu phân công, thay đổi {changed} lĩnh vực.")
            return redirect("sheet", assessment=assessment.pk)
    context = {
        "assessment": assessment,
        "form": form,
        "officers": officers,
        "refused": refused,
        "refusal": assessment.why_not(Action.SHARE, now=request.received_at),
    }
    return render(request, "assessments/sharing.html", context, status=409 if refused or form.errors else 200)
