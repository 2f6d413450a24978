"""Address of a building's chart, below a community's."""

from django.urls import path

from residents.building_chart import views

urlpatterns = [path("buildings/<uuid:building>/chart/", views.chart, name="building_chart")]
