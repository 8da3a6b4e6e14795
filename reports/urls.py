from django.urls import path

from reports.views import files, reading, writing

urlpatterns = [
    path("bao-cao/", reading.report_list, name="reports"),
    path("bao-cao/lap/", writing.report_start, name="report_start"),
    path("bao-cao/lap/<slug:kind>/<slug:source>/<int:pk>/", writing.report_new, name="report_new"),
    path("bao-cao/<int:report>/", reading.report, name="report"),
    path("bao-cao/<int:report>/soan/", writing.report_edit, name="report_edit"),
    path("bao-cao/<int:report>/tao-tep/", files.report_render, name="report_render"),
    path("bao-cao/<int:report>/tinh-trang/<int:rendering>/", files.report_status, name="report_status"),
    path("bao-cao/<int:report>/pdf/<int:rendering>/", files.report_pdf, name="report_pdf"),
    path("bao-cao/<int:report>/docx/<int:rendering>/", files.report_docx, name="report_docx"),
]
