from django.urls import include, path

from community.ballots import views

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path(
                    "activities/<uuid:row>/ballots/<slug:ballot_kind>/",
                    views.AddPage.as_view(),
                    name="activity_ballot",
                ),
                path("ballots/<uuid:ballot>/change/", views.ChangePage.as_view(), name="ballot_change"),
                path("ballots/<uuid:ballot>/delete/", views.DeletePage.as_view(), name="ballot_delete"),
            ]
        ),
    ),
]
