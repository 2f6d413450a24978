"""Bulk change batches: choose rows, validate the value on each, and apply once."""

from collections.abc import Iterable, Iterator

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from portal.access.db_scope import set_change_context
from portal.access.user_access import Access, CommunityRef
from portal.batches.kinds import BatchRefused
from portal.bulk_change.models import BulkChange, BulkRow
from portal.bulk_change.validation import ValidationResult, display_value, validate_row
from portal.database.bulk_sql import ConcurrentUpdate, insert_rows
from portal.forms.constraints import violation_of
from portal.jobs.progress import ProgressCallback, no_progress
from portal.registers.registers import Register

LIMIT = 20_000
"""Most rows of one bulk change."""
SYNC_LIMIT = 200
"""Rows validated and written while the user waits, about two seconds; more are a job."""

_CHUNK = 500
_State, _Verdict = BulkChange.State, BulkRow.Verdict
_GONE = "已被删除"
_CHANGED = "预览之后又被修改过，请核对后再改"


def start_batch(
    register: Register, ids: Iterable[int], *, community_id: int, user_id: int, chosen: str
) -> BulkChange:
    """Begin a bulk change of these rows."""
    ids = list(ids)
    batch = BulkChange.objects.create(
        community_id=community_id,
        user_id=user_id,
        register=register.label,
        chosen=chosen[:200],
        counts={_Verdict.CHOSEN: len(ids)},
    )
    insert_rows(BulkRow, ["community_id", "batch_id", "row_id"], [(community_id, batch.pk, pk) for pk in ids])
    return batch


def bulk_rows(batch: BulkChange, *verdicts: str) -> models.QuerySet:
    """The rows of a batch with one of these verdicts, in the order in which they were chosen."""
    return BulkRow.objects.filter(
        community_id=batch.community_id, batch=batch, verdict__in=verdicts
    ).order_by("id")


def check(
    batch: BulkChange,
    register: Register,
    access: Access,
    community: CommunityRef,
    step: ProgressCallback = no_progress,
) -> None:
    """Validate the value on every chosen row and store the verdicts; the register is not changed."""
    everything = bulk_rows(
        batch, _Verdict.CHOSEN, _Verdict.CHANGE, _Verdict.SAME, _Verdict.REFUSED, _Verdict.STALE
    )
    for line, row in _lines_with_rows(everything, register, access, community, step):
        if row is None:
            line.verdict, line.reason = _Verdict.REFUSED, _GONE
            continue
        trial = validate_row(register, row, batch.field, batch.given, access, community)
        line.verdict, line.reason, line.version = trial.verdict, trial.reason, row.version
        if trial.verdict == _Verdict.CHANGE:
            batch.value_shown = display_value(row, batch.field)[:300]
    batch.state, batch.job = _State.CHECKED, None
    count_verdicts(batch)
    batch.save(update_fields=["state", "job", "counts", "value_shown"])


def _lines_with_rows(
    queryset: models.QuerySet,
    register: Register,
    access: Access,
    community: CommunityRef,
    step: ProgressCallback,
) -> Iterator[tuple[BulkRow, models.Model | None]]:
    """Every line with its row of the register (None if deleted); saves what the caller sets on the line."""
    everything = list(queryset)
    for start in range(0, len(everything), _CHUNK):
        chunk = everything[start : start + _CHUNK]
        rows = register.rows(access, community, register.edit).in_bulk([line.row_id for line in chunk])
        for line in chunk:
            yield line, rows.get(line.row_id)
        BulkRow.objects.bulk_update(chunk, ["verdict", "reason", "version"])
        step((start + len(chunk)) / len(everything))


def count_verdicts(batch: BulkChange) -> None:
    """Set the number of rows by verdict; the caller saves."""
    rows = BulkRow.objects.filter(community_id=batch.community_id, batch=batch)
    by_verdict = rows.order_by().values_list("verdict").annotate(models.Count("id"))
    batch.counts = dict(by_verdict)


def apply(
    batch: BulkChange,
    register: Register,
    access: Access,
    community: CommunityRef,
    by,
    step: ProgressCallback = no_progress,
) -> None:
    """Write the previewed change in the caller's transaction; rows changed since the preview are skipped and listed.

    Raises BatchRefused when the database rejects it: rows may contradict one another with the new value.
    """
    changed: list[ValidationResult] = []
    for line, row in _lines_with_rows(bulk_rows(batch, _Verdict.CHANGE), register, access, community, step):
        if row is None or row.version != line.version:
            line.verdict, line.reason = _Verdict.STALE, _GONE if row is None else _CHANGED
            continue
        trial = validate_row(register, row, batch.field, batch.given, access, community)
        line.verdict, line.reason = trial.verdict, trial.reason
        if trial.verdict == _Verdict.CHANGE:
            changed.append(trial)
    batch.columns = sorted(frozenset().union(*(trial.columns for trial in changed)))
    set_change_context(action=batch.action, reason=f"批量修改 {batch.field_label}：{batch.value_shown}"[:200])
    rows = _lock_unchanged(batch, register, [trial.row for trial in changed])
    write(batch, register, rows, community=community, by=by)
    bulk_rows(batch, _Verdict.CHANGE).filter(row_id__in=[row.pk for row in rows]).update(
        verdict=_Verdict.APPLIED
    )
    batch.state, batch.job, batch.applied_at = _State.APPLIED, None, timezone.now()
    count_verdicts(batch)
    batch.save(update_fields=["state", "job", "applied_at", "columns", "counts"])


def _lock_unchanged(batch: BulkChange, register: Register, rows: list[models.Model]) -> list[models.Model]:
    """Lock the rows and return those unchanged while the forms ran; the others become stale."""
    now = versions_of(register, [row.pk for row in rows], community_id=batch.community_id)
    changed = [row.pk for row in rows if now.get(row.pk) != row.version]
    bulk_rows(batch, _Verdict.CHANGE).filter(row_id__in=changed).update(
        verdict=_Verdict.STALE, reason=_CHANGED
    )
    return [row for row in rows if now.get(row.pk) == row.version]


def versions_of(register: Register, ids: list[int], *, community_id: int) -> dict[int, int]:
    """Row id → version; locks the rows until the end of the transaction, in a fixed order against deadlocks."""
    rows = register.model._default_manager.filter(community_id=community_id, pk__in=ids)
    return dict(rows.select_for_update(of=["self"]).order_by("pk").values_list("pk", "version"))


def write(
    batch: BulkChange,
    register: Register,
    rows: list[models.Model],
    *,
    community: CommunityRef,
    by,
    undo=False,
) -> None:
    """Have the register write the rows with their new values. Raises BatchRefused when the database rejects them."""
    if not rows:
        return
    try:
        with transaction.atomic():
            register.write_rows(rows, batch.columns, field=batch.field, by=by, community=community, undo=undo)
    except (IntegrityError, ConcurrentUpdate) as problem:
        violation = violation_of(problem)
        why = violation.sentence if violation else "修改后与台账其他内容矛盾或重复"
        raise BatchRefused(f"没有改动任何内容：{why}。请重新预览，或减少所选记录。") from problem
