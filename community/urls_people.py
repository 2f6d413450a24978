from django.urls import include, path

from community.views import person

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("pick/person/", person.pick, name="person_pick"),
            ]
        ),
    ),
]
