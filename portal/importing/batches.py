"""Import batches: an uploaded file is received, checked, and applied, in parts where duplicates are decided later."""

import gc
from contextlib import contextmanager
from dataclasses import replace

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.access.db_scope import set_change_context
from portal.importing import memory, staging
from portal.importing.account import FileAccount
from portal.importing.corrections import count_corrected, read_corrected
from portal.importing.masking import mask_numbers, masked_findings, masked_rows
from portal.importing.models import ImportBatch, ImportRow
from portal.importing.pipeline import Importer
from portal.importing.proposal import chosen_sheets, propose, sheet_accounts
from portal.importing.protocol import (
    APPLY,
    DUPLICATE,
    GOOD,
    LEAVE,
    ApplyResult,
    CheckResult,
    ImportTarget,
)
from portal.importing.tally import CheckTotals
from portal.jobs.progress import ProgressCallback, no_progress
from portal.spreadsheets.cells import Workbook
from portal.spreadsheets.reading import read_workbook

_LOCK = 0x4C495245
"""First key of the advisory lock: one import at a time writes to a community."""

_State = ImportBatch.State


@contextmanager
def without_garbage_collection():
    """Disable the cyclic garbage collector, which repeatedly traverses hundred thousands of live objects.

    It took 1.3 of 4 seconds for 10,000 people. It runs once at the end: the rows and moves of an import plan
    reference one another, and would occupy memory that the next phase needs. What was there before, the portal itself,
    is left out of that.
    """
    was_on = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
            gc.collect()
        gc.unfreeze()


def receive(
    importer: Importer,
    into: ImportTarget,
    *,
    register: str,
    name: str,
    content: bytes,
    workbook: Workbook | None = None,
) -> ImportBatch:
    """Store an uploaded file, encrypted, with the proposed mapping. Raises SpreadsheetError.

    `workbook` is the parsed file, if available.
    """
    proposal = propose(workbook or read_workbook(content, name), importer)
    proposal["choice"] = importer.choice_of_name(name)
    batch = ImportBatch(
        community_id=into.community_id,
        user_id=into.user_id,
        register=register,
        file_name=name[:200],
        mapping=memory.with_remembered_mappings(proposal, register, importer, into),
    )
    batch.file_lifetime = importer.file_lifetime
    batch.save()
    batch.write_content(content)
    return batch


def check_workbook(
    workbook: Workbook,
    proposal: dict,
    importer: Importer,
    into: ImportTarget,
    step: ProgressCallback = no_progress,
) -> CheckResult:
    """Check a file with its mapping; writes nothing. Raises SpreadsheetError."""
    parts, warnings = chosen_sheets(workbook, proposal, importer)
    checked = importer.check(parts, into, proposal["choice"], step)
    checked.account = FileAccount(sheet_accounts(workbook, proposal, parts, importer), checked.left_out)
    shown = masked_rows(checked.rows, secret_columns(proposal, importer), importer.numbers_name_rows)
    checked.rows = checked.account.count_rows(shown)
    checked.warnings = masked_findings(
        [*warnings, *checked.account.warnings(), *checked.warnings], secret_columns=()
    )
    for listing in checked.listings:
        listing.items[:] = map(mask_numbers, listing.items)
    return checked


@without_garbage_collection()
def check(
    batch: ImportBatch,
    importer: Importer,
    into: ImportTarget,
    step: ProgressCallback = no_progress,
    workbook: Workbook | None = None,
    tally: CheckTotals | None = None,
) -> CheckResult:
    """Check a batch, stage its rows and store the counts that `tally` collects.

    `workbook` is the parsed file, if available.
    """
    tally = tally or CheckTotals()
    workbook = workbook or read_corrected(batch)
    step(0.15)
    into = replace(into, batch=batch)
    checked = check_workbook(workbook, batch.mapping, importer, into, lambda done: step(0.15 + 0.7 * done))
    decisions = staging.decisions(batch)
    staging.store(batch, tally.count_rows(checked.rows))
    staging.restore_decisions(batch, decisions)
    batch.report = tally.report(checked) | {"corrected": count_corrected(batch)}
    batch.state = _State.CHECKED
    batch.save(update_fields=["report", "state"])
    step(1.0)
    return checked


def secret_columns(proposal: dict, importer: Importer) -> set[str]:
    """Headers of the columns that are mapped to secret fields."""
    secret = {field.name for field in importer.fields if field.secret}
    return {
        layout["headers"][column]
        for layout in proposal["layouts"]
        for key, column in layout["fields"].items()
        if key in secret
    }


def lock_community(community_id: int) -> None:
    """Advisory lock: no other import writes to the community until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, community_id % 2**31])


def rows_to_apply(batch: ImportBatch) -> QuerySet[ImportRow]:
    """The rows that apply would write: valid ones, and duplicates as decided."""
    rows = ImportRow.objects.filter(community_id=batch.community_id, batch=batch, settled=False)
    decided = Q(verdict=DUPLICATE) & ~Q(choice__in=("", LEAVE))
    return rows.filter(Q(verdict__in=GOOD, choice__in=("", APPLY)) | decided)


@without_garbage_collection()
def apply(
    batch: ImportBatch, importer: Importer, into: ImportTarget, step: ProgressCallback = no_progress
) -> ApplyResult:
    """Write the rows of `rows_to_apply` in the caller's transaction. May be called again for duplicates decided later."""
    lock_community(batch.community_id)
    set_change_context(action=batch.action, reason=f"导入 {batch.file_name}")
    rows = rows_to_apply(batch).order_by("id")
    step(0.05)
    into = replace(into, batch=batch)
    applied = importer.apply(staging.load(rows, batch), into, lambda done: step(0.05 + 0.9 * done))
    applied.conflicts = masked_findings(applied.conflicts, secret_columns=())
    staging.mark_applied(rows.order_by())
    staging.update_open_rows(batch, applied.matches)
    earlier = batch.report.get("applied", {"new": 0, "changed": 0, "conflicts": []})
    batch.report = batch.report | {
        "applied": {
            "new": earlier["new"] + applied.new,
            "changed": earlier["changed"] + applied.changed,
            "conflicts": earlier["conflicts"] + [finding.as_dict() for finding in applied.conflicts],
        }
    }
    batch.state = _State.APPLIED
    batch.applied_at = batch.applied_at or timezone.now()
    batch.save(update_fields=["report", "state", "applied_at"])
    return applied


def may_apply(batch: ImportBatch) -> bool:
    """Whether it can be applied, or has been and duplicates were decided since."""
    return batch.may_apply or (batch.effective_state == _State.APPLIED and rows_to_apply(batch).exists())
