from django.urls import path

from portal.cases.views import case_urls
from portal.register_pages.views import register_urls
from services.requests import spam_views, views
from services.requests.registers import ReplyTemplateRegister, RequestRegister

urlpatterns = [
    path("requests/new/", views.RequestCreate.as_view(), name="request_create"),
    path("requests/<uuid:row>/code/", views.CodePage.as_view(), name="request_code"),
    path("requests/division/", views.DivisionPage.as_view(), name="request_division"),
    *register_urls(ReplyTemplateRegister),
    path("requests/suspected/", spam_views.SuspectedList.as_view(), name="request_suspected"),
    path("requests/rejected/", spam_views.RejectedList.as_view(), name="request_rejected"),
    *case_urls(RequestRegister, views.RequestView),
]
