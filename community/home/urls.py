from django.urls import include, path

from community.home import views

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("", views.community_home, name="community_home"),
                path("areas/<slug:area>/", views.area_front, name="area"),
            ]
        ),
    ),
    path("home/", views.home, name="home"),
]
