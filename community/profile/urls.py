from django.urls import include, path

from community.profile import views
from community.profile.registers import HonourRegister, ServiceHoursRegister
from portal.register_pages.views import register_urls

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("profile/", views.ProfileEdit.as_view(), name="profile_edit"),
                *register_urls(HonourRegister),
                *register_urls(ServiceHoursRegister),
            ]
        ),
    ),
]
