"""Set-based writing: one statement for thousands of rows, under row-level security and with history.

`INSERT … SELECT unnest(…)` takes 17 µs a row, `bulk_create` 43 µs (traps.md, overhead); triggers and policies
see both alike.
"""

import json
import uuid
from collections.abc import Iterable, Sequence

from django.db import connection, models
from django.utils import timezone

_PIECE = 5_000
"""Rows in one statement: enough to make its overhead vanish, few enough to keep the statement small."""


def insert_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence], step=None
) -> dict[uuid.UUID, int]:
    """Insert rows given as tuples in the order of `names` (attnames); ids by uuid, empty for a table without.

    Columns that are not named get the field's default.
    """
    rows = list(rows)
    columns = [model._meta.get_field(name) for name in names]
    for column in model._meta.concrete_fields:
        if column not in columns and not column.primary_key and not column.generated:
            columns.append(column)
    defaults = [_default_of(column) for column in columns[len(names) :]]
    has_uuid = any(column.attname == "uuid" for column in columns)
    statement = _insert_statement(model, columns, has_uuid)
    ids: dict[uuid.UUID, int] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _PIECE):
            piece = rows[start : start + _PIECE]
            arrays = [list(values) for values in zip(*piece, strict=True)]
            arrays += [[default() for _ in piece] for default in defaults]
            arrays = [_as_text(column, values) for column, values in zip(columns, arrays, strict=True)]
            cursor.execute(statement, arrays)
            if has_uuid:
                ids.update(cursor.fetchall())
            if step:
                step((start + len(piece)) / len(rows))
    return ids


def update_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence],
    *,
    community_id: int,
) -> int:
    """Set columns of rows given as `(id, version, value, …)` with the values in the order of `names`.

    A row is written only while its version is the one given; the number of rows written tells the caller
    whether somebody was quicker.
    """
    rows = list(rows)
    columns = [model._meta.get_field(name) for name in names]
    table = model._meta.db_table
    kinds = ["bigint", "integer", *(_array_type(column) for column in columns)]
    given = ", ".join(f"%s::{kind}[]" for kind in kinds)
    targets = ", ".join(f'"{column.column}" = v.c{number}' for number, column in enumerate(columns))
    aliases = ", ".join(["id", "version", *(f"c{number}" for number in range(len(columns)))])
    statement = (
        f'UPDATE "{table}" AS t SET {targets}, version = t.version + 1'  # noqa: S608 - names come from the model
        f" FROM unnest({given}) AS v({aliases})"
        f" WHERE t.community_id = %s AND t.id = v.id AND t.version = v.version"
    )
    written = 0
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _PIECE):
            arrays = [list(values) for values in zip(*rows[start : start + _PIECE], strict=True)]
            cursor.execute(statement, [*arrays, community_id])
            written += cursor.rowcount
    return written


def _insert_statement(model, columns, has_uuid: bool) -> str:
    table = model._meta.db_table
    names = ", ".join(f'"{column.column}"' for column in columns)
    given = ", ".join(f"%s::{_array_type(column)}[]" for column in columns)
    aliases = ", ".join(f"c{number}" for number in range(len(columns)))
    values = ", ".join(
        f"c{number}::jsonb" if isinstance(column, models.JSONField) else f"c{number}"
        for number, column in enumerate(columns)
    )
    returning = " RETURNING uuid, id" if has_uuid else ""
    return f'INSERT INTO "{table}" ({names}) SELECT {values} FROM unnest({given}) AS v({aliases}){returning}'  # noqa: S608


def _array_type(column: models.Field) -> str:
    """The column's type without its length: a cast to varchar(60) would cut the value off in silence."""
    if isinstance(column, models.JSONField):
        return "text"
    return column.db_type(connection).partition("(")[0].replace("varchar", "text")


def _as_text(column: models.Field, values: list) -> list:
    return (
        [json.dumps(v, ensure_ascii=False) for v in values]
        if isinstance(column, models.JSONField)
        else values
    )


def _default_of(column: models.Field):
    return timezone.now if getattr(column, "auto_now_add", False) else column.get_default
