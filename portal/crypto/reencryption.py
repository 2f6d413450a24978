"""Encrypted columns: the keys in use, a check that all values can be decrypted, and re-encryption with a new key."""

from collections.abc import Callable

import psycopg
from django.db import connection, transaction
from psycopg import sql

from portal.crypto import vault
from portal.hooks.registry import Hook, call_hooks
from portal.hooks.secrets import EncryptedColumn

_PROGRESS_EVERY = 10_000


def encrypted_columns() -> list[EncryptedColumn]:
    return list(call_hooks(Hook.SECRETS))


def key_ids_in_use(owner_connection: psycopg.Connection) -> list[int]:
    """Ids of the data keys that the database's encrypted values need."""
    used: set[int] = set()
    for column in encrypted_columns():
        name = sql.Identifier(column.model._meta.get_field(column.field).column)
        query = sql.SQL("SELECT DISTINCT get_byte({column}, 1) FROM {table} WHERE length({column}) > 1")
        table = sql.Identifier(column.model._meta.db_table)
        used |= {key_id for (key_id,) in owner_connection.execute(query.format(column=name, table=table))}
    return sorted(used)


def count_unreadable(column: EncryptedColumn, step: Callable[[int], None]) -> tuple[int, list[int]]:
    """Number of values in a column, and the ids of rows whose value cannot be decrypted. Run by the owner."""
    count, broken = 0, []
    for row in _rows(column):
        count += 1
        try:
            vault.decrypt_bytes(getattr(row, column.field), *column.context_of(row))
        except vault.SecretUnreadable:
            broken.append(row.pk)
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
        stored = bytes(getattr(row, column.field))
        if len(stored) > 1 and vault.key_id_of(stored) == current:
            continue
        context = column.context_of(row)
        try:
            plain = vault.decrypt_bytes(stored, *context)
        except vault.SecretUnreadable:
            failed += 1
            continue
        done += 1
        batch.append((vault.encrypt_bytes(plain, *context), row.pk, stored))
        if len(batch) >= column.batch_size:
            write()
    if batch:
        write()
    return done, failed


def _rows(column: EncryptedColumn):
    """Rows with a value, in batches. By primary key, because a cursor would not survive the transactions."""
    queryset = column.model._base_manager.filter(**{f"{column.field}__isnull": False})
    queryset = queryset.select_related(*column.related).order_by("pk")
    last = 0
    while batch := list(queryset.filter(pk__gt=last)[: column.batch_size]):
        yield from batch
        last = batch[-1].pk
