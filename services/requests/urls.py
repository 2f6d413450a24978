from django.urls import path

from portal.cases.views import case_urls
from services.requests import views
from services.requests.registers import RequestRegister

urlpatterns = [
    path("requests/new/", views.RequestCreate.as_view(), name="request_create"),
    path("requests/new/hints/", views.HintsView.as_view(), name="request_hints"),
    path("requests/<uuid:row>/code/", views.CodePage.as_view(), name="request_code"),
    path("requests/<uuid:row>/code/replace/", views.ReplaceCodePage.as_view(), name="request_replace_code"),
    path("requests/<uuid:row>/receipt/", views.ReceiptView.as_view(), name="request_receipt"),
    path("requests/<uuid:row>/forward/", views.ForwardPaperPage.as_view(), name="request_forward_paper"),
    path("requests/<uuid:row>/answer/", views.AnswerPaperView.as_view(), name="request_answer_paper"),
    path("tasks/<uuid:task>/request/", views.TaskRequestPage.as_view(), name="task_request"),
    *case_urls(RequestRegister, views.RequestView),
]
