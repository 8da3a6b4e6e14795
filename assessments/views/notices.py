"""What a person has been told."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.authorize import authorize, signed_in
from assessments.actions.notices import mark_all_read, mark_read
from assessments.models import Notice
from assessments.permissions import is_told
from assessments.queries.notices import notices_of

NOTICES = Notice.objects.all()
PER_PAGE = 20


@require_safe
@authorize(signed_in)
def notices(request: HttpRequest) -> HttpResponse:
    page = Paginator(notices_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "assessments/notices/list.html", {"page": page})


@require_safe
@authorize(is_told, notice=NOTICES)
def notice(request: HttpRequest, notice: Notice) -> HttpResponse:
    """Go where the notice leads, which is to have read it; letters lead here too."""
    mark_read(notice=notice, by=request.user, now=request.received_at)
    return redirect(notice.address)


@require_POST
@authorize(is_told, notice=NOTICES)
def notice_read(request: HttpRequest, notice: Notice) -> HttpResponse:
    mark_read(notice=notice, by=request.user, now=request.received_at)
    return redirect("notices")


@require_POST
@authorize(signed_in)
def notices_read(request: HttpRequest) -> HttpResponse:
    mark_all_read(by=request.user, now=request.received_at)
    return redirect("notices")
