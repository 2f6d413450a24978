from django.urls import path

from portal.cases.views import case_urls
from services.requests import street, views
from services.requests.registers import RequestRegister

urlpatterns = [
    path("requests/new/", views.RequestCreate.as_view(), name="request_create"),
    path(
        f"requests/<uuid:row>/steps/{street.TO_STREET}/",
        street.ToStreetPage.as_view(),
        {"step": street.TO_STREET},
        name="request_to_street",
    ),
    path("requests/<uuid:row>/code/", views.CodePage.as_view(), name="request_code"),
    *case_urls(RequestRegister, views.RequestView),
]
