"""Portal's own tables. They hold community and user ids as plain integers, since portal knows no domain app."""

from portal.models.access_log import AccessLog, RateCounter
from portal.models.export import Export, ExportPart
from portal.models.job import Job
from portal.models.preference import ListPreference
from portal.models.staging import ImportBatch, ImportMapping, ImportRow
from portal.models.submission import Submission

__all__ = [
    "AccessLog",
    "Export",
    "ExportPart",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "Job",
    "ListPreference",
    "RateCounter",
    "Submission",
]
