"""Addresses of agreements, below a community's."""

from django.urls import include, path

from community.agreements import views
from community.agreements.promise_registers import FulfilmentRegister, PromiseRegister
from community.agreements.registers import AgreementRegister
from portal.register_pages.views import register_urls

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("agreements/<uuid:row>/sign/", views.Sign.as_view(), name="agreement_sign"),
                path("agreements/<uuid:row>/unsign/", views.TakeBack.as_view(), name="agreement_unsign"),
                path("agreements/<uuid:row>/renew/", views.Renew.as_view(), name="agreement_renew"),
                path("agreements/<uuid:row>/end/", views.End.as_view(), name="agreement_end"),
                path("agreements/<uuid:row>/restore/", views.Restore.as_view(), name="agreement_restore"),
                path("agreements/<uuid:row>/paper/", views.Paper.as_view(), name="agreement_paper"),
                path(
                    "promises/<uuid:row>/unfulfilled/",
                    views.Unfulfilled.as_view(),
                    name="promise_unfulfilled",
                ),
                path("promises/<uuid:row>/reopen/", views.Reopen.as_view(), name="promise_reopen"),
                *register_urls(AgreementRegister),
                *register_urls(PromiseRegister),
                *register_urls(FulfilmentRegister),
            ]
        ),
    ),
]
