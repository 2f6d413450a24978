from django.urls import include, path

from community.views import phone

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("phones/", phone.phone_list, name="phone_list"),
                path("phones/slips/", phone.phone_slips, name="phone_slips"),
                path("phones/<int:phone>/end/", phone.phone_end, name="phone_end"),
            ]
        ),
    ),
    path("accounts/phone/", phone.phone_pin, name="phone_pin"),
    path("accounts/phone/bind/<str:token>/", phone.phone_bind, name="phone_bind"),
    path("accounts/phone/<int:phone>/end/", phone.phone_leave, name="phone_leave"),
]
