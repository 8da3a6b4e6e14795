from django.urls import path

from assessments.views import appraisal, assignments, by_criterion

_COHORT = "tham-dinh/nhom/<int:cohort>/"
_DUTIES = "ky-danh-gia/nhom/<int:cohort>/phan-cong/"

urlpatterns = [
    path("tham-dinh/", appraisal.appraisals, name="appraisals"),
    path("tham-dinh/<int:assessment>/", appraisal.appraisal, name="appraisal"),
    path("tham-dinh/<int:assessment>/tieu-chi/<int:criterion>/", appraisal.judge, name="judge"),
    path("tham-dinh/<int:assessment>/dong-y/<str:area>/", appraisal.agree_area, name="agree_area"),
    path("tham-dinh/<int:assessment>/tra-lai/", appraisal.return_sheet, name="return_sheet"),
    path("tham-dinh/<int:assessment>/chot-diem/", appraisal.finalise, name="finalise"),
    path("tham-dinh/<int:assessment>/mo-lai-phieu/", appraisal.reopen, name="reopen"),
    path(_COHORT, by_criterion.cohort_appraisal, name="cohort_appraisal"),
    path(f"{_COHORT}tieu-chi/<int:criterion>/", by_criterion.criterion_appraisal, name="criterion_appraisal"),
    path(
        "tham-dinh/<int:assessment>/theo-tieu-chi/<int:criterion>/",
        by_criterion.judge_unit,
        name="judge_unit",
    ),
    path(_DUTIES, assignments.assignments, name="assignments"),
    path(f"{_DUTIES}de-xuat/", assignments.assignments_propose, name="assignments_propose"),
    path(f"{_DUTIES}<int:criterion>/", assignments.assignment, name="assignment"),
]
