from django.urls import path

from criteria import views

urlpatterns = [
    path("bo-tieu-chi/", views.criteria_sets, name="criteria_sets"),
    path("bo-tieu-chi/nap-tep/", views.criteria_set_upload, name="criteria_set_upload"),
    path("bo-tieu-chi/<int:criteria_set>/", views.criteria_set, name="criteria_set"),
    path("bo-tieu-chi/<int:criteria_set>/tep/", views.criteria_set_download, name="criteria_set_download"),
    path("bo-tieu-chi/tieu-chi/<int:criterion>/", views.criterion_edit, name="criterion_edit"),
]
