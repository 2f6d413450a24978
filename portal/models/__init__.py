"""Portal's own tables. They hold community and user ids as plain integers, since portal knows no domain app."""

from portal.models.access_log import AccessLog, RateCounter
from portal.models.attachment import Attachment
from portal.models.bulk import BulkChange, BulkRow
from portal.models.handed_over import HandedOver
from portal.models.job import Job
from portal.models.keeping import Backup, KeyCanary
from portal.models.made_file import MadeFile, MadeFilePart
from portal.models.preference import ListPreference
from portal.models.release import Release, ReleasePart
from portal.models.reminder import Reminder
from portal.models.saved_list import SavedList
from portal.models.staging import ImportBatch, ImportMapping, ImportRow
from portal.models.submission import Submission

__all__ = [
    "AccessLog",
    "Attachment",
    "Backup",
    "BulkChange",
    "BulkRow",
    "HandedOver",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "Job",
    "KeyCanary",
    "ListPreference",
    "MadeFile",
    "MadeFilePart",
    "RateCounter",
    "Release",
    "ReleasePart",
    "Reminder",
    "SavedList",
    "Submission",
]
