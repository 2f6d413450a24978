"""Audit history of rows, written by database triggers (django-pghistory).

Every insert, update and delete of a tracked row writes an event, whatever caused it. User, action, reason and
request are columns of the event row; `portal.access.db_scope` sets them for the
transaction, so bulk statements and SQL are covered without pghistory's own statement wrapper.
"""

from collections.abc import Iterator

import pghistory
import pghistory.models
import pgtrigger.registry
from django.apps import apps
from django.db import connections, models

from portal.access.querysets import ScopedQuerySet
from portal.database.install import installs


class EventBase(pghistory.models.Event):
    """Base of the event tables: 64-bit key, scoped like the tracked row itself."""

    pgh_id = models.BigAutoField(primary_key=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


def tracked(*, exclude: tuple[str, ...] = (), indexes: tuple[models.Index, ...] = ()):
    """Class decorator: record the history of this model's rows.

    exclude: encrypted columns.
    indexes: additional indexes of the history, for queries by something other than the row.
    """

    def track(model: type[models.Model]) -> type[models.Model]:
        return pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            exclude=list(exclude),
            model_name=f"{model.__name__}Event",
            # Deleted rows keep their events; grants and policies make the table append-only.
            obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"),
            context_field=pghistory.ContextJSONField(),
            context_id_field=pghistory.ContextUUIDField(),
            level=pghistory.Statement,
            base_model=EventBase,
            meta={"ordering": ["-pgh_id"], "indexes": list(indexes)},
        )(model)

    return track


@installs
def history_triggers() -> Iterator[str]:
    """SQL that creates the triggers which write the events of tracked models."""
    for model, trigger in pgtrigger.registry.registered():
        yield trigger.compile(model).install_sql


def wrong_triggers(*, using: str) -> list[str]:
    """Differences between the triggers in the catalogue and those of the tracked models, one sentence each."""
    declared, writing = {}, set()
    for model, trigger in pgtrigger.registry.registered():
        compiled = trigger.compile(model)
        declared[model._meta.db_table, compiled.sql.pgid] = compiled.hash
        writing.add((model, trigger.name.partition("_")[0]))
    with connections[using].cursor() as cursor:
        cursor.execute(_TRIGGERS)
        present = {(table, name): state for table, name, *state in cursor.fetchall()}
    sentences = [
        f"表 {model._meta.db_table} 声明了变更历史，却没有触发器 {event}。"
        for model in apps.get_models()
        if hasattr(model, "pgh_event_model")
        for event in _EVENTS
        if (model, event) not in writing
    ]
    for table, name in sorted(declared.keys() | present.keys()):
        if (table, name) not in present:
            sentences.append(f"表 {table} 缺少触发器 {name}。")
        elif (table, name) not in declared:
            sentences.append(f"表 {table} 多出触发器 {name}。")
        elif present[table, name] != [declared[table, name], "O"]:
            sentences.append(f"表 {table} 的触发器 {name} 被改动或停用。")
    return sentences


_EVENTS = ("insert", "update", "delete")
_TRIGGERS = """
SELECT relname, tgname, obj_description(pg_trigger.oid, 'pg_trigger'), tgenabled::text
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = 'public'::regnamespace AND tgname ^@ 'pgtrigger_'
"""
