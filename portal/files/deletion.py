"""Deletion of stored files: with their owner in whatever way that is deleted, and with it when they expire."""

import itertools
from collections.abc import Iterator

from django.db import models

from portal.database.install import installs
from portal.files.models import StoredFile


def owners() -> list[type[models.Model]]:
    """The models whose rows own a stored file (`portal.files.models.FileOwner`)."""
    return [relation.related_model for relation in StoredFile._meta.related_objects if relation.one_to_one]


@installs
def stored_file_deletion() -> Iterator[str]:
    """SQL of the triggers that delete a file with its owner, and of the worker's function for all communities."""
    yield _DELETE_FILE
    tables = [model._meta.db_table for model in owners()]
    for table in tables:
        yield (
            f'CREATE TRIGGER delete_stored_file AFTER DELETE ON "{table}"'
            " FOR EACH ROW EXECUTE FUNCTION portal_delete_stored_file()"
        )
    yield _FORGET.format(deletions="".join(itertools.chain.from_iterable(map(_expired, owners()))))


def _expired(owner: type[models.Model]) -> Iterator[str]:
    """SQL that deletes the owners of a model whose file has expired, after the rows that belong to them."""
    table = owner._meta.db_table
    for relation in owner._meta.related_objects:
        if relation.on_delete is models.CASCADE:
            child, column = relation.related_model._meta.db_table, relation.field.column
            yield _DELETE_BELONGING.format(child=child, column=column, table=table)
    yield _DELETE_EXPIRED.format(table=table)


_DELETE_FILE = """
CREATE FUNCTION portal_delete_stored_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM portal_storedfilepart WHERE file_id = OLD.file_id;
    DELETE FROM portal_storedfile WHERE id = OLD.file_id;
    RETURN NULL;
END $$
"""

_DELETE_BELONGING = """
    DELETE FROM "{child}" USING "{table}" AS owner, portal_storedfile AS file
    WHERE "{column}" = owner.id AND file.id = owner.file_id AND file.expires_at <= now();
"""

_DELETE_EXPIRED = """
    DELETE FROM "{table}" USING portal_storedfile AS file WHERE file.id = file_id AND file.expires_at <= now();
"""

_FORGET = """
CREATE FUNCTION portal_forget_stored_files() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $${deletions}$$;
REVOKE ALL ON FUNCTION portal_forget_stored_files() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_stored_files() TO liren_web
"""
