from django.urls import include, path

from community.street_office import views
from portal.values import months  # noqa: F401 - the converter of <month:…>

urlpatterns = [
    path(
        "street/",
        include(
            [
                path("", views.street_home, name="street_home"),
                path("bulletins/<month:month>.zip", views.street_month, name="street_month"),
                path("bulletins/<slug:code>/<month:month>.pdf", views.street_print, name="street_print"),
                path(
                    "bulletins/<slug:code>/<month:month>/",
                    views.StreetBulletin.as_view(),
                    name="street_bulletin",
                ),
                path(
                    "bulletins/<slug:code>/<month:month>/read/",
                    views.StreetRead.as_view(),
                    name="street_read",
                ),
            ]
        ),
    ),
]
