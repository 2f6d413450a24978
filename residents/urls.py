from django.urls import include, path

from portal.views.register import register_urls
from residents import registers
from residents.views import person
from residents.views.person import FullExportView

app_name = "residents"

community_patterns = [
    path(
        "people/export/full/",
        FullExportView.as_view(register=registers.PersonRegister()),
        name="person_export_full",
    ),
    path("people/<uuid:row>/reveal/", person.reveal, name="person_reveal"),
    *register_urls(registers.PersonRegister),
    *register_urls(registers.DwellingRegister),
    *register_urls(registers.HouseholdRegister),
    *register_urls(registers.PopulationEventRegister),
]

head_patterns = []

urlpatterns = [
    path("c/<slug:community>/", include(community_patterns)),
    path("head/", include(head_patterns)),
]
