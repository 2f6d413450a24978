from django.urls import include, path

from community.organisation import views

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("organisation/", views.organisation, name="organisation"),
            ]
        ),
    ),
]
