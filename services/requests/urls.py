from django.urls import path

from portal.cases.views import case_urls
from portal.register_pages.views import register_urls
from services.requests import views
from services.requests.registers import ReplyTemplateRegister, RequestRegister

urlpatterns = [
    path("requests/new/", views.RequestCreate.as_view(), name="request_create"),
    path("requests/<uuid:row>/code/", views.CodePage.as_view(), name="request_code"),
    path("requests/division/", views.DivisionPage.as_view(), name="request_division"),
    *register_urls(ReplyTemplateRegister),
    *case_urls(RequestRegister, views.RequestView),
]
