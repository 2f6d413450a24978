"""Addresses of correction requests, below a community's."""

from django.urls import path

from portal.views.register import register_urls
from residents.registers.requests import CorrectionRequestRegister
from residents.views import correction_request

urlpatterns = [
    path("people/<uuid:person>/corrections/new/", correction_request.take, name="correction_take"),
    path(
        "corrections/<uuid:row>/",
        correction_request.CorrectionRequestView.as_view(),
        name="correction_detail",
    ),
    path("corrections/<uuid:row>/grant/", correction_request.grant, name="correction_grant"),
    path("corrections/<uuid:row>/refuse/", correction_request.refuse, name="correction_refuse"),
    path("corrections/<uuid:row>/answer.pdf", correction_request.print_answer, name="correction_print"),
    *register_urls(CorrectionRequestRegister),
]
