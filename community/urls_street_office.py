from django.urls import include, path

from community import months  # noqa: F401 - the converter of <month:…>
from community.views import street

urlpatterns = [
    path(
        "street/",
        include(
            [
                path("", street.street_home, name="street_home"),
                path("bulletins/<month:month>.zip", street.street_month, name="street_month"),
                path("bulletins/<slug:code>/<month:month>.pdf", street.street_print, name="street_print"),
                path("bulletins/<slug:code>/<month:month>/", street.street_bulletin, name="street_bulletin"),
                path("bulletins/<slug:code>/<month:month>/read/", street.street_read, name="street_read"),
                path(
                    "bulletins/<slug:code>/<month:month>/remark/", street.street_remark, name="street_remark"
                ),
            ]
        ),
    ),
]
