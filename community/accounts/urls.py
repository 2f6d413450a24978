from django.urls import include, path

from community.accounts.views import officials, roles

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("accounts/", roles.account_list, name="account_list"),
                path("accounts/grant/", roles.account_grant, name="account_grant"),
                path("accounts/<int:assignment>/end/", roles.role_end, name="role_end"),
                path("accounts/<int:assignment>/link/", roles.account_link, name="account_link"),
                path("accounts/<int:assignment>/person/", roles.account_person, name="account_person"),
            ]
        ),
    ),
    path("deployment/accounts/", officials.official_list, name="official_list"),
    path("deployment/accounts/<int:official>/link/", officials.official_link, name="official_link"),
]
