from django.urls import include, path

from community.units.registers import UnitRegister
from portal.register_pages.views import register_urls

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                *register_urls(UnitRegister),
            ]
        ),
    ),
]
