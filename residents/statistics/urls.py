"""Addresses of the population statistics, below a community's."""

from django.urls import path

from residents.statistics import views

urlpatterns = [
    path("statistics/", views.statistics, name="statistics"),
    path("statistics/export/", views.statistics_export, name="statistics_export"),
    path("statistics/charts/<slug:table>/", views.statistics_chart, name="statistics_chart"),
]
