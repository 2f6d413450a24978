"""Addresses of the register of population events, below a community's."""

from portal.register_pages.views import register_urls
from residents.event_log.registers import PopulationEventRegister

urlpatterns = [
    *register_urls(PopulationEventRegister),
]
