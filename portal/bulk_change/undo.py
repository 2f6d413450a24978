"""Undo of a bulk change: restores the columns of each row from its history.

A row changed since then is skipped and listed: restoring it would lose that work, and refusing the whole undo
would leave all others wrong. The history shows later changes; bulk changes that were themselves undone do not
count.
"""

from django.utils import timezone

from portal.access.db_scope import set_change_context
from portal.access.user_access import CommunityRef
from portal.bulk_change.batches import bulk_rows, count_verdicts, versions_of, write
from portal.bulk_change.models import BulkChange, BulkRow
from portal.jobs.progress import ProgressCallback, no_progress
from portal.registers.registers import Register

_Verdict = BulkRow.Verdict
_GONE = "修改后已被删除"
_LATER = "修改后又有改动，保留当前内容"
_CHUNK = 1_000


def undo(
    batch: BulkChange, register: Register, community: CommunityRef, by, step: ProgressCallback = no_progress
) -> None:
    """Restore the rows in the caller's transaction. Raises BatchRefused."""
    set_change_context(
        action=batch.undo_action, reason=f"撤销批量修改 {batch.field_label}：{batch.value_shown}"[:200]
    )
    applied = list(bulk_rows(batch, _Verdict.APPLIED))
    versions = versions_of(register, [line.row_id for line in applied], community_id=batch.community_id)
    restored = []
    for start in range(0, len(applied), _CHUNK):
        chunk = applied[start : start + _CHUNK]
        before = _values_before(batch, register, [line.row_id for line in chunk])
        rows = register.model._default_manager.filter(community_id=batch.community_id).in_bulk(list(before))
        for line in chunk:
            if line.row_id not in versions:
                line.verdict, line.reason = _Verdict.LEFT, _GONE
            elif line.row_id not in before:
                line.verdict, line.reason = _Verdict.LEFT, _LATER
            else:
                line.verdict = _Verdict.UNDONE
                row = rows[line.row_id]
                for column, value in zip(batch.columns, before[row.pk], strict=True):
                    setattr(row, column, value)
                restored.append(row)
        step((start + len(chunk)) / len(applied))
    write(batch, register, restored, community=community, by=by, undo=True)
    BulkRow.objects.bulk_update(applied, ["verdict", "reason"], batch_size=_CHUNK)
    batch.state, batch.job = BulkChange.State.UNDONE, None
    batch.undone_at, batch.undone_by = timezone.now(), by.pk
    count_verdicts(batch)
    batch.save(update_fields=["state", "job", "undone_at", "undone_by", "counts"])


def _values_before(batch: BulkChange, register: Register, ids: list[int]) -> dict[int, tuple]:
    """Row id → column values before the batch; rows changed since are missing."""
    events = register.model.pgh_event_model.objects.filter(
        community_id=batch.community_id, pgh_obj_id__in=ids
    ).order_by("pgh_id")
    history: dict[int, list[tuple]] = {}
    for row, context, version, *values in events.values_list(
        "pgh_obj_id", "pgh_context", "version", *batch.columns
    ).iterator():
        history.setdefault(row, []).append(((context or {}).get("action", ""), version, tuple(values)))
    return {
        row: state
        for row, states in history.items()
        if (state := _row_values_before(batch, states)) is not None
    }


def _row_values_before(batch: BulkChange, states: list[tuple]) -> tuple | None:
    """Column values before the batch's event; None when a later event changed the row."""
    actions = [action for action, _, _ in states]
    place = actions.index(batch.action) if batch.action in actions else 0
    if place == 0:
        return None
    taken_back = {action.removeprefix("undo-") for action in actions if action.startswith("undo-bulk ")}
    for (_, version_then, values_then), (action, version, values) in zip(
        states[place:], states[place + 1 :], strict=False
    ):
        if action.removeprefix("undo-") in taken_back:
            continue
        if version != version_then or values != values_then:
            return None
    return states[place - 1][2]
