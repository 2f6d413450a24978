"""Addresses of dwellings and households, below a community's."""

from portal.views.register import register_urls
from residents.registers.homes import DwellingRegister, HouseholdRegister

urlpatterns = [
    *register_urls(DwellingRegister),
    *register_urls(HouseholdRegister),
]
