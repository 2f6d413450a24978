from django.urls import include, path

from community.home import views

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("", views.community_home, name="community_home"),
                path("desk/<slug:area>/", views.area_front, name="desk_area"),
            ]
        ),
    ),
    path("home/", views.home, name="home"),
]
