from django.urls import path

from assessments.views import extensions, rounds

_COHORT = "ky-danh-gia/nhom/<int:cohort>/"

urlpatterns = [
    path("tham-dinh/<int:assessment>/thong-bao/", rounds.release, name="release"),
    path("tham-dinh/<int:assessment>/ket-thuc/", rounds.close_appraisal, name="close_appraisal"),
    path(f"{_COHORT}thong-bao/", rounds.release_all, name="release_all"),
    path(f"{_COHORT}ket-thuc-tham-dinh/", rounds.close_all, name="close_all"),
    path(f"{_COHORT}tien-do/<int:order>/", rounds.order_progress, name="order_progress"),
    path(f"{_COHORT}giai-trinh/", rounds.disputes, name="disputes"),
    path("ky-danh-gia/phieu/<int:assessment>/gia-han/", extensions.extend, name="extend"),
    path("ky-danh-gia/<int:period>/gia-han/", extensions.extensions, name="extensions"),
]
