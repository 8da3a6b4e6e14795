from django.urls import path

from assessments.views import corrections

_SHEET = "ky-danh-gia/phieu/<int:assessment>/dinh-chinh/"

urlpatterns = [
    path("ky-danh-gia/<int:period>/dinh-chinh/", corrections.corrections, name="corrections"),
    path(_SHEET, corrections.correction_unit, name="correction_unit"),
    path(f"{_SHEET}<int:criterion>/", corrections.correction_leaf, name="correction_leaf"),
    path(f"{_SHEET}<int:criterion>/rut/", corrections.correction_withdraw, name="correction_withdraw"),
]
