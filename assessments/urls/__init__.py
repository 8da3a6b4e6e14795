from assessments.urls import appraisal, evidence, periods, results, rounds, sheets, trail

urlpatterns = [
    *sheets.urlpatterns,
    *evidence.urlpatterns,
    *appraisal.urlpatterns,
    *periods.urlpatterns,
    *rounds.urlpatterns,
    *results.urlpatterns,
    *trail.urlpatterns,
]
