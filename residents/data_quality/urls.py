"""Addresses of data quality, below a community's."""

from django.urls import path

from residents.data_quality import views

urlpatterns = [
    path("soundness/", views.overview, name="data_quality"),
    path("soundness/run/", views.start_run, name="data_quality_run"),
    path("soundness/export/", views.export, name="data_quality_export"),
    path("soundness/<slug:check>/", views.IssueList.as_view(), name="data_quality_list"),
    path("soundness/<slug:check>/again/", views.ReviewWithdrawal.as_view(), name="data_quality_again"),
    path("soundness/<slug:check>/repair/", views.Repair.as_view(), name="data_quality_repair"),
]
