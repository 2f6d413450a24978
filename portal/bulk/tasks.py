"""The jobs of large bulk changes. Each runs in one transaction: a killed worker leaves all or nothing."""

from portal.bulk import batches
from portal.bulk.undo import undo
from portal.jobs import JobFailed, Progress, access_of, background
from portal.models import BulkChange
from portal.registers import get_register


@background
def check_bulk(progress: Progress, *, community_id: int, user_id: int, batch_id: int):
    """Try the value on every chosen row."""
    if (found := _take(progress, BulkChange.State.CHECKING, community_id, user_id, batch_id)) is None:
        return None
    batch, register, access, community = found
    batches.check(batch, register, access, community, _shown_on(progress))
    return {"message": "已检查，请核对后确认。"}


@background
def apply_bulk(progress: Progress, *, community_id: int, user_id: int, batch_id: int):
    """Write a checked bulk change."""
    if (found := _take(progress, BulkChange.State.APPLYING, community_id, user_id, batch_id)) is None:
        return None
    batch, register, access, community = found
    try:
        batches.apply(batch, register, access, community, access.user, _shown_on(progress))
    except batches.NotChanged as reason:
        raise JobFailed(str(reason)) from reason
    return {"message": "已修改。"}


@background
def undo_bulk(progress: Progress, *, community_id: int, user_id: int, batch_id: int):
    """Take a bulk change back."""
    if (found := _take(progress, BulkChange.State.UNDOING, community_id, user_id, batch_id)) is None:
        return None
    batch, register, access, community = found
    try:
        undo(batch, register, community, access.user, _shown_on(progress))
    except batches.NotChanged as reason:
        raise JobFailed(str(reason)) from reason
    return {"message": "已撤销。"}


def _take(progress: Progress, state: str, community_id: int, user_id: int, batch_id: int):
    """The batch of this job, locked, with what the work needs; None when another job has it."""
    found = BulkChange.objects.select_for_update().filter(community_id=community_id, pk=batch_id)
    batch = found.filter(job_id=progress.job_id, state=state).first()
    if batch is None:
        return None
    register = get_register(batch.register)
    access, community = access_of(user_id, community_id, register.edit)
    return batch, register, access, community


def _shown_on(progress: Progress):
    """Work between 0 and 1 as whole per cent of the job."""
    return lambda done: progress.step(min(99, int(done * 100)), 100)
