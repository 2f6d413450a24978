"""Addresses of the population statistics, below a community's."""

from django.urls import path

from residents.views import statistics

urlpatterns = [
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/export/", statistics.statistics_export, name="statistics_export"),
    path("statistics/charts/<slug:table>/", statistics.statistics_chart, name="statistics_chart"),
]
