from django.urls import include, path

from community.views import setup

urlpatterns = [
    path("accounts/setup/<str:token>/", setup.setup, name="setup"),
    path(
        "street/",
        include(
            [
                path("communities/", setup.street_communities, name="street_communities"),
                path("communities/new/", setup.community_create, name="community_create"),
                path("communities/<slug:code>/director/", setup.director_grant, name="director_grant"),
                path(
                    "communities/<slug:code>/director/<int:director>/end/",
                    setup.director_end,
                    name="director_end",
                ),
                path(
                    "communities/<slug:code>/director/<int:director>/link/",
                    setup.director_link,
                    name="director_link",
                ),
                path("accounts/", setup.street_accounts, name="street_accounts"),
                path("accounts/<int:holder>/link/", setup.street_account_link, name="street_account_link"),
            ]
        ),
    ),
]
