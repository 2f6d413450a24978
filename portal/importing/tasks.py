"""Background jobs of an import. Each runs in one transaction: a killed worker leaves all or nothing."""

import logging

from django.db import IntegrityError
from django.utils import timezone

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.database.bulk_sql import ConcurrentUpdate
from portal.importing import batches
from portal.importing.importers import importer_for
from portal.importing.models import ImportBatch
from portal.importing.protocol import ImportTarget
from portal.importing.undo import ImportUndoRefused, undo
from portal.jobs.jobs import JobFailed, Progress, background
from portal.registers.registry import get_register
from portal.spreadsheets.errors import SpreadsheetError

logger = logging.getLogger(__name__)


def _required_right(*, community_id: int, batch_id: int) -> Permission:
    batch = ImportBatch.objects.filter(community_id=community_id, pk=batch_id).only("register").first()
    if batch is None:
        raise JobFailed("这份表格已放弃，没有改动任何内容。")
    return get_register(batch.register).import_right


@background(_required_right, name="portal.check_import")
def check_import(progress: Progress, *, access: Access, community: CommunityRef, batch_id: int):
    """Check an uploaded file and stage its rows."""
    batch = batches.lock_for_job(batch_id, progress.job_id, ImportBatch.State.CHECKING, community.id)
    if batch is None:
        return {"message": "已由另一项任务处理。"}
    try:
        batches.check(batch, *_importer(batch, access), _report_to(progress))
    except SpreadsheetError as problem:
        raise JobFailed(str(problem)) from problem
    return {"message": f"{batch.file_name} 已检查。"}


@background(_required_right, name="portal.apply_import")
def apply_import(progress: Progress, *, access: Access, community: CommunityRef, batch_id: int):
    """Apply the valid rows of a checked batch."""
    batch = batches.lock_for_job(batch_id, progress.job_id, ImportBatch.State.APPLYING, community.id)
    if batch is None:
        return {"message": "已由另一项任务处理。"}
    try:
        batches.apply(batch, *_importer(batch, access), _report_to(progress))
    except (ConcurrentUpdate, IntegrityError) as problem:
        logger.warning("import %s met a change of the register: %s", batch.uuid, type(problem).__name__)
        raise JobFailed("导入时台账正在被他人修改，没有写入任何内容。请重新检查后再导入。") from problem
    return {"message": f"{batch.file_name} 已导入。"}


@background(_required_right, name="portal.undo_import")
def undo_import(progress: Progress, *, access: Access, community: CommunityRef, batch_id: int):
    """Undo an applied batch, or report why not."""
    batch = batches.lock_for_job(batch_id, progress.job_id, ImportBatch.State.UNDOING, community.id)
    if batch is None:
        return {"message": "已由另一项任务处理。"}
    try:
        undo(batch, _report_to(progress))
    except ImportUndoRefused as reason:
        batch.state = ImportBatch.State.APPLIED
        batch.report = batch.report | {"not_undone": str(reason)}
        batch.save(update_fields=["state", "report"])
        return {"message": str(reason)[:300]}
    return {"message": f"{batch.file_name} 的导入已撤销。"}


def _importer(batch: ImportBatch, access: Access):
    into = ImportTarget(batch.community_id, access.user.pk, timezone.localdate())
    return importer_for(get_register(batch.register)), into


def _report_to(progress: Progress):
    """Step function that reports a fraction from 0 to 1 as per cent of the job."""
    return lambda done: progress.step(min(99, int(done * 100)), 100)
