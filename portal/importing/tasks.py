"""Import as a kind of batch: its steps, always in the background."""

import logging

from django.db import IntegrityError
from django.utils import timezone

from portal.access.user_access import Access
from portal.batches.kinds import BatchKind, BatchRefused
from portal.database.bulk_sql import ConcurrentUpdate
from portal.importing import batches
from portal.importing.importers import importer_for
from portal.importing.models import ImportBatch
from portal.importing.protocol import ImportTarget
from portal.importing.undo import undo
from portal.spreadsheets.errors import SpreadsheetError

logger = logging.getLogger(__name__)


def _check(batch: ImportBatch, register, access, community, step) -> str:
    try:
        batches.check(batch, importer_for(register), _target(batch, access), step)
    except SpreadsheetError as problem:
        raise BatchRefused(str(problem)) from problem
    return f"{batch.file_name} 已检查。"


def _apply(batch: ImportBatch, register, access, community, step) -> str:
    try:
        batches.apply(batch, importer_for(register), _target(batch, access), step)
    except (ConcurrentUpdate, IntegrityError) as problem:
        logger.warning("import %s met a change of the register: %s", batch.uuid, type(problem).__name__)
        raise BatchRefused("导入时台账正在被他人修改，没有写入任何内容。请重新检查后再导入。") from problem
    return f"{batch.file_name} 已导入。"


def _undo(batch: ImportBatch, register, access, community, step) -> str:
    """A refusal is kept with the report; the batch stays applied."""
    batch.undone_by = access.user.pk
    try:
        undo(batch, importer_for(register), step)
    except BatchRefused as reason:
        batch.state = ImportBatch.State.APPLIED
        batch.report = batch.report | {"not_undone": str(reason)}
        batch.save(update_fields=["state", "report"])
        return str(reason)
    return f"{batch.file_name} 的导入已撤销。"


def _target(batch: ImportBatch, access: Access) -> ImportTarget:
    return ImportTarget(batch.community_id, access.user.pk, timezone.localdate())


IMPORT = BatchKind(
    ImportBatch,
    right=lambda register: register.import_right,
    gone="这份表格已放弃，没有改动任何内容。",
    check=_check,
    apply=_apply,
    undo=_undo,
)
