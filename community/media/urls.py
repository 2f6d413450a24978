from django.urls import include, path

from community.media.registers import MediumRegister
from portal.register_pages.views import register_urls

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                *register_urls(MediumRegister),
            ]
        ),
    ),
]
