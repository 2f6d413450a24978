"""Encrypted columns and files: the keys in use, a check that all values can be decrypted, and re-encryption with a new key."""

from collections.abc import Callable
from pathlib import Path

import psycopg
from django.core.files.storage import default_storage
from django.db import connection, transaction
from psycopg import sql

from portal.crypto import vault
from portal.hooks.registry import Hook, call_hooks
from portal.hooks.secrets import EncryptedColumn

_PROGRESS_EVERY = 10_000


def encrypted_columns() -> list[EncryptedColumn]:
    return list(call_hooks(Hook.SECRETS))


def key_ids_in_use(owner_connection: psycopg.Connection, media: Path) -> list[int]:
    """Ids of the data keys that the encrypted values of the database and the files in its storage `media` need."""
    used: set[int] = set()
    for column in encrypted_columns():
        name = sql.Identifier(column.model._meta.get_field(column.field).column)
        table = sql.Identifier(column.model._meta.db_table)
        query = "SELECT {column} FROM {table}"
        if not column.in_storage:
            query = "SELECT DISTINCT substring({column} FOR 2) FROM {table} WHERE length({column}) > 1"
        for (value,) in owner_connection.execute(sql.SQL(query).format(column=name, table=table)):
            start = _start_of_file(media / value) if column.in_storage else value
            used.update(start[1:2])
    return sorted(used)


def _start_of_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(2)
    except FileNotFoundError:
        return b""


def count_unreadable(column: EncryptedColumn, step: Callable[[int], None]) -> tuple[int, list[int | str]]:
    """Number of values in a column, and the row ids or file names of those that cannot be decrypted. Run by the owner."""
    count, broken = 0, []
    for row in _rows(column):
        count += 1
        try:
            vault.decrypt_bytes(_stored_value(column, row), *column.context_of(row))
        except vault.SecretUnreadable:
            broken.append(getattr(row, column.field) if column.in_storage else row.pk)
        if count % _PROGRESS_EVERY == 0:
            step(count)
    return count, broken


def reencrypt(column: EncryptedColumn, step: Callable[[int], None]) -> tuple[int, int]:
    """Re-encrypt with the current key; return the numbers of re-encrypted and of unreadable values.

    Each batch is a transaction of its own, so that nobody waits for locks; an interrupted run can be repeated.
    """
    current, table = vault.current_key_id(), column.model._meta.db_table
    name = column.model._meta.get_field(column.field).column
    done = failed = 0
    batch: list[tuple] = []

    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            # Only if the value has not changed since it was read.
            cursor.executemany(
                f'UPDATE "{table}" SET "{name}" = %s WHERE id = %s AND "{name}" = %s',  # noqa: S608
                batch,
            )
        batch.clear()
        step(done)

    for row in _rows(column):
        stored = _stored_value(column, row)
        if len(stored) > 1 and vault.key_id_of(stored) == current:
            continue
        context = column.context_of(row)
        try:
            plain = vault.decrypt_bytes(stored, *context)
        except vault.SecretUnreadable:
            failed += 1
            continue
        done += 1
        encrypted = vault.encrypt_bytes(plain, *context)
        if column.in_storage:
            default_storage.replace(getattr(row, column.field), encrypted)
        else:
            batch.append((encrypted, row.pk, stored))
        if len(batch) >= column.batch_size:
            write()
    if batch:
        write()
    return done, failed


def _stored_value(column: EncryptedColumn, row) -> bytes:
    """The encrypted value; empty if its file is missing."""
    value = getattr(row, column.field)
    if not column.in_storage:
        return bytes(value)
    try:
        with default_storage.open(value) as file:
            return file.read()
    except FileNotFoundError:
        return b""


def _rows(column: EncryptedColumn):
    """Rows with a value, in batches. By primary key, because a cursor would not survive the transactions."""
    queryset = column.model._base_manager.filter(**{f"{column.field}__isnull": False})
    queryset = queryset.select_related(*column.related).order_by("pk")
    last = 0
    while batch := list(queryset.filter(pk__gt=last)[: column.batch_size]):
        yield from batch
        last = batch[-1].pk
