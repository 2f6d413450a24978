"""Deletion of batches that were prepared and never applied, in all communities."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection

from portal.batches.models import Batch
from portal.database.install import installs


def batch_models() -> list[type[Batch]]:
    """The models of all kinds of batch."""
    return [model for model in apps.get_models() if issubclass(model, Batch)]


def delete_abandoned_batches() -> None:
    """Delete the batches that nobody applied within `Batch.abandoned_after`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_forget_batches()")


@installs
def abandoned_batches() -> Iterator[str]:
    """SQL of the worker's function that deletes abandoned batches with their rows."""
    yield _FORGET.format(deletions="".join(_deletions()))


def _deletions() -> Iterator[str]:
    for model in batch_models():
        if model.abandoned_after is None:
            continue
        chosen = _ABANDONED.format(table=model._meta.db_table, days=model.abandoned_after.days)
        for relation in model._meta.related_objects:
            table, column = relation.related_model._meta.db_table, relation.field.column
            yield f'DELETE FROM "{table}" WHERE "{column}" IN ({chosen});'  # noqa: S608
        yield f'DELETE FROM "{model._meta.db_table}" WHERE id IN ({chosen});'  # noqa: S608


_ABANDONED = """
    SELECT id FROM "{table}"
    WHERE state IN ('draft', 'checking', 'checked') AND created_at <= now() - interval '{days} days'
"""

_FORGET = """
CREATE FUNCTION portal_forget_batches() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $${deletions}$$;
REVOKE ALL ON FUNCTION portal_forget_batches() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_batches() TO liren_web
"""
