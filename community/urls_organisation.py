from django.urls import include, path

from community.views import organisation

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("organisation/", organisation.organisation, name="organisation"),
            ]
        ),
    ),
]
