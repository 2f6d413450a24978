"""What happens to one uploaded file: received, checked, applied once, or discarded.

The states of a batch move by conditional updates, so that of two people, tabs or clicks one wins and the
other finds nothing left to do.
"""

import gc
from collections.abc import Callable
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from portal import vault
from portal.importing import memory, staging
from portal.importing.proposal import chosen_parts, propose
from portal.importing.protocol import (
    CHANGED,
    DUPLICATE,
    ERROR,
    GOOD,
    NEW,
    UNCHANGED,
    Applied,
    Checked,
    Importer,
    ImportInto,
    Step,
    no_step,
)
from portal.models import ImportBatch, ImportRow, Job
from portal.scope import note
from portal.spreadsheets.cells import Workbook
from portal.spreadsheets.reading import read_workbook

COLUMN = "portal_importbatch.content"
_LOCK = 0x4C495245
"""First key of the advisory lock under which one import at a time writes to a community."""

_State = ImportBatch.State


@contextmanager
def uncollected():
    """Without the cyclic garbage collector, which walks the hundred thousands of live objects again and again.

    It took 1.3 of 4 seconds for 10,000 people.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def receive(
    importer: Importer,
    into: ImportInto,
    *,
    register: str,
    name: str,
    content: bytes,
    workbook: Workbook | None = None,
) -> ImportBatch:
    """Keep an uploaded file, encrypted, with the proposed mapping. SpreadsheetError when it cannot be used.

    `workbook` is the file where it has just been read.
    """
    batch = ImportBatch(
        community_id=into.community_id,
        user_id=into.user_id,
        register=register,
        file_name=name[:200],
        mapping=memory.recall(
            propose(workbook or read_workbook(content, name), importer), register, importer, into
        ),
    )
    batch.content = vault.encrypt_bytes(content, COLUMN, batch.uuid)
    batch.save()
    return batch


def content_of(batch: ImportBatch) -> bytes:
    return vault.decrypt_bytes(batch.content, COLUMN, batch.uuid)


def check_workbook(
    workbook: Workbook, proposal: dict, importer: Importer, into: ImportInto, step: Step = no_step
) -> Checked:
    """Check a file as mapped; writes nothing. SpreadsheetError when it cannot be read so."""
    parts, warnings = chosen_parts(workbook, proposal, importer)
    checked = importer.check(parts, into, proposal["choice"], step)
    checked.warnings[:0] = warnings
    return checked


@uncollected()
def check(
    batch: ImportBatch,
    importer: Importer,
    into: ImportInto,
    step: Step = no_step,
    workbook: Workbook | None = None,
) -> Checked:
    """Check a batch, stage its rows and keep the counts. `workbook` is the file where it has just been read."""
    workbook = workbook or read_workbook(content_of(batch), batch.file_name)
    step(0.15)
    checked = check_workbook(workbook, batch.mapping, importer, into, lambda done: step(0.15 + 0.7 * done))
    staging.store(
        batch, checked.rows, secret_columns(batch.mapping, importer), lambda done: step(0.85 + 0.15 * done)
    )
    batch.report = report_of(checked)
    batch.state = _State.CHECKED
    batch.save(update_fields=["report", "state"])
    return checked


def secret_columns(proposal: dict, importer: Importer) -> set[str]:
    """The headers of the columns mapped to secret fields."""
    secret = {field.key for field in importer.fields if field.secret}
    return {
        layout["headers"][column]
        for layout in proposal["layouts"]
        for key, column in layout["fields"].items()
        if key in secret
    }


def counts_of(checked: Checked) -> dict[str, int]:
    """Rows in all and by verdict."""
    counts = dict.fromkeys((NEW, CHANGED, UNCHANGED, DUPLICATE, ERROR), 0)
    for row in checked.rows:
        counts[row.verdict] += 1
    return {"rows": len(checked.rows), **counts}


def report_of(checked: Checked) -> dict:
    """What a batch keeps of its check beside the rows."""
    findings = [finding for row in checked.rows for finding in row.findings]
    errors = sum(finding.is_error for finding in findings)
    return {
        "counts": counts_of(checked),
        "errors": errors,
        "warnings": len(findings) - errors + len(checked.warnings),
        "rows_with_warnings": sum(any(not f.is_error for f in row.findings) for row in checked.rows),
        "sheet_warnings": [finding.as_dict() for finding in checked.warnings],
        "listings": [
            {"key": item.key, "title": item.title, "hint": item.hint, "items": item.items}
            for item in checked.listings
        ],
    }


def lock_community(community_id: int) -> None:
    """Until the end of the transaction no other import writes to the community."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, community_id % 2**31])


@uncollected()
def apply(batch: ImportBatch, importer: Importer, into: ImportInto, step: Step = no_step) -> Applied:
    """Write the good rows of a checked batch, in the caller's transaction, and close the batch."""
    lock_community(batch.community_id)
    note(action=f"import {batch.uuid}", reason=f"导入 {batch.file_name}")
    good = ImportRow.objects.filter(community_id=batch.community_id, batch=batch, verdict__in=GOOD).order_by(
        "id"
    )
    rows = list(staging.load(good, batch))
    step(0.1)
    applied = importer.apply(rows, into, lambda done: step(0.1 + 0.9 * done))
    _forget_values(batch)
    batch.report = batch.report | {
        "applied": {
            "new": applied.new,
            "changed": applied.changed,
            "conflicts": [finding.as_dict() for finding in applied.conflicts],
        }
    }
    batch.state = _State.APPLIED
    batch.applied_at = timezone.now()
    batch.save(update_fields=["report", "state", "applied_at"])
    return applied


def _forget_values(batch: ImportBatch) -> None:
    """Applied rows stand in the register; staging keeps only what the report shows of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE portal_importrow SET sealed = NULL,"
            " values = jsonb_build_object('summary', values -> 'summary')"
            " WHERE community_id = %s AND batch_id = %s AND verdict IN ('new', 'changed', 'unchanged')",
            [batch.community_id, batch.pk],
        )


def is_stuck(batch: ImportBatch) -> bool:
    """Whether the job this batch waits for has failed."""
    waiting = batch.state in (_State.CHECKING, _State.APPLYING)
    return waiting and batch.job is not None and batch.job.state == Job.State.FAILED


def may_check(batch: ImportBatch) -> bool:
    """Whether the mapping can still be changed and checked (again)."""
    return batch.state in (_State.UPLOADED, _State.CHECKED) or is_stuck(batch)


def may_apply(batch: ImportBatch) -> bool:
    return batch.state == _State.CHECKED or (batch.state == _State.APPLYING and is_stuck(batch))


def begin(
    batch: ImportBatch,
    allowed: Callable[[ImportBatch], bool],
    state: str,
    start_job: Callable[[], Job],
    **fields,
) -> bool:
    """Move a batch on and start the job of its new state; False when somebody else has moved it already."""
    locked = lock_batch(batch)
    if locked is None or not allowed(locked):
        return False
    locked.state = state
    locked.job = start_job()
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.save(update_fields=["state", "job", *fields])
    return True


def lock_batch(batch: ImportBatch) -> ImportBatch | None:
    """The batch as it is now, held until the end of the transaction; None when it was discarded."""
    rows = ImportBatch.objects.filter(community_id=batch.community_id, pk=batch.pk)
    return rows.select_for_update(of=["self"]).select_related("job").defer("content").first()


def take(batch_id: int, job_id: int, state: str, community_id: int) -> ImportBatch | None:
    """The batch of a job, locked; None when the job is no longer the one the batch waits for."""
    rows = ImportBatch.objects.select_for_update().filter(community_id=community_id, pk=batch_id)
    return rows.filter(job_id=job_id, state=state).first()


def discard(batch: ImportBatch) -> bool:
    """Delete a batch that was not applied, with the file and its rows."""
    locked = lock_batch(batch)
    if locked is None or not may_check(locked):
        return False
    locked.delete()
    return True
