from django.urls import path

from portal.cases.views import case_urls
from portal.register_pages.views import register_urls
from services.requests import call_back_views, report_views, spam_views, street, views
from services.requests.registers import ReplyTemplateRegister, RequestRegister

urlpatterns = [
    path("requests/new/", views.RequestCreate.as_view(), name="request_create"),
    path("requests/new/hints/", views.HintsView.as_view(), name="request_hints"),
    path("requests/call-backs/", call_back_views.CallBacks.as_view(), name="request_call_backs"),
    path("requests/report/", report_views.request_report, name="request_report"),
    path("requests/report/export/", report_views.request_report_export, name="request_report_export"),
    path("requests/report/print/", report_views.request_report_print, name="request_report_print"),
    path("requests/report/chart/", report_views.request_report_chart, name="request_report_chart"),
    path(
        f"requests/<uuid:row>/steps/{street.TO_STREET}/",
        street.ToStreetPage.as_view(),
        {"step": street.TO_STREET},
        name="request_to_street",
    ),
    path("requests/<uuid:row>/code/", views.CodePage.as_view(), name="request_code"),
    path("requests/division/", views.DivisionPage.as_view(), name="request_division"),
    *register_urls(ReplyTemplateRegister),
    path("requests/suspected/", spam_views.SuspectedList.as_view(), name="request_suspected"),
    path("requests/rejected/", spam_views.RejectedList.as_view(), name="request_rejected"),
    path("requests/<uuid:row>/code/replace/", views.ReplaceCodePage.as_view(), name="request_replace_code"),
    path("requests/<uuid:row>/receipt/", views.ReceiptView.as_view(), name="request_receipt"),
    path("requests/<uuid:row>/forward/", views.ForwardPaperPage.as_view(), name="request_forward_paper"),
    path("requests/<uuid:row>/answer/", views.AnswerPaperView.as_view(), name="request_answer_paper"),
    path("tasks/<uuid:task>/request/", views.TaskRequestPage.as_view(), name="task_request"),
    *case_urls(RequestRegister, views.RequestView),
]
