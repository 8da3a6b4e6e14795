from django.urls import path

from assessments.views import extensions, rounds

_COHORT = "ky-danh-gia/nhom/<int:cohort>/"

urlpatterns = [
    path(f"{_COHORT}thong-bao/", rounds.release_all, name="release_all"),
    path(f"{_COHORT}ket-thuc-tham-dinh/", rounds.close_all, name="close_all"),
    path(f"{_COHORT}giai-trinh/", rounds.disputes, name="disputes"),
    path("ky-danh-gia/phieu/<int:assessment>/gia-han/", extensions.extend, name="extend"),
    path("ky-danh-gia/<int:period>/gia-han/", extensions.extensions, name="extensions"),
]
