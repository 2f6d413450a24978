"""Background jobs of large bulk changes. Each runs in one transaction: a killed worker leaves all or nothing."""

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.bulk_change import batches
from portal.bulk_change.models import BulkChange
from portal.bulk_change.undo import undo
from portal.jobs.jobs import JobFailed, Progress, background
from portal.registers.registers import Register
from portal.registers.registry import get_register


def _required_right(*, community_id: int, batch_id: int) -> Permission:
    batch = BulkChange.objects.filter(community_id=community_id, pk=batch_id).only("register").first()
    if batch is None:
        raise JobFailed("这次批量修改已放弃，没有改动任何内容。")
    return get_register(batch.register).edit


@background(_required_right, name="portal.check_bulk")
def check_bulk(progress: Progress, *, access: Access, community: CommunityRef, batch_id: int):
    """Validate the value on every chosen row."""
    if (batch_and_register := _lock_batch(progress, BulkChange.State.CHECKING, community, batch_id)) is None:
        return None
    batch, register = batch_and_register
    batches.check(batch, register, access, community, _report_to(progress))
    return {"message": "已检查，请核对后确认。"}


@background(_required_right, name="portal.apply_bulk")
def apply_bulk(progress: Progress, *, access: Access, community: CommunityRef, batch_id: int):
    """Apply a checked bulk change."""
    if (batch_and_register := _lock_batch(progress, BulkChange.State.APPLYING, community, batch_id)) is None:
        return None
    batch, register = batch_and_register
    try:
        batches.apply(batch, register, access, community, access.user, _report_to(progress))
    except batches.BulkChangeRejected as reason:
        raise JobFailed(str(reason)) from reason
    return {"message": "已修改。"}


@background(_required_right, name="portal.undo_bulk")
def undo_bulk(progress: Progress, *, access: Access, community: CommunityRef, batch_id: int):
    """Undo a bulk change."""
    if (batch_and_register := _lock_batch(progress, BulkChange.State.UNDOING, community, batch_id)) is None:
        return None
    batch, register = batch_and_register
    try:
        undo(batch, register, community, access.user, _report_to(progress))
    except batches.BulkChangeRejected as reason:
        raise JobFailed(str(reason)) from reason
    return {"message": "已撤销。"}


def _lock_batch(
    progress: Progress, state: str, community: CommunityRef, batch_id: int
) -> tuple[BulkChange, Register] | None:
    """The batch of this job, locked, with its register; None when another job handles it."""
    queryset = BulkChange.objects.select_for_update().filter(community_id=community.id, pk=batch_id)
    batch = queryset.filter(job_id=progress.job_id, state=state).first()
    return (batch, get_register(batch.register)) if batch else None


def _report_to(progress: Progress):
    """Step function that reports a fraction from 0 to 1 as per cent of the job."""
    return lambda done: progress.step(min(99, int(done * 100)), 100)
