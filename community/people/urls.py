from django.urls import include, path

from community.people import views

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("pick/person/", views.pick_person, name="person_pick"),
            ]
        ),
    ),
]
