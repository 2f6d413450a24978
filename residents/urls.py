from django.urls import include, path

from residents.care import urls as care_urls
from residents.correction_requests import urls as correction_request_urls
from residents.data_quality import urls as data_quality_urls
from residents.event_log import urls as event_log_urls
from residents.events import urls as event_urls
from residents.form_filling import urls as form_filling_urls
from residents.handover import urls as handover_urls
from residents.head_reports import urls as head_report_urls
from residents.health import urls as health_urls
from residents.homes import urls as home_urls
from residents.merging import urls as merging_urls
from residents.people import urls as people_urls
from residents.statistics import urls as statistics_urls
from residents.subject_access import urls as subject_access_urls
from residents.verification import urls as verification_urls
from residents.visits import urls as visit_urls

app_name = "residents"

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                *people_urls.urlpatterns,
                *subject_access_urls.urlpatterns,
                *handover_urls.urlpatterns,
                *correction_request_urls.urlpatterns,
                *event_urls.urlpatterns,
                *merging_urls.urlpatterns,
                *statistics_urls.urlpatterns,
                *verification_urls.urlpatterns,
                *data_quality_urls.urlpatterns,
                *head_report_urls.urlpatterns,
                *care_urls.urlpatterns,
                *visit_urls.urlpatterns,
                *health_urls.urlpatterns,
                *form_filling_urls.urlpatterns,
                *home_urls.urlpatterns,
                *event_log_urls.urlpatterns,
            ]
        ),
    ),
    path("head/", include(head_report_urls.head_urlpatterns)),
]
