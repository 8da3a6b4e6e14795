from django.urls import path

from assessments.views import finalisation, sessions

_SESSION = "ky-danh-gia/hoi-dong/<int:session>/"

urlpatterns = [
    path("ky-danh-gia/<int:period>/hoi-dong/", sessions.sessions, name="sessions"),
    path("ky-danh-gia/<int:period>/hoi-dong/moi/", sessions.session_new, name="session_new"),
    path("ky-danh-gia/nhom/<int:cohort>/chot-diem/", finalisation.finalise_cohort, name="finalise_cohort"),
    path(_SESSION, sessions.session, name="session"),
    path(f"{_SESSION}sua/", sessions.session_edit, name="session_edit"),
    path(f"{_SESSION}them-tieu-chi/", sessions.session_add, name="session_add"),
    path(f"{_SESSION}giu-con-lai/", sessions.keep_rest, name="keep_rest"),
    path(
        f"{_SESSION}phieu/<int:assessment>/tieu-chi/<int:criterion>/",
        sessions.decide,
        name="decide",
    ),
]
