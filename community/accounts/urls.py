from django.urls import include, path

from community.accounts.views import absences, officials, roles

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("accounts/", roles.account_list, name="account_list"),
                path("absences/", absences.AbsencePage.as_view(), name="absence_list"),
                path("absences/<uuid:absence>/end/", absences.AbsenceEnd.as_view(), name="absence_end"),
                path("accounts/grant/", roles.AccountGrant.as_view(), name="account_grant"),
                path("accounts/<int:assignment>/end/", roles.RoleEnd.as_view(), name="role_end"),
                path("accounts/<int:assignment>/link/", roles.AccountLink.as_view(), name="account_link"),
                path(
                    "accounts/<int:assignment>/person/", roles.AccountPerson.as_view(), name="account_person"
                ),
            ]
        ),
    ),
    path("deployment/accounts/", officials.official_list, name="official_list"),
    path("deployment/accounts/<int:official>/link/", officials.OfficialLink.as_view(), name="official_link"),
]
