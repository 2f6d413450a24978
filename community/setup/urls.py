from django.urls import include, path

from community.setup import views

urlpatterns = [
    path("accounts/setup/<str:token>/", views.setup, name="setup"),
    path(
        "street/",
        include(
            [
                path("communities/", views.street_communities, name="street_communities"),
                path("communities/new/", views.community_create, name="community_create"),
                path("communities/<slug:code>/director/", views.director_grant, name="director_grant"),
                path(
                    "communities/<slug:code>/director/<int:director>/end/",
                    views.director_end,
                    name="director_end",
                ),
                path(
                    "communities/<slug:code>/director/<int:director>/link/",
                    views.director_link,
                    name="director_link",
                ),
                path("accounts/", views.street_accounts, name="street_accounts"),
                path("accounts/<int:holder>/link/", views.street_account_link, name="street_account_link"),
            ]
        ),
    ),
]
