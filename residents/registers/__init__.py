"""Registers of residents/: people, dwellings, households and what changed."""

from residents.registers.changes import PopulationEventRegister, ReportRegister
from residents.registers.homes import DwellingRegister, HouseholdRegister
from residents.registers.people import PersonRegister
from residents.registers.requests import CorrectionRequestRegister

__all__ = [
    "CorrectionRequestRegister",
    "DwellingRegister",
    "HouseholdRegister",
    "PersonRegister",
    "PopulationEventRegister",
    "ReportRegister",
]
