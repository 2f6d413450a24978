"""Pages of the community's desk, one module a feature."""

from django.urls import include, path

app_name = "services"

urlpatterns = [
    path("c/<slug:community>/", include([path("", include("services.requests.urls"))])),
    path("", include("services.public_site.urls")),
]
