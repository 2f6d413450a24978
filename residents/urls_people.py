"""Addresses of people, below a community's."""

from django.urls import path

from portal.views.register import register_urls
from residents.registers.people import PersonRegister
from residents.views import person
from residents.views.person import FullExportView

urlpatterns = [
    path(
        "people/export/full/",
        FullExportView.as_view(register=PersonRegister()),
        name="person_export_full",
    ),
    path("people/<uuid:row>/reveal/", person.reveal, name="person_reveal"),
    *register_urls(PersonRegister),
]
