from django.urls import include, path

from portal.views.register import register_urls
from residents import registers

app_name = "residents"

community_patterns = [
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
