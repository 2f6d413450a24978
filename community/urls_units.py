from django.urls import include, path

from community.registers_units import UnitRegister
from portal.views.register import register_urls

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
