"""Pages of the community's desk and of the building head's phone, one module a feature."""

from django.urls import include, path

from residents.head_reports.urls import head_urlpatterns

app_name = "residents"

community_patterns = [
    path("", include("residents.people.urls")),
    path("", include("residents.subject_access.urls")),
    path("", include("residents.handover.urls")),
    path("", include("residents.correction_requests.urls")),
    path("", include("residents.events.urls")),
    path("", include("residents.merging.urls")),
    path("", include("residents.statistics.urls")),
    path("", include("residents.verification.urls")),
    path("", include("residents.data_quality.urls")),
    path("", include("residents.head_reports.urls")),
    path("", include("residents.care.urls")),
    path("", include("residents.building_chart.urls")),
    path("", include("residents.visits.urls")),
    path("", include("residents.health.urls")),
    path("", include("residents.form_filling.urls")),
    path("", include("residents.homes.urls")),
    path("", include("residents.event_log.urls")),
]

urlpatterns = [
    path("c/<slug:community>/", include(community_patterns)),
    path("head/", include(head_urlpatterns)),
]
