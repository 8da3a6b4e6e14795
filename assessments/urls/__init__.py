from assessments.urls import (
    appraisal,
    corrections,
    council,
    evidence,
    notices,
    periods,
    results,
    rounds,
    sheets,
    trail,
)

urlpatterns = [
    *sheets.urlpatterns,
    *evidence.urlpatterns,
    *appraisal.urlpatterns,
    *periods.urlpatterns,
    *rounds.urlpatterns,
    *council.urlpatterns,
    *results.urlpatterns,
    *corrections.urlpatterns,
    *trail.urlpatterns,
    *notices.urlpatterns,
]
