"""Addresses of data quality, below a community's."""

from django.urls import path

from residents.views import soundness

urlpatterns = [
    path("soundness/", soundness.overview, name="soundness"),
    path("soundness/run/", soundness.ask, name="soundness_run"),
    path("soundness/export/", soundness.export, name="soundness_export"),
    path("soundness/<slug:check>/", soundness.listing, name="soundness_list"),
    path("soundness/<slug:check>/right/", soundness.review, name="soundness_review"),
    path("soundness/<slug:check>/again/", soundness.list_again, name="soundness_again"),
    path("soundness/<slug:check>/repair/", soundness.repair, name="soundness_repair"),
]
