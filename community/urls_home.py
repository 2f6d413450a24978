from django.urls import include, path

from community.views import home

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("", home.community_home, name="community_home"),
            ]
        ),
    ),
    path("home/", home.home, name="home"),
]
