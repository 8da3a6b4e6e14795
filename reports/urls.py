from django.urls import path

from reports.views import files, issuing, previewing, reading, templates, versions, writing

urlpatterns = [
    path("bao-cao/", reading.report_list, name="reports"),
    path("bao-cao/lap/", writing.report_start, name="report_start"),
    path("bao-cao/lap/<slug:kind>/<slug:source>/<int:pk>/", writing.report_new, name="report_new"),
    path("bao-cao/<int:report>/", reading.report, name="report"),
    path("bao-cao/<int:report>/soan/", writing.report_edit, name="report_edit"),
    path("bao-cao/<int:report>/xem-truoc/", previewing.report_preview, name="report_preview"),
    path("bao-cao/<int:report>/phien-ban/", versions.report_versions, name="report_versions"),
    path("bao-cao/<int:report>/phien-ban/<int:version>/", versions.report_version, name="report_version"),
    path(
        "bao-cao/<int:report>/phien-ban/<int:version>/khoi-phuc/",
        versions.report_restore,
        name="report_restore",
    ),
    path("bao-cao/<int:report>/tao-tep/", files.report_render, name="report_render"),
    path("bao-cao/<int:report>/tinh-trang/<int:rendering>/", files.report_status, name="report_status"),
    path("bao-cao/<int:report>/pdf/<int:rendering>/", files.report_pdf, name="report_pdf"),
    path("bao-cao/<int:report>/docx/<int:rendering>/", files.report_docx, name="report_docx"),
    path("bao-cao/<int:report>/ban-hanh/", issuing.report_issue, name="report_issue"),
    path("bao-cao/<int:report>/ban-hanh/<int:ordinal>/", issuing.issue, name="issue"),
    path("bao-cao/<int:report>/ban-hanh/<int:ordinal>/so/", issuing.issue_number, name="issue_number"),
    path("bao-cao/<int:report>/ban-hanh/<int:ordinal>/ban-ky/", issuing.issue_sign, name="issue_sign"),
    path(
        "bao-cao/<int:report>/ban-hanh/<int:ordinal>/ban-ky/<int:signed>/",
        issuing.issue_signed,
        name="issue_signed",
    ),
    path("bao-cao/<int:report>/tao-lai/<int:rendering>/", files.issue_again, name="issue_again"),
    path("bao-cao/mau-word/", templates.word_templates, name="word_templates"),
    path("bao-cao/mau-word/khoi-dau/<slug:kind>/", templates.starter_file, name="word_template_starter"),
    path(
        "bao-cao/mau-word/don-vi/<int:unit>/<slug:kind>/",
        templates.word_template_kind,
        name="word_template_kind",
    ),
    path("bao-cao/mau-word/<int:template>/tep/", templates.template_file, name="word_template_file"),
    path("bao-cao/mau-word/<int:template>/ban-thu/", templates.trial_file, name="word_template_trial"),
    path("bao-cao/mau-word/<int:template>/dung/", templates.activate, name="word_template_activate"),
    path("bao-cao/mau-word/<int:template>/ngung/", templates.deactivate, name="word_template_deactivate"),
]
