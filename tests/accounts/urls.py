"""The URLs that people and accounts need, with empty pages in place of everybody's work."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from accounts.authorize import authorize, signed_in
from parindex.views import home


@authorize(signed_in)
def empty(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


WORK = [
    "sheets",
    "appraisals",
    "periods",
    "results",
    "reports",
    "notices",
    "criteria_sets",
    "criteria_set_upload",
]

urlpatterns = [
    path("", home, name="home"),
    path("tai-khoan/", include("accounts.urls")),
    path("quan-tri/", admin.site.urls),
    *(path(f"{name}/", empty, name=name) for name in WORK),
]
