"""Addresses of data quality, below a community's."""

from django.urls import path

from residents.data_quality import views

urlpatterns = [
    path("soundness/", views.overview, name="soundness"),
    path("soundness/run/", views.start_run, name="soundness_run"),
    path("soundness/export/", views.export, name="soundness_export"),
    path("soundness/<slug:check>/", views.issue_list, name="soundness_list"),
    path("soundness/<slug:check>/right/", views.review, name="soundness_review"),
    path("soundness/<slug:check>/again/", views.withdraw_review, name="soundness_again"),
    path("soundness/<slug:check>/repair/", views.repair, name="soundness_repair"),
]
