from django.urls import include, path

from community.registers_profile import HonourRegister, ServiceHoursRegister, VenueRegister
from community.views import profile
from portal.views.register import register_urls

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("profile/", profile.profile_edit, name="profile_edit"),
                *register_urls(HonourRegister),
                *register_urls(VenueRegister),
                *register_urls(ServiceHoursRegister),
            ]
        ),
    ),
]
