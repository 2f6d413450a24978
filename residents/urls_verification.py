"""Addresses of the verification of dwellings, below a community's."""

from django.urls import path

from residents.views import freshness

urlpatterns = [
    path("freshness/", freshness.freshness, name="freshness"),
    path("freshness/export/", freshness.freshness_export, name="freshness_export"),
    path("freshness/print/", freshness.round_print, name="round_print"),
    path("freshness/<uuid:stairwell>/", freshness.round_enter, name="round_enter"),
]
