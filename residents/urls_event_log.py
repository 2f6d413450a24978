"""Addresses of the register of population events, below a community's."""

from portal.views.register import register_urls
from residents.registers.changes import PopulationEventRegister

urlpatterns = [
    *register_urls(PopulationEventRegister),
]
