"""Addresses of the month report, below a community's."""

from django.urls import path

from community.finance import report_views as views
from portal.values import months  # noqa: F401 - the converter of <month:…>

urlpatterns = [
    path("c/<slug:community>/finance/report/", views.finance_report_last, name="finance_report_last"),
    path("c/<slug:community>/finance/<month:month>/", views.finance_report, name="finance_report"),
    path(
        "c/<slug:community>/finance/<month:month>/pdf/", views.finance_report_pdf, name="finance_report_pdf"
    ),
    path(
        "c/<slug:community>/finance/<month:month>/xlsx/",
        views.finance_report_xlsx,
        name="finance_report_xlsx",
    ),
]
