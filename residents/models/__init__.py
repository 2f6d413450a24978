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
from residents.models.correction_request import CorrectionRequest
from residents.models.dwelling import Dwelling
from residents.models.event import PopulationEvent
from residents.models.filling import FormFilling, FormMatch
from residents.models.health import FollowUp, HealthNotice, HealthRecord
from residents.models.household import Household, Residence
from residents.models.merge import PersonMerge
from residents.models.past_residence import PastResidence
from residents.models.report import ChangeReport
from residents.models.soundness import FindingReview, NumberFinding, SoundnessRun
from residents.models.verification import Verification
from residents.models.visit import Visit

__all__ = [
    "CareChild",
    "CareDismissal",
    "ChangeReport",
    "CorrectionRequest",
    "Disability",
    "Dwelling",
    "Elder",
    "FindingReview",
    "FollowUp",
    "FormFilling",
    "FormMatch",
    "HealthNotice",
    "HealthRecord",
    "Household",
    "LowIncome",
    "Maternal",
    "NumberFinding",
    "PastResidence",
    "PersonMerge",
    "PopulationEvent",
    "Residence",
    "Retiree",
    "SoundnessRun",
    "SpecialCare",
    "Unemployed",
    "Verification",
    "Visit",
]
