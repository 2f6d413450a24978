"""Registers of residents/: people, dwellings, households and what changed."""

from residents.registers.changes import PopulationEventRegister, ReportRegister
from residents.registers.homes import DwellingRegister, HouseholdRegister
from residents.registers.people import PersonRegister

__all__ = [
    "DwellingRegister",
    "HouseholdRegister",
    "PersonRegister",
    "PopulationEventRegister",
    "ReportRegister",
]
