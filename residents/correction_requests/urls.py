"""Addresses of correction requests, below a community's."""

from django.urls import path

from portal.register_pages.views import register_urls
from residents.correction_requests import views
from residents.correction_requests.registers import CorrectionRequestRegister

urlpatterns = [
    path("people/<uuid:person>/corrections/new/", views.RequestCreate.as_view(), name="correction_take"),
    path(
        "corrections/<uuid:row>/",
        views.CorrectionRequestView.as_view(),
        name="correction_detail",
    ),
    path("corrections/<uuid:row>/grant/", views.Grant.as_view(), name="correction_grant"),
    path("corrections/<uuid:row>/refuse/", views.Refuse.as_view(), name="correction_refuse"),
    path("corrections/<uuid:row>/answer.pdf", views.print_answer, name="correction_print"),
    *register_urls(CorrectionRequestRegister),
]
