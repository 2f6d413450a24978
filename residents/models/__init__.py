"""Who lives where."""

from residents.models.dwelling import Dwelling, Verification
from residents.models.event import PopulationEvent
from residents.models.household import Household, Residence
from residents.models.merge import PersonMerge
from residents.models.report import ChangeReport
from residents.models.soundness import FindingReview, NumberFinding, SoundnessRun

__all__ = [
    "ChangeReport",
    "Dwelling",
    "FindingReview",
    "Household",
    "NumberFinding",
    "PersonMerge",
    "PopulationEvent",
    "Residence",
    "SoundnessRun",
    "Verification",
]
