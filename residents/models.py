"""The models of residents/, gathered for Django; code imports each from its feature."""

# ruff: noqa: F401
from residents.care.models.base import CareEntry, CareQuerySet, PersonCare
from residents.care.models.child import CareChild
from residents.care.models.disability import Disability
from residents.care.models.dismissal import CareDismissal
from residents.care.models.elder import Elder
from residents.care.models.kind import CareKind
from residents.care.models.low_income import LowIncome
from residents.care.models.maternal import Maternal
from residents.care.models.retiree import Retiree
from residents.care.models.special_care import SpecialCare
from residents.care.models.unemployed import Unemployed, UnemployedQuerySet
from residents.correction_requests.models import CorrectionRequest, CorrectionRequestQuerySet
from residents.data_quality.models import DataQualityRun, IdNumberIssue, IssueReview
from residents.event_log.models import PastResidence, PopulationEvent, PopulationEventQuerySet
from residents.form_filling.models import FormFilling, FormMatch
from residents.head_reports.models import ChangeReport, ChangeReportQuerySet
from residents.health.models import (
    Disease,
    EncryptedRow,
    FollowUp,
    HealthNotice,
    HealthNoticeQuerySet,
    HealthRecord,
    HealthRecordQuerySet,
)
from residents.homes.models import Dwelling, Household, HouseholdQuerySet, Kind, Residence, ResidenceQuerySet
from residents.merging.models import PersonMerge, PersonMergeQuerySet
from residents.verification.models import Verification
from residents.visits.models import Visit, VisitQuerySet
