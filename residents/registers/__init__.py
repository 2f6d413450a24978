"""Registers of residents/: people, dwellings, households, changes and corrections, care and home visits."""

from residents.registers.care import REGISTERS as CARE_REGISTERS
from residents.registers.care import (
    CareChildRegister,
    DisabilityRegister,
    ElderRegister,
    LowIncomeRegister,
    MaternalRegister,
    RetireeRegister,
    SpecialCareRegister,
    UnemployedRegister,
)
from residents.registers.changes import PopulationEventRegister, ReportRegister
from residents.registers.homes import DwellingRegister, HouseholdRegister
from residents.registers.merges import PersonMergeRegister
from residents.registers.people import PersonRegister
from residents.registers.requests import CorrectionRequestRegister
from residents.registers.visits import VisitRegister

__all__ = [
    "CARE_REGISTERS",
    "CareChildRegister",
    "CorrectionRequestRegister",
    "DisabilityRegister",
    "DwellingRegister",
    "ElderRegister",
    "HouseholdRegister",
    "LowIncomeRegister",
    "MaternalRegister",
    "PersonMergeRegister",
    "PersonRegister",
    "PopulationEventRegister",
    "ReportRegister",
    "RetireeRegister",
    "SpecialCareRegister",
    "UnemployedRegister",
    "VisitRegister",
]
