"""Checked rows between check and apply, in the database. Secret values and what was found in their cells are sealed."""

import json
import uuid
from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from portal import vault
from portal.importing.bulk import insert_rows
from portal.importing.masking import holds_secret
from portal.importing.protocol import CheckedRow, Step
from portal.models import ImportBatch, ImportRow
from portal.spreadsheets.findings import Finding

COLUMN = "portal_importrow.sealed"
_SEALED_VALUE = "（加密保存）"


def store(batch: ImportBatch, rows: Sequence[CheckedRow], secret_columns: set[str], step: Step) -> None:
    """Write the rows of a check in place of those of an earlier one.

    `secret_columns` are the headers whose findings hold secrets as found.
    """
    ImportRow.objects.filter(community_id=batch.community_id, batch=batch).delete()
    insert_rows(
        ImportRow,
        (
            "community_id",
            "batch_id",
            "sheet",
            "number",
            "label",
            "verdict",
            "values",
            "sealed",
            "changes",
            "findings",
        ),
        (_stored(batch, row, secret_columns) for row in rows),
        step,
    )


def _stored(batch: ImportBatch, row: CheckedRow, secret_columns: set[str]) -> tuple:
    findings, found = [], {}
    for number, finding in enumerate(row.findings):
        entry = {
            "column": finding.column,
            "value": finding.value,
            "message": finding.message,
            "severity": finding.severity,
        }
        if finding.value and (finding.column in secret_columns or holds_secret(finding.value)):
            found[str(number)] = finding.value
            entry["value"] = _SEALED_VALUE
        findings.append(entry)
    secrets = {"values": row.secrets, "found": found}
    sealed = None
    if row.secrets or found:
        bound_to = _bound_to(batch, row.sheet, row.number)
        sealed = vault.encrypt(json.dumps(secrets, ensure_ascii=False), COLUMN, bound_to)
    return (
        batch.community_id,
        batch.pk,
        row.sheet[:100],
        row.number,
        row.label[:100],
        row.verdict,
        {**row.values, "summary": row.summary},
        sealed,
        row.changes,
        findings,
    )


def load(rows: QuerySet[ImportRow], batch: ImportBatch) -> Iterator[CheckedRow]:
    """Rows as the check left them, secrets included. The caller shows or writes them, and keeps them nowhere."""
    columns = ("sheet", "number", "label", "verdict", "values", "sealed", "changes", "findings")
    for sheet, number, label, verdict, values, sealed, changes, findings in rows.values_list(*columns):
        secrets = {"values": {}, "found": {}}
        if sealed:
            secrets = json.loads(vault.decrypt(sealed, COLUMN, _bound_to(batch, sheet, number)))
        yield CheckedRow(
            sheet=sheet,
            number=number,
            label=label,
            verdict=verdict,
            values=values,
            summary=values.pop("summary", ""),
            secrets=secrets["values"],
            changes=[tuple(change) for change in changes],
            findings=[
                Finding(
                    sheet,
                    number,
                    finding["column"],
                    secrets["found"].get(str(place), finding["value"]),
                    finding["message"],
                    finding["severity"],
                )
                for place, finding in enumerate(findings)
            ],
        )


def _bound_to(batch: ImportBatch, sheet: str, number: int) -> uuid.UUID:
    """A staged row has no uuid of its own: it is the one row of its batch with this sheet and number."""
    return uuid.uuid5(batch.uuid, f"{sheet[:100]}\0{number}")
