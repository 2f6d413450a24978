"""Set-based writing: one statement for thousands of rows, under row-level security and with history.

`INSERT … SELECT unnest(…)` takes 17 µs a row, `bulk_create` 43 µs; triggers and policies
see both alike. A column travels as one text that `string_to_array` takes apart: 16 µs a row with 24 columns,
against 47 µs for lists, which psycopg quotes element by element.
"""

import itertools
import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import timezone

_CHUNK = 5_000
"""Rows in one statement: enough to make its overhead vanish, few enough to keep the statement small."""
MANY_ROWS = 500
"""Inserted rows from which on planner statistics are worth their time."""
_SEPARATOR, _NULL = "\x1f", "\x1e"
_as_json = json.JSONEncoder(ensure_ascii=False).encode
_RESERVED = re.compile(r"[\x00\x1e\x1f]")


def insert_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence],
    step: Callable[[int], None] | None = None,
) -> dict[uuid.UUID, int]:
    """Insert rows given as tuples in the order of `names` (attnames). Returns id by uuid, empty for a table without uuid.

    Other columns get the field's default. `rows` is consumed in chunks; `step` gets the number written so far.
    """
    columns = [model._meta.get_field(name) for name in names]
    for column in model._meta.concrete_fields:
        if column not in columns and not column.primary_key and not column.generated:
            columns.append(column)
    defaults = [_default_of(column) for column in columns[len(names) :]]
    has_uuid = any(column.attname == "uuid" for column in columns)
    fields = ", ".join(f'"{column.column}"' for column in columns)
    source, values = _source(columns)
    statement = f'INSERT INTO "{model._meta.db_table}" ({fields}) SELECT {", ".join(values)} FROM {source}'  # noqa: S608
    statement += " RETURNING uuid, id" if has_uuid else ""
    ids: dict[uuid.UUID, int] = {}
    with connection.cursor() as cursor:
        count = 0
        for chunk in _chunks(rows):
            arrays = list(zip(*chunk, strict=True))
            arrays += [default(len(chunk)) for default in defaults]
            cursor.execute(statement, _arguments(columns, arrays))
            if has_uuid:
                ids.update(cursor.fetchall())
            count += len(chunk)
            if step:
                step(count)
    return ids


def _chunks(rows: Iterable[Sequence]) -> Iterator[list[Sequence]]:
    rows = iter(rows)
    while chunk := list(itertools.islice(rows, _CHUNK)):
        yield chunk


def update_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence], *, community_id: int
) -> int:
    """Update rows given as `(id, version, value, …)` with the values in the order of `names`.

    Optimistic locking: a row is written only if its version matches. Returns the number of rows written, so that
    the caller notices concurrent updates.
    """
    columns = [model._meta.get_field(name) for name in ("id", "version", *names)]
    source, (key, version, *values) = _source(columns)
    targets = [f'"{column.column}" = {value}' for column, value in zip(columns[2:], values, strict=True)]
    statement = (
        f'UPDATE "{model._meta.db_table}" AS t SET {", ".join([*targets, "version = t.version + 1"])} FROM {source}'  # noqa: S608
        f" WHERE t.community_id = %s AND t.id = {key} AND t.version = {version}"
    )
    count = 0
    with connection.cursor() as cursor:
        for chunk in _chunks(rows):
            arrays = list(zip(*chunk, strict=True))
            cursor.execute(statement, [*_arguments(columns, arrays), community_id])
            count += cursor.rowcount
    return count


def update_planner_statistics(*filled: type[models.Model], community_id: int, added: int) -> None:
    """Update the planner statistics after adding `added` rows of a community to these tables, if they are many.

    With stale statistics the planner expects a row or two of a new community, takes any index on `community_id`
    for as good as the primary key, and the foreign-key checks of 10,000 people took 75 seconds instead of one.
    """
    if added < MANY_ROWS:
        return
    tables = [model._meta.db_table for model in filled]
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_learn_size(%s::regclass[], %s, %s)", [tables, community_id, added])


def learn_first_rows(model: type[models.Model], *, community_id: int, added: int) -> None:
    """Update the planner statistics of a table that was nearly empty before `added` rows, if they are many.

    For tables whose growth is no matter afterwards: of 200,000 rows, statistics take a third of a second.
    The foreign-key checks of 5,000 first cases took 6 seconds without.
    """
    if added < MANY_ROWS:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
        [known] = cursor.fetchone()
    if known < added:
        update_planner_statistics(model, community_id=community_id, added=added)


def _source(columns: Sequence[models.Field]) -> tuple[str, list[str]]:
    """`unnest(…) AS v(…)` over one parameter and one length a column, and the expression of each column."""
    arrays, values = [], []
    for number, column in enumerate(columns):
        kind = column.rel_db_type(connection) if column.primary_key else column.db_type(connection)
        # Without the length: a cast to varchar(60) would truncate silently.
        whole, kind = kind, kind.partition("(")[0].replace("varchar", "text")
        value = f"v.c{number}"
        if isinstance(column, ArrayField):
            # A list of lists would be taken apart to its elements.
            kind, value = "text", f"{value}::{whole}"
        elif kind == "bytea":
            kind, value = "text", f"decode({value}, 'hex')"
        elif kind == "jsonb":
            kind, value = "text", f"{value}::jsonb"
        arrays.append(f"(string_to_array(%s, E'\\x1f', E'\\x1e'))[:%s]::{kind}[]")
        values.append(value)
    names = ", ".join(f"c{number}" for number in range(len(columns)))
    return f"unnest({', '.join(arrays)}) AS v({names})", values


def _arguments(columns: Sequence[models.Field], arrays: Sequence[Sequence]) -> list:
    """Each column as one text with its length. The end mark distinguishes a single empty text from none."""
    arguments = []
    for column, values in zip(columns, arrays, strict=True):
        arguments += [_SEPARATOR.join([*_texts(column, values), "."]), len(values)]
    return arguments


def _texts(column: models.Field, values: Sequence) -> list[str]:
    if isinstance(column, models.JSONField):
        return [_NULL if value is None else _as_json(value) for value in values]
    if isinstance(column, models.BinaryField):
        return [_NULL if value is None else bytes(value).hex() for value in values]
    if isinstance(column, ArrayField):
        return [_NULL if value is None else _array_literal(value) for value in values]
    texts = [_NULL if value is None else str(value) for value in values]
    if isinstance(column, models.CharField | models.TextField) and _RESERVED.search(
        "".join(filter(None, values))
    ):
        texts = [_NULL if value is None else _RESERVED.sub("", value) for value in values]
    return texts


def _array_literal(value: Sequence) -> str:
    escaped = (_RESERVED.sub("", str(item)).replace("\\", "\\\\").replace('"', '\\"') for item in value)
    return "{" + ",".join(f'"{item}"' for item in escaped) + "}"


def _default_of(column: models.Field):
    """Function from a count to that many defaults of a column, one call each for callable defaults."""
    if getattr(column, "auto_now_add", False):
        return lambda count: [timezone.now()] * count
    if callable(column.default):
        return lambda count: [column.get_default() for _ in range(count)]
    return lambda count: [column.get_default()] * count


class ConcurrentUpdate(Exception):
    """Concurrent update: a row changed between reading and writing it. The transaction must not commit."""
