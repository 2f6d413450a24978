from django.urls import include, path

from community.setup import views

urlpatterns = [
    path("accounts/setup/<str:token>/", views.setup, name="setup"),
    path(
        "street/",
        include(
            [
                path("communities/", views.street_communities, name="street_communities"),
                path("communities/new/", views.CommunityCreate.as_view(), name="community_create"),
                path(
                    "communities/<slug:code>/director/", views.DirectorGrant.as_view(), name="director_grant"
                ),
                path(
                    "communities/<slug:code>/director/<int:director>/end/",
                    views.DirectorEnd.as_view(),
                    name="director_end",
                ),
                path(
                    "communities/<slug:code>/director/<int:director>/link/",
                    views.DirectorLink.as_view(),
                    name="director_link",
                ),
                path("accounts/", views.street_accounts, name="street_accounts"),
                path(
                    "accounts/<int:holder>/link/",
                    views.StreetAccountLink.as_view(),
                    name="street_account_link",
                ),
            ]
        ),
    ),
]
