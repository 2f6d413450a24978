"""Addresses of the verification of dwellings, below a community's."""

from django.urls import path

from residents.verification import views

urlpatterns = [
    path("freshness/", views.coverage, name="freshness"),
    path("freshness/export/", views.coverage_export, name="freshness_export"),
    path("freshness/print/", views.round_print, name="round_print"),
    path("freshness/<uuid:stairwell>/", views.RoundEnter.as_view(), name="round_enter"),
]
