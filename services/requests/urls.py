from django.urls import path

from portal.cases.views import case_urls
from services.requests import call_back_views, report_views, views
from services.requests.registers import RequestRegister

urlpatterns = [
    path("requests/new/", views.RequestCreate.as_view(), name="request_create"),
    path("requests/call-backs/", call_back_views.CallBacks.as_view(), name="request_call_backs"),
    path("requests/report/", report_views.request_report, name="request_report"),
    path("requests/report/export/", report_views.request_report_export, name="request_report_export"),
    path("requests/report/print/", report_views.request_report_print, name="request_report_print"),
    path("requests/report/chart/", report_views.request_report_chart, name="request_report_chart"),
    path("requests/<uuid:row>/code/", views.CodePage.as_view(), name="request_code"),
    *case_urls(RequestRegister, views.RequestView),
]
