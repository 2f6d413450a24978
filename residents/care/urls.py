"""Addresses of the care registers, below a community's."""

from django.urls import path

from portal.register_pages.views import register_urls
from residents.care import views
from residents.care.models.kind import CareKind
from residents.care.registers import REGISTERS as CARE_REGISTERS

urlpatterns = [
    path("care/", views.overview, name="care_overview"),
    path("care-proposals/", views.suggestion_list, name="care_proposals"),
    path(
        "care-proposals/<slug:rule>/<uuid:person>/dismiss/", views.DismissPage.as_view(), name="care_dismiss"
    ),
    path(
        "disabilities/<uuid:row>/reveal/",
        views.reveal(CareKind.DISABLED, "certificate"),
        name="disability_reveal",
    ),
    path("elders/<uuid:row>/reveal/", views.reveal(CareKind.ELDERLY, "bank_card"), name="elder_reveal"),
    *(pattern for declaration in CARE_REGISTERS.values() for pattern in register_urls(declaration)),
]
