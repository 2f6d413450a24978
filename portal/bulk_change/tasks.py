"""Bulk change as a kind of batch: its steps, in the background for many rows."""

from portal.batches.kinds import BatchKind
from portal.bulk_change import batches
from portal.bulk_change.models import BulkChange
from portal.bulk_change.undo import undo


def _check(batch: BulkChange, register, access, community, step) -> str:
    batches.check(batch, register, access, community, step)
    return "已检查，请核对后确认。"


def _apply(batch: BulkChange, register, access, community, step) -> str:
    batches.apply(batch, register, access, community, access.user, step)
    return "已修改。"


def _undo(batch: BulkChange, register, access, community, step) -> str:
    undo(batch, register, community, access.user, step)
    return "已撤销。"


BULK_CHANGE = BatchKind(
    BulkChange,
    right=lambda register: register.edit,
    gone="这次批量修改已放弃，没有改动任何内容。",
    check=_check,
    apply=_apply,
    undo=_undo,
)
