from django.urls import include, path

from community.places.registers import (
    AreaRegister,
    BuildingRegister,
    HeadAppointmentRegister,
    StairwellRegister,
)
from portal.register_pages.views import register_urls

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                *register_urls(AreaRegister),
                *register_urls(BuildingRegister),
                *register_urls(StairwellRegister),
                *register_urls(HeadAppointmentRegister),
            ]
        ),
    ),
]
