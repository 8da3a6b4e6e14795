from django.urls import path

from assessments.views import evidence

# templates/assessments/evidence/attached.html builds the addresses below evidence_list itself.
urlpatterns = [
    path("phieu/<int:assessment>/tai-lieu/", evidence.evidence_list, name="evidence_list"),
    path("phieu/<int:assessment>/tai-lieu/tat-ca/", evidence.evidence_zip, name="evidence_zip"),
    path("phieu/<int:assessment>/tai-lieu/tep/<int:evidence>/", evidence.evidence_file, name="evidence_file"),
    path(
        "phieu/<int:assessment>/tai-lieu/tieu-chi/<int:criterion>/",
        evidence.evidence_panel,
        name="evidence_panel",
    ),
    path(
        "phieu/<int:assessment>/tai-lieu/tieu-chi/<int:criterion>/danh-sach/",
        evidence.evidence_attached,
        name="evidence_attached",
    ),
    path(
        "phieu/<int:assessment>/tai-lieu/tieu-chi/<int:criterion>/go/",
        evidence.evidence_detach,
        name="evidence_detach",
    ),
]
