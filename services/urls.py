"""Pages of the community's desk and of the building head's phone, one module a feature."""

from django.urls import include, path

from services.head_requests.urls import head_urlpatterns

app_name = "services"

urlpatterns = [
    path("p/<slug:code>/", include("services.complaints.public_urls")),
    # Before those of requests: it answers one of their steps.
    path("c/<slug:community>/", include("services.complaints.urls")),
    path("c/<slug:community>/", include([path("", include("services.requests.urls"))])),
    path("", include("services.public_site.urls")),
    path("head/", include(head_urlpatterns)),
    path("c/<slug:community>/", include("services.proposals.urls")),
    path("c/<slug:community>/", include("services.hotline.urls")),
]
