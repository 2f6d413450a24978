"""Addresses of people, below a community's."""

from django.urls import path

from portal.register_pages.views import register_urls
from residents.people import views
from residents.people.registers import PersonRegister

urlpatterns = [
    path(
        "people/export/full/",
        views.FullExport.as_view(register=PersonRegister()),
        name="person_export_full",
    ),
    path("people/<uuid:row>/reveal/", views.PersonReveal.as_view(), name="person_reveal"),
    *register_urls(PersonRegister),
]
