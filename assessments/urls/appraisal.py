from django.urls import path

from assessments.views import appraisal

urlpatterns = [
    path("tham-dinh/", appraisal.appraisals, name="appraisals"),
    path("tham-dinh/<int:assessment>/", appraisal.appraisal, name="appraisal"),
    path("tham-dinh/<int:assessment>/tieu-chi/<int:criterion>/", appraisal.judge, name="judge"),
    path("tham-dinh/<int:assessment>/dong-y/<str:area>/", appraisal.agree_area, name="agree_area"),
    path("tham-dinh/<int:assessment>/tra-lai/", appraisal.return_sheet, name="return_sheet"),
    path("tham-dinh/<int:assessment>/thong-bao/", appraisal.release, name="release"),
    path("tham-dinh/<int:assessment>/ket-thuc/", appraisal.close_appraisal, name="close_appraisal"),
    path("tham-dinh/<int:assessment>/chot-diem/", appraisal.finalise, name="finalise"),
]
