"""Pages of the community's desk, one module a feature."""

from django.urls import include, path

app_name = "services"

urlpatterns = [
    path("c/<slug:community>/", include([path("", include("services.requests.urls"))])),
    path("c/<slug:community>/", include("services.proposals.urls")),
    path("c/<slug:community>/", include("services.hotline.urls")),
]
