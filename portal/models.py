"""The models of portal/, gathered for Django; code imports each from its feature."""

# ruff: noqa: F401
from portal.attachments.models import Attachment
from portal.audit.models import AccessLog, RateCounter
from portal.backup.models import Backup
from portal.bulk_change.models import BulkChange, BulkRow
from portal.crypto.models import KeyCheck
from portal.exports.models import GeneratedFile, SensitiveExport
from portal.files.models import FileOwnerQuerySet, StoredFile, StoredFilePart
from portal.form_pages.models import Draft
from portal.forms.models import Submission
from portal.handover.models import Handover
from portal.importing.models import ImportBatch, ImportMapping, ImportRow
from portal.jobs.models import Job
from portal.menu.models import OwnLinks
from portal.published_pages.models import PublicChange
from portal.registers.models import ListPreference
from portal.retention.models import PurgeLog
from portal.saved_lists.models import SavedList, SavedListQuerySet
from portal.todo.models import Reminder, TodoCount
from portal.working_days.models import DeadlineUpdate, SpecialDay
