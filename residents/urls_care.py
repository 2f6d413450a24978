"""Addresses of the care registers, below a community's."""

from django.urls import path

from portal.views.register import register_urls
from residents.care import CareKind
from residents.registers.care import REGISTERS as CARE_REGISTERS
from residents.views import care

urlpatterns = [
    path("care/", care.overview, name="care_overview"),
    path("care-proposals/", care.proposals, name="care_proposals"),
    path("care-proposals/<slug:rule>/<uuid:person>/dismiss/", care.dismiss, name="care_dismiss"),
    path(
        "disabilities/<uuid:row>/reveal/",
        care.reveal(CareKind.DISABLED, "certificate"),
        name="disability_reveal",
    ),
    path("elders/<uuid:row>/reveal/", care.reveal(CareKind.ELDERLY, "bank_card"), name="elder_reveal"),
    *(pattern for declaration in CARE_REGISTERS.values() for pattern in register_urls(declaration)),
]
