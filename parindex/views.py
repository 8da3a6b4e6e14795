from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.authorize import authorize, signed_in
from accounts.models import Role
from assessments.queries.periods import running_period


@authorize(signed_in)
def home(request: HttpRequest) -> HttpResponse:
    """Send everybody to his own work."""
    for role, name in {
        Role.OFFICER: "sheets",
        Role.UNIT_LEADER: "sheets",
        Role.APPRAISER: "appraisals",
        Role.COORDINATOR: "periods",
        Role.LEADER: "results",
        Role.ADMINISTRATOR: "admin:index",
    }.items():
        if any(held == role for held, _ in request.user.roles):
            if role == Role.COORDINATOR and (running := running_period(request.user)):
                return redirect("period", period=running.pk)
            return redirect(name)
    return redirect("results")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "csrf.html", status=403)
