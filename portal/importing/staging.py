"""Staging: checked rows in the database between check and apply. Secret values are encrypted."""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import JSONObject

from portal.crypto import vault
from portal.database.bulk_sql import insert_rows
from portal.importing.models import ImportBatch, ImportRow
from portal.importing.protocol import CheckedRow, ExistingRow
from portal.spreadsheets.findings import Finding

COLUMN = "portal_importrow.sealed"
_DISPLAY_KEYS = ("summary", "stated", "others", "apart")
"""Keys of the stored values for display; kept after the row has been applied."""
_COLUMNS = (
    "sheet",
    "number",
    "label",
    "verdict",
    "values",
    "sealed",
    "changes",
    "findings",
    "duplicate_group",
)
_OF_FINDING = ("column", "value", "message", "severity")
_as_json = json.JSONEncoder(ensure_ascii=False).encode
_CHUNK = 2_000
"""Staged rows fetched together."""


def store(batch: ImportBatch, rows: Iterable[CheckedRow]) -> None:
    """Store the rows of a check, masked for display, replacing those of an earlier check."""
    ImportRow.objects.filter(community_id=batch.community_id, batch=batch).delete()
    insert_rows(ImportRow, ("community_id", "batch_id", *_COLUMNS), (_to_tuple(batch, row) for row in rows))


Decisions = dict[frozenset[tuple[str, int]], dict[tuple[str, int], str]]
"""Members of a group of duplicates, as (sheet, row) -> the decision about each of them."""


def decisions(batch: ImportBatch) -> Decisions:
    """The decisions about the duplicates of the present check."""
    return {
        frozenset(group): choices
        for group in _groups(batch).values()
        if any(choices := {place: choice for place, choice in group.items() if choice})
    }


def restore_decisions(batch: ImportBatch, decided: Decisions) -> None:
    """Take decisions over into a new check, for the groups that are the same as before."""
    if not decided:
        return
    for number, group in _groups(batch).items():
        for (sheet, row), choice in decided.get(frozenset(group), {}).items():
            rows = ImportRow.objects.filter(
                community_id=batch.community_id, batch=batch, duplicate_group=number
            )
            rows.filter(sheet=sheet, number=row).update(choice=choice)


def _groups(batch: ImportBatch) -> dict[int, dict[tuple[str, int], str]]:
    """Group number -> (sheet, row) of its members -> the decision."""
    rows = ImportRow.objects.filter(community_id=batch.community_id, batch=batch)
    groups: dict[int, dict[tuple[str, int], str]] = {}
    columns = ("duplicate_group", "sheet", "number", "choice")
    for group, sheet, number, choice in rows.exclude(duplicate_group=None).values_list(*columns):
        groups.setdefault(group, {})[sheet, number] = choice
    return groups


def _to_tuple(batch: ImportBatch, row: CheckedRow) -> tuple:
    findings = [{name: getattr(finding, name) for name in _OF_FINDING} for finding in row.findings]
    sealed = None
    if row.secrets:
        sealed = vault.encrypt(
            _as_json({"values": row.secrets}), COLUMN, encryption_context(batch, row.sheet, row.number)
        )
    return (
        batch.community_id,
        batch.pk,
        row.sheet[:100],
        row.number,
        row.label[:100],
        row.verdict,
        _stored_values(row),
        sealed,
        row.changes,
        findings,
        row.duplicate_group,
    )


def _stored_values(row: CheckedRow) -> dict:
    stored = {"summary": row.summary}
    if row.values:
        stored["values"] = row.values
    if row.match:
        stored["row"], stored["version"] = row.match
    if row.duplicate_group is not None:
        stored["stated"] = row.display_fields
        stored["others"] = [[other.key, other.title, other.fields, other.is_choice] for other in row.others]
        stored["apart"] = row.may_be_apart
    return stored


def mark_applied(rows: QuerySet[ImportRow]) -> None:
    """Mark applied rows as settled, and delete their values except those for display."""
    for names, chosen in (
        (_DISPLAY_KEYS[:1], rows.filter(duplicate_group=None)),
        (_DISPLAY_KEYS, rows.exclude(duplicate_group=None)),
    ):
        display = JSONObject(**{name: F(f"values__{name}") for name in names})
        chosen.update(settled=True, sealed=None, values=display)


def update_open_rows(batch: ImportBatch, matches: Mapping[int, dict]) -> None:
    """Update the open rows of each group (`duplicate_group`) to match the register row that another of them wrote."""
    if not matches:
        return
    texts = [json.dumps(match) for match in matches.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE portal_importrow AS t SET values = t.values || v.match"
            " FROM (SELECT unnest(%s::int[]) AS duplicate_group, unnest(%s::text[])::jsonb AS match) AS v"
            " WHERE t.community_id = %s AND t.batch_id = %s AND t.duplicate_group = v.duplicate_group AND NOT t.settled",
            [list(matches), texts, batch.community_id, batch.pk],
        )


def load(rows: QuerySet[ImportRow], batch: ImportBatch) -> Iterator[CheckedRow]:
    """Staged rows as `CheckedRow`, secrets decrypted. The caller must not store them elsewhere."""
    for row in rows.values_list(*_COLUMNS, "choice").iterator(chunk_size=_CHUNK):
        sheet, number, label, verdict, stored, sealed, changes, findings, duplicate_group, choice = row
        secrets = {"values": {}}
        if sealed:
            secrets = json.loads(vault.decrypt(sealed, COLUMN, encryption_context(batch, sheet, number)))
        yield CheckedRow(
            sheet=sheet,
            number=number,
            label=label,
            verdict=verdict,
            values=stored.get("values") or {},
            match=(stored["row"], stored["version"]) if "row" in stored else None,
            summary=stored.get("summary", ""),
            secrets=secrets["values"],
            changes=[tuple(change) for change in changes],
            findings=[Finding(sheet, number, **finding) for finding in findings],
            duplicate_group=duplicate_group,
            display_fields=[tuple(pair) for pair in stored.get("stated") or ()],
            others=[ExistingRow(*other) for other in stored.get("others") or ()],
            may_be_apart=bool(stored.get("apart")),
            choice=choice,
        )


def encryption_context(batch: ImportBatch, sheet: str, number: int) -> uuid.UUID:
    """Encryption context of a staged row, which has no uuid: derived from batch, sheet and row number."""
    return uuid.uuid5(batch.uuid, f"{sheet[:100]}\0{number}")
