from django.urls import path

from assessments.views import records, results

urlpatterns = [
    path("ket-qua/", results.results, name="results"),
    path("ket-qua/ky/<int:period>/", results.ranking, name="ranking"),
    path("ket-qua/ky/<int:period>/xep-hang.xlsx", results.ranking_xlsx, name="ranking_xlsx"),
    path("ket-qua/cong-bo/<int:publication>/", results.publication, name="publication"),
    path(
        "ket-qua/cong-bo/<int:publication>/xep-hang.xlsx", results.publication_xlsx, name="publication_xlsx"
    ),
    path("ket-qua/phieu/<int:result>/", results.result, name="result"),
    path("ket-qua/don-vi/<int:unit>/", results.unit_history, name="unit_history"),
    path("ket-qua/ghi-nhan/", records.records, name="records"),
    path("ket-qua/ghi-nhan/moi/", records.record_new, name="record_new"),
    path("ket-qua/ghi-nhan/<int:record>/", records.record, name="record"),
    path("ket-qua/ghi-nhan/<int:record>/sua/", records.record_edit, name="record_edit"),
]
