"""Registers of residents/: people, dwellings, households and what changed."""

from residents.registers.changes import PopulationEventRegister, ReportRegister
from residents.registers.homes import DwellingRegister, HouseholdRegister
from residents.registers.merges import PersonMergeRegister
from residents.registers.people import PersonRegister

__all__ = [
    "DwellingRegister",
    "HouseholdRegister",
    "PersonMergeRegister",
    "PersonRegister",
    "PopulationEventRegister",
    "ReportRegister",
]
