"""Who lives where, and whom the community looks after."""

from residents.models.care import (
    CareChild,
    CareDismissal,
    Disability,
    Elder,
    LowIncome,
    Maternal,
    Retiree,
    SpecialCare,
    Unemployed,
)
from residents.models.dwelling import Dwelling, Verification
from residents.models.event import PopulationEvent
from residents.models.filling import FormFilling, FormMatch
from residents.models.household import Household, Residence
from residents.models.report import ChangeReport

__all__ = [
    "CareChild",
    "CareDismissal",
    "ChangeReport",
    "Disability",
    "Dwelling",
    "Elder",
    "FormFilling",
    "FormMatch",
    "Household",
    "LowIncome",
    "Maternal",
    "PopulationEvent",
    "Residence",
    "Retiree",
    "SpecialCare",
    "Unemployed",
    "Verification",
]
