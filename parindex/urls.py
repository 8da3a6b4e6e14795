from django.contrib import admin
from django.urls import include, path

from parindex import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("accounts.urls")),
    path("", include("criteria.urls")),
    path("", include("assessments.urls")),
    path("", include("reports.urls")),
    path("quan-tri/", admin.site.urls),
]
