from assessments.urls import appraisal, evidence, periods, results, sheets, trail

urlpatterns = [
    *sheets.urlpatterns,
    *evidence.urlpatterns,
    *appraisal.urlpatterns,
    *periods.urlpatterns,
    *results.urlpatterns,
    *trail.urlpatterns,
]
