"""Who lives where."""

from residents.models.dwelling import Dwelling, Verification
from residents.models.event import PopulationEvent
from residents.models.household import Household, Residence
from residents.models.report import ChangeReport

__all__ = ["ChangeReport", "Dwelling", "Household", "PopulationEvent", "Residence", "Verification"]
