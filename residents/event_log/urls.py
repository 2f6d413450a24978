"""Addresses of the register of population events and of its monthly statement, below a community's."""

from django.urls import path

from portal.register_pages.views import register_urls
from residents.event_log import views
from residents.event_log.registers import PopulationEventRegister

urlpatterns = [
    path("population/", views.statement, name="event_statement"),
    *register_urls(PopulationEventRegister),
]
