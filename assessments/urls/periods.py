from django.urls import path

from assessments.views import central, imports, periods, publication, targets

_COHORT = "ky-danh-gia/nhom/<int:cohort>/"

urlpatterns = [
    path("ky-danh-gia/", periods.periods, name="periods"),
    path("ky-danh-gia/tao-moi/", periods.period_new, name="period_new"),
    path("ky-danh-gia/<int:period>/", periods.period, name="period"),
    path("ky-danh-gia/<int:period>/sua/", periods.period_edit, name="period_edit"),
    path("ky-danh-gia/<int:period>/lich/", periods.period_calendar, name="period_calendar"),
    path("ky-danh-gia/<int:period>/mo/", periods.period_open, name="period_open"),
    path("ky-danh-gia/<int:period>/nhac-viec/", periods.period_remind, name="period_remind"),
    path("ky-danh-gia/<int:period>/them-nhom/", periods.cohort_new, name="cohort_new"),
    path("ky-danh-gia/<int:period>/cong-bo/", publication.publish, name="publish"),
    path(f"{_COHORT}sua/", periods.cohort_edit, name="cohort_edit"),
    path(f"{_COHORT}bo/", periods.cohort_remove, name="cohort_remove"),
    path(f"{_COHORT}chuyen-bo-tieu-chi/", publication.cohort_move, name="cohort_move"),
    path(f"{_COHORT}chi-tieu/", targets.targets, name="targets"),
    path(f"{_COHORT}chi-tieu/giao-chung/", targets.targets_fill, name="targets_fill"),
    path(f"{_COHORT}nhap-tap-trung/", central.central, name="central"),
    path(f"{_COHORT}nhap-excel/", imports.entry_upload, name="entry_upload"),
    path(f"{_COHORT}nhap-excel/tep-mau.xlsx", imports.entry_xlsx, name="entry_xlsx"),
    path(f"{_COHORT}nhap-excel/ghi/", imports.entry_apply, name="entry_apply"),
    path(f"{_COHORT}nhap-tap-trung/<int:criterion>/", central.central_leaf, name="central_leaf"),
    path(f"{_COHORT}nhap-tap-trung/<int:criterion>/ca-nhom/", central.central_skip, name="central_skip"),
    path(
        "ky-danh-gia/phieu/<int:assessment>/nhap-tap-trung/<int:criterion>/",
        central.central_row,
        name="central_row",
    ),
]
