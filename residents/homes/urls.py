"""Addresses of dwellings and households, below a community's."""

from portal.register_pages.views import register_urls
from residents.homes.registers import DwellingRegister, HouseholdRegister

urlpatterns = [
    *register_urls(DwellingRegister),
    *register_urls(HouseholdRegister),
]
