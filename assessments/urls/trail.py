from django.urls import path

from assessments.views import trail

urlpatterns = [
    path(
        "phieu/<int:assessment>/tieu-chi/<int:criterion>/lich-su/",
        trail.leaf_history,
        name="leaf_history",
    ),
    path("ky-danh-gia/<int:period>/nhat-ky/", trail.period_events, name="period_events"),
]
