from django.urls import path

from assessments.views import notices

urlpatterns = [
    path("thong-bao/", notices.notices, name="notices"),
    path("thong-bao/da-doc/", notices.notices_read, name="notices_read"),
    path("thong-bao/<int:notice>/", notices.notice, name="notice"),
    path("thong-bao/<int:notice>/da-doc/", notices.notice_read, name="notice_read"),
]
