from django.urls import include, path

from community.phones import views

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("phones/", views.phone_list, name="phone_list"),
                path("phones/slips/", views.PhoneSlips.as_view(), name="phone_slips"),
                path("phones/<int:phone>/end/", views.PhoneEnd.as_view(), name="phone_end"),
            ]
        ),
    ),
    path("accounts/phone/", views.phone_pin, name="phone_pin"),
    path("accounts/phone/bind/<str:token>/", views.phone_bind, name="phone_bind"),
    path("accounts/phone/<int:phone>/end/", views.phone_leave, name="phone_leave"),
]
