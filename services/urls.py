"""Pages of the community's desk, one module a feature."""

from django.urls import include, path

app_name = "services"

urlpatterns = [
    path("p/<slug:code>/", include("services.complaints.public_urls")),
    # Before those of requests: it answers one of their steps.
    path("c/<slug:community>/", include("services.complaints.urls")),
    path("c/<slug:community>/", include([path("", include("services.requests.urls"))])),
]
