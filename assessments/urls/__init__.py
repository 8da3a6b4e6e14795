from assessments.urls import appraisal, corrections, evidence, periods, results, rounds, sheets, trail

urlpatterns = [
    *sheets.urlpatterns,
    *evidence.urlpatterns,
    *appraisal.urlpatterns,
    *periods.urlpatterns,
    *rounds.urlpatterns,
    *results.urlpatterns,
    *corrections.urlpatterns,
    *trail.urlpatterns,
]
