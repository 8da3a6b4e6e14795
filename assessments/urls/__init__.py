from assessments.urls import appraisal, evidence, periods, results, sheets

urlpatterns = [
    *sheets.urlpatterns,
    *evidence.urlpatterns,
    *appraisal.urlpatterns,
    *periods.urlpatterns,
    *results.urlpatterns,
]
