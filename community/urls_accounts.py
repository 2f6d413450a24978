from django.urls import include, path

from community.views import accounts, official

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("accounts/", accounts.account_list, name="account_list"),
                path("accounts/grant/", accounts.account_grant, name="account_grant"),
                path("accounts/<int:assignment>/end/", accounts.role_end, name="role_end"),
                path("accounts/<int:assignment>/link/", accounts.account_link, name="account_link"),
                path("accounts/<int:assignment>/person/", accounts.account_person, name="account_person"),
            ]
        ),
    ),
    path("deployment/accounts/", official.official_list, name="official_list"),
    path("deployment/accounts/<int:official>/link/", official.official_link, name="official_link"),
]
