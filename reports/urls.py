from django.urls import path

from reports import views

urlpatterns = [
    path("bao-cao/", views.report_list, name="reports"),
    path("bao-cao/lap/", views.report_start, name="report_start"),
    path("bao-cao/lap/<slug:kind>/<slug:source>/<int:pk>/", views.report_new, name="report_new"),
    path("bao-cao/<int:report>/", views.report, name="report"),
    path("bao-cao/<int:report>/soan/", views.report_edit, name="report_edit"),
    path("bao-cao/<int:report>/tao-tep/", views.report_render, name="report_render"),
    path("bao-cao/<int:report>/tinh-trang/<int:rendering>/", views.report_status, name="report_status"),
    path("bao-cao/<int:report>/pdf/<int:rendering>/", views.report_pdf, name="report_pdf"),
    path("bao-cao/<int:report>/docx/<int:rendering>/", views.report_docx, name="report_docx"),
]
