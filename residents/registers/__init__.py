"""Registers of residents/: people, dwellings, households, what changed, and home visits."""

from residents.registers.changes import PopulationEventRegister, ReportRegister
from residents.registers.homes import DwellingRegister, HouseholdRegister
from residents.registers.people import PersonRegister
from residents.registers.visits import VisitRegister

__all__ = [
    "DwellingRegister",
    "HouseholdRegister",
    "PersonRegister",
    "PopulationEventRegister",
    "ReportRegister",
    "VisitRegister",
]
