from django.urls import include, path

from residents import (
    urls_care,
    urls_correction_requests,
    urls_data_quality,
    urls_event_log,
    urls_events,
    urls_form_filling,
    urls_handover,
    urls_head_reports,
    urls_health,
    urls_homes,
    urls_merging,
    urls_people,
    urls_statistics,
    urls_subject_access,
    urls_verification,
    urls_visits,
)

app_name = "residents"

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                *urls_people.urlpatterns,
                *urls_subject_access.urlpatterns,
                *urls_handover.urlpatterns,
                *urls_correction_requests.urlpatterns,
                *urls_events.urlpatterns,
                *urls_merging.urlpatterns,
                *urls_statistics.urlpatterns,
                *urls_verification.urlpatterns,
                *urls_data_quality.urlpatterns,
                *urls_head_reports.urlpatterns,
                *urls_care.urlpatterns,
                *urls_visits.urlpatterns,
                *urls_health.urlpatterns,
                *urls_form_filling.urlpatterns,
                *urls_homes.urlpatterns,
                *urls_event_log.urlpatterns,
            ]
        ),
    ),
    path("head/", include(urls_head_reports.head_urlpatterns)),
]
